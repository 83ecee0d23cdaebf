"""What stands in a paper and where lines break: numbers, dates, indents, titles. Pure arithmetic."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.documents.official import Fonts, Heading, Items, Paragraph, Signature, Table
from tongxin.documents.official.content import Line, chinese, lines, plain_text, written
from tongxin.documents.official.measure import (
    TITLE_WIDTH,
    name_points,
    name_spacing,
    side_by_side,
    signature_indents,
    title_lines,
    width,
)


def test_headings_are_numbered_by_their_place():
    body = (
        Heading(1, "甲"),
        Heading(2, "乙"),
        Heading(2, "丙"),
        Heading(3, "丁"),
        Heading(4, "戊"),
        Heading(1, "己"),
        Heading(2, "庚"),
        Heading(1, "结语", numbered=False),
    )
    assert [line.text for line in lines(body)] == [
        "一、甲",
        "（一）乙",
        "（二）丙",
        "1.丁",
        "（1）戊",
        "二、己",
        "（一）庚",
        "结语",
    ]


def test_lines_of_text_and_lists():
    body = (Paragraph(" 一段\n\n二段\r\n "), Items(("甲", "乙\n乙"), ordered=True), Items(("丙",), ordered=False))
    assert list(lines(body)) == [Line("一段"), Line("二段"), Line("1.甲"), Line("2.乙 乙"), Line("——丙")]
    assert plain_text((*body, Table((("甲",),)))) == "一段\n二段\n1.甲\n2.乙 乙\n——丙"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九"), (100, "100"), (0, "0")],
)
def test_chinese_numbers(number, words):
    assert chinese(number) == words


def test_a_date_has_no_zeros_before_month_and_day():
    assert written(date(2024, 3, 5)) == "2024年3月5日"


@pytest.mark.parametrize(
    ("organ", "sealed", "indents"),
    [
        ("某某市委员会", True, (4, 4)),  # as wide as the date (6 characters): both four from the right
        ("政协某某市委员会", True, (3, 4)),  # two wider: centred over it
        ("政协某某市委员会办公室以及各专门委员会", True, (1, 7.5)),  # long: stays on the page, the date goes along
        ("政协某某市委员会办公室", False, (2, 5)),  # begins two characters before the date
        ("党组", False, (8, 2)),  # the date is longer: it stands two from the right, the organ farther in
    ],
)
def test_where_organ_and_date_stand(organ, sealed, indents):
    assert signature_indents(Signature(organ, date(2024, 3, 5), sealed)) == indents


@given(
    st.text("政协某市委员会办公室", min_size=1, max_size=20),
    st.dates(date(1949, 1, 1), date(2100, 1, 1)),
    st.booleans(),
)
def test_organ_and_date_stay_within_the_line(organ, day, sealed):
    signature = Signature(organ, day, sealed)
    first, second = signature_indents(signature)
    assert 0 <= first <= 28 - width(organ)
    assert 0 <= second <= 28 - width(written(day))
    if not sealed:  # the date begins two characters after the organ
        assert (first + width(organ)) - (second + width(written(day))) == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize(
    ("title", "text", "broken"),
    [
        ("短标题", "", ["短标题"]),
        ("", "", []),
        ("自己\n 断行 ", "", ["自己", "断行"]),
        (
            "关于进一步优化营商环境、支持民营企业发展壮大、推动东北全面振兴的若干意见建议",
            "",
            ["关于进一步优化营商环境、", "支持民营企业发展壮大、", "推动东北全面振兴的若干意见建议"],
        ),
        (
            "政协某某市委员会关于印发《委员联系界别群众工作办法（试行）》的通知",
            "",
            ["政协某某市委员会关于印发", "《委员联系界别群众工作办法", "（试行）》的通知"],
        ),
        (
            "老旧小区新加装的电梯运行维护费用分担情况调研报告",
            "",
            ["老旧小区新加装的", "电梯运行维护费用分担情况调研报告"],
        ),
    ],
)
def test_titles_break_where_a_reader_would(title, text, broken):
    assert title_lines(title, text) == broken


@given(st.text("关于加快老旧小区的《电梯》、（试行）2024a", max_size=100), st.text("电梯小区", max_size=20))
def test_titles_lose_nothing_and_fit(title, text):
    broken = title_lines(title, text)
    assert "".join(broken).replace(" ", "") == "".join(title.split())
    if width(title) <= 8 * TITLE_WIDTH and not any(sign in title for sign in "2024a"):
        assert all(width(line) <= TITLE_WIDTH for line in broken)


def test_a_word_of_the_text_is_kept_together():
    """Without the text this title breaks evenly, in the middle of what the text shows to be a word."""
    title = "某某市老旧小区加装电梯运行维护费用分担情况调研"
    evenly = title_lines(title)
    word = evenly[0][-1] + evenly[1][0]
    kept = title_lines(title, f"{word}，{word}。")
    assert kept != evenly
    assert any(word in line for line in kept)


@given(st.text("政协市文件A1", min_size=1, max_size=16))
def test_the_red_name_fits_on_one_line(name):
    points = name_points(name)
    wide = (width(name) + name_spacing(name) * (len(name) - 1)) * points
    assert wide <= 442.3


def test_hands_stand_side_by_side_at_least_a_character_apart():
    assert side_by_side((("签发", "甲"),)) == "签发：甲"
    assert side_by_side((("签发", "甲"), ("审核", "乙"))) == "签发：甲　　　　审核：乙"
    assert side_by_side(tuple(("经办人", "甲乙丙丁戊") for _ in range(5))).count("　") == 4


def test_a_table_fills_its_width_exactly_and_evens_its_rows():
    table = Table((("甲", "乙", "丙"), ("丁",)), (2, 1), heights=(1, 3))
    assert sum(table.widths(8845)) == 8845
    assert table.widths(400) == [200, 100, 100]
    assert table.filled() == [["甲", "乙", "丙"], ["丁", "", ""]]
    assert [table.height(i) for i in range(4)] == [1, 3, 3, 3]


def test_every_part_needs_a_font():
    with pytest.raises(ValueError, match="body"):
        Fonts(body=())
    with pytest.raises(ValueError, match="title"):
        Fonts(title=(" ",))
