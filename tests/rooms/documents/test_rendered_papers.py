"""Papers as they come out of the printer: rendered by LibreOffice and by a browser, and measured on the page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import office
from tests.rooms.documents.papers import ALL
from tests.rooms.documents.rendering import BOTTOM, LEFT, RIGHT, TOP, ink, number, pages, text_lines
from tongxin.documents.official import FREE_FONTS, stylesheet, to_html, to_word

Rendered = Callable[[str], Path]


@pytest.fixture(scope="module")
def by_office(tmp_path_factory) -> Rendered:
    if office.lacking():
        pytest.skip(office.MISSING)
    folder = tmp_path_factory.mktemp("papers")
    for name, paper in ALL.items():
        (folder / f"{name}.docx").write_bytes(to_word(paper, FREE_FONTS))
    office.to_pdf(sorted(folder.glob("*.docx")), folder)
    return lambda name: folder / f"{name}.pdf"


@pytest.fixture(scope="module")
def by_browser(tmp_path_factory, browser: Browser) -> Rendered:
    if set(office.lacking()) - {"libreoffice-writer-nogui"}:
        pytest.skip(office.MISSING)
    folder = tmp_path_factory.mktemp("pages")
    page = browser.new_page()
    for name, paper in ALL.items():
        style = f"<style>body{{margin:0}}{stylesheet(FREE_FONTS)}</style>"
        page.set_content(f"<!doctype html><title>x</title>{style}{to_html(paper)}")
        page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)
    page.close()
    return lambda name: folder / f"{name}.pdf"


BOTH = [
    pytest.param("by_office", id="LibreOffice"),
    pytest.param("by_browser", id="browser", marks=pytest.mark.browser),
]


@pytest.fixture
def rendered(request) -> Rendered:
    return request.getfixturevalue(request.param)


each = pytest.mark.parametrize("rendered", BOTH, indirect=True)


@each
def test_a_full_page_has_22_lines_of_28_characters(rendered):
    second = text_lines(pages(rendered("full"))[1])
    assert [len(line) for line in second] == [28] * 22


@each
@pytest.mark.parametrize("name", ALL)
def test_nothing_stands_outside_the_text_block_but_page_numbers(rendered, name):
    for i, words in enumerate(pages(rendered(name))):
        top = 29 if name == "letter" and i == 0 else TOP + 1
        inside = [word for word in words if word.middle < BOTTOM]
        assert inside
        assert min(word.left for word in inside) > LEFT - 0.5
        # LibreOffice hangs a mark into the margin though the file forbids it (overflowPunct); letters it never does.
        hung = 16 * 25.4 / 72
        assert all(word.right - hung * (word.text[-1] in "，、。；：") < RIGHT + 0.6 for word in inside)
        assert min(word.middle for word in inside) > top  # a font's box may reach above its line


@each
def test_page_numbers_stand_outside_and_seven_millimetres_below(rendered):
    found = pages(rendered("full"))
    assert len(found) == 3
    for i, words in enumerate(found, 1):
        text, left, right, middle = number(words)
        assert text == f"— {i} —"
        assert middle == pytest.approx(BOTTOM + 7, abs=0.5)
        character = 156 / 28
        if i % 2:
            assert right == pytest.approx(RIGHT - character, abs=0.6)
        else:
            assert left == pytest.approx(LEFT + character, abs=0.6)


@each
@pytest.mark.parametrize(
    ("name", "drop"), [("file", 35), ("upward", 35), ("sheet", 12)], ids=["file", "upward", "sheet"]
)
def test_the_red_head_stands_where_the_standard_has_it(rendered, name, drop):
    head, line = ink(rendered(name), 1, red=True)
    assert head[0] == pytest.approx(TOP + drop, abs=1.5)
    assert (head[2] + head[3]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=0.8)
    assert line[2:] == pytest.approx((LEFT, RIGHT), abs=0.6)
    words = [word for word in pages(rendered(name))[0] if "2024" in word.text and word.middle < line[0]]
    height = (line[0] + line[1]) / 2  # the star's points reach above and below the line
    assert height - words[-1].middle == pytest.approx(4 + 16 / 2 * 25.4 / 72, abs=1.8)


@each
def test_a_letter_has_its_name_and_double_lines_at_the_edges_of_the_page(rendered):
    name, *lines = ink(rendered("letter"), 1, red=True)
    assert name[0] == pytest.approx(30, abs=1.5)
    assert (name[2] + name[3]) / 2 == pytest.approx(105 + 1, abs=1.5)
    assert len(lines) == 4  # two double lines: thick over thin, thin over thick
    upper, lower = lines[:2], lines[2:]
    assert upper[0][0] - name[1] == pytest.approx(4, abs=1.8)
    assert lower[-1][1] == pytest.approx(297 - 20, abs=1)
    heights = [bottom - top for top, bottom, _, _ in lines]
    assert heights[0] > heights[1]
    assert heights[2] < heights[3]
    for _, _, left, right in lines:
        assert right - left == pytest.approx(170, abs=0.8)
        assert (left + right) / 2 == pytest.approx(105.5, abs=1)


@each
def test_a_letter_has_no_number_on_its_first_page_and_no_lines_in_its_colophon(rendered):
    first, second = pages(rendered("letter"))
    assert not [word for word in first if word.middle > BOTTOM]
    assert number(second)[0] == "— 2 —"
    assert text_lines(second)[-1] == "抄送：市政协提案委，市政府督查室。"
    assert not [
        band for band in ink(rendered("letter"), 2, red=False) if band[1] - band[0] < 0.8 and band[3] - band[2] > 150
    ]


@each
@pytest.mark.parametrize(("name", "count"), [("sheet", 6), ("file", 3)])
def test_the_colophon_stands_at_the_foot_of_the_last_page(rendered, name, count):
    last = len(pages(rendered(name)))
    lines = [
        band
        for band in ink(rendered(name), last, red=False)
        if band[1] - band[0] < 0.8 and band[3] - band[2] > 150 and band[0] > TOP + 100
    ]
    assert len(lines) == count
    assert lines[-1][1] == pytest.approx(BOTTOM, abs=0.8)
    for line in lines:
        assert line[2:] == pytest.approx((LEFT, RIGHT), abs=0.6)
    assert "2024年3月6日印发" in text_lines(pages(rendered(name))[-1])[-2 if name == "sheet" else -1]


@each
def test_organ_and_date_share_the_last_page_with_text(rendered):
    last = text_lines(pages(rendered("file"))[-1])
    date = last.index("2024年3月5日")
    assert last[date - 1] == "政协某某市委员会"
    assert date > 1


@each
def test_a_form_fits_on_its_page(rendered):
    assert len(pages(rendered("slip"))) == 1


def test_the_fonts_asked_for_are_the_fonts_used(by_office):
    """Otherwise the pages above would have measured whatever font the machine happens to have."""
    used = " ".join(office.fonts(by_office("sheet")))
    for face in ("UMing", "UKai", "NotoSerifCJK", "NotoSansCJK"):
        assert face in used


def test_what_could_not_be_rendered_is_said(tmp_path):
    if not office.find():
        pytest.skip(office.MISSING)
    with pytest.raises(RuntimeError, match=r"absent\.docx"):
        office.to_pdf([tmp_path / "absent.docx"], tmp_path)
