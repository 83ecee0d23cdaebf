"""The papers of a brief as they come out of the printer: rendered by LibreOffice and by a browser, and measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser

import office
from tests.cast import gather
from tests.rooms.briefs.ways import brief_in, move
from tests.rooms.documents.papers import plain
from tests.rooms.documents.rendering import BOTTOM, LEFT, RIGHT, TOP, ink, number, pages, text_lines
from tongxin.carry.briefs import documents
from tongxin.documents.official import FREE_FONTS, Paper, stylesheet, to_html, to_word

Rendered = Callable[[str], Path]
LONG = "关于解决八马路小学门前夜间照明不足并把学校周边路段列入巡查的建议"
#: A text of the length that is allowed at most, with headings of the writer's own.
SITUATION = f"一、基本情况\n{plain(400)}。\n二、主要问题\n{plain(300)}。"


@pytest.fixture(scope="module")
def papers(django_db_setup: None, django_db_blocker) -> dict[str, Paper]:
    """`short`: a few lines; `long`: a full page and more; of each the sheet, the issue and the slip. `tight`: the text
    ends where the colophon has no room any more."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = gather()
        for who, name in (("info_signer", "甲某某"), ("info_reviewer", "乙某某"), ("info_editor", "丙某某")):
            cast.users[who].name = name
            cast.users[who].save()
        long = brief_in(
            cast, "handling", title=LONG, situation=SITUATION, analysis=f"{plain(300)}。", suggestion=f"{plain(400)}。"
        )
        long = move(cast, long, "reply", "body", result="resolved", text="六盏路灯全部修好。" * 30)
        briefs = {"short": brief_in(cast, "handling"), "long": long}
        told = {"situation": f"{plain(95)}。", "analysis": f"{plain(26)}。", "suggestion": f"{plain(50)}。"}
        actor = cast.actor("office")
        made = {
            f"{name}-{key}": documents.of_brief(actor, brief, key)[0]
            for name, brief in briefs.items()
            for key in documents.KINDS
        }
        made["tight-issue"] = documents.of_brief(actor, brief_in(cast, "issued", **told), "issue")[0]
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="module")
def by_office(papers: dict[str, Paper], tmp_path_factory) -> Rendered:
    if office.lacking():
        pytest.skip(office.MISSING)
    folder = tmp_path_factory.mktemp("papers")
    for name, paper in papers.items():
        (folder / f"{name}.docx").write_bytes(to_word(paper, FREE_FONTS))
    office.to_pdf(sorted(folder.glob("*.docx")), folder)
    return lambda name: folder / f"{name}.pdf"


@pytest.fixture(scope="module")
def by_browser(papers: dict[str, Paper], tmp_path_factory, browser: Browser) -> Rendered:
    if set(office.lacking()) - {"libreoffice-writer-nogui"}:
        pytest.skip(office.MISSING)
    folder = tmp_path_factory.mktemp("pages")
    page = browser.new_page()
    for name, paper in papers.items():
        style = f"<style>body{{margin:0}}{stylesheet(FREE_FONTS)}</style>"
        page.set_content(f"<!doctype html><title>x</title>{style}{to_html(paper)}")
        page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)
    page.close()
    return lambda name: folder / f"{name}.pdf"


@pytest.fixture
def rendered(request) -> Rendered:
    return request.getfixturevalue(request.param)


each = pytest.mark.parametrize(
    "rendered",
    [
        pytest.param("by_office", id="LibreOffice"),
        pytest.param("by_browser", id="browser", marks=pytest.mark.browser),
    ],
    indirect=True,
)
NAMES = [f"{length}-{key}" for length in ("short", "long") for key in ("sheet", "issue", "slip")]


@each
def test_a_full_page_of_the_issue_has_22_lines_of_28_characters(rendered: Rendered) -> None:
    second = text_lines(pages(rendered("long-issue"))[1])
    assert len(second) == 22
    full = [line for line in second if len(line) > 20]
    assert len(full) >= 15
    assert max(len(line) for line in second) in (28, 29)  # a mark may hang into the margin
    assert sum(len(line) == 28 for line in full) >= len(full) - 6  # first and last lines of paragraphs are shorter


@each
@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_outside_the_text_block(rendered: Rendered, name: str) -> None:
    for i, words in enumerate(pages(rendered(name)), 1):
        inside = [word for word in words if word.middle < BOTTOM]
        assert inside
        assert min(word.left for word in inside) > LEFT - 0.5
        hung = 16 * 25.4 / 72
        assert all(word.right - hung * (word.text[-1] in "，、。；：") < RIGHT + 0.6 for word in inside)
        assert min(word.middle for word in inside) > TOP
        if number(words)[0]:
            assert number(words)[0] == f"— {i} —"


@each
@pytest.mark.parametrize("name", ["short-issue", "long-issue"])
def test_the_red_head_and_its_line(rendered: Rendered, name: str) -> None:
    head, line = ink(rendered(name), 1, red=True)
    assert head[0] == pytest.approx(TOP + 12, abs=1.5)
    assert (head[2] + head[3]) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=0.8)
    assert line[2:] == pytest.approx((LEFT, RIGHT), abs=0.6)


@each
def test_a_long_title_is_broken_evenly(rendered: Rendered) -> None:
    lines = text_lines(pages(rendered("long-issue"))[0])
    at = next(i for i, line in enumerate(lines) if line.startswith("关于"))
    assert "".join(lines[at : at + 2]) == LONG
    assert lines[at + 2].startswith("教育界别委员周岩反映")


@each
@pytest.mark.parametrize("name", ["short-issue", "long-issue", "tight-issue"])
def test_the_colophon_stands_at_the_foot_of_a_page_with_text(rendered: Rendered, name: str) -> None:
    last = pages(rendered(name))[-1]
    lines = text_lines(last)
    assert lines[-1] == "签发：甲某某审核：乙某某编辑：丙某某"
    assert lines[-2] == "报：市委、市政府"
    assert len(lines) > 2  # no page with the colophon alone
    rules = [
        band
        for band in ink(rendered(name), len(pages(rendered(name))), red=False)
        if band[1] - band[0] < 0.8 and band[3] - band[2] > 150 and band[0] > TOP + 100
    ]
    assert rules[-1][1] == pytest.approx(BOTTOM, abs=0.8)


@each
def test_the_tight_issue_would_have_left_the_colophon_alone(rendered: Rendered) -> None:
    """Otherwise the test above would show nothing."""
    assert len(pages(rendered("tight-issue"))) == 2


@each
@pytest.mark.parametrize("name", ["short-sheet", "short-slip"])
def test_short_forms_fit_on_one_page(rendered: Rendered, name: str) -> None:
    assert len(pages(rendered(name))) == 1


@each
def test_labels_of_the_forms_stand_on_one_line(rendered: Rendered) -> None:
    for name, labels in (
        ("short-sheet", ("报送日期", "单位职务", "署名公开", "反映人", "执笔人")),
        ("short-slip", ("领导批示", "转办意见", "办理结果", "编发日期")),
    ):
        found = [word.text for word in pages(rendered(name))[0]]
        for label in labels:
            assert any(label in word for word in found), label


@each
def test_the_whole_text_is_on_the_pages(rendered: Rendered) -> None:
    whole = "".join(line for words in pages(rendered("long-issue")) for line in text_lines(words))
    for expected in ("一、情况与问题", "（一）基本情况", "（二）主要问题", "二、原因分析", "三、意见建议"):
        assert expected in whole
    assert sum(map(len, (SITUATION, plain(300), plain(400)))) < len(whole)
    for part in (plain(400), plain(300)):
        assert f"{part}。" in whole
