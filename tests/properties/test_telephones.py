"""Telephone numbers in free text, however they are written, and what only looks a little like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.insight.telephones import MASK, personal_numbers, without_personal_numbers, without_telephones
from tongxin.insight.terms import index_terms

NUMBERS = [
    "13800007788",
    "138 0000 7788",
    "138-0000-7788",
    "1380 000 7788",
    "138　0000　7788",
    "１３８００００７７８８",
    "138－0000－7788",
    "138\u200b0000\u200b7788",
    "+86 138 0000 7788",
    "+8613800007788",
    "008613800007788",
    "0469-4261234",
    "0469 426 1234",
    "04694261234",
    "(0469)4261234",
    "（0469） 4261234",
    "010-62345678",
    "021 6234 5678",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_leaves_nothing_but_what_stands_around_it(number: str) -> None:
    assert without_telephones(f"我的电话{number}，路灯坏了") == f"我的电话{MASK}，路灯坏了"
    assert not [term for term in index_terms(without_telephones(f"tel:{number}。")) if not term.isalpha()]


@pytest.mark.parametrize("text", ["打我电话13800…", "打我电话138-0000-…", "打我电话0469-426…"])
def test_a_number_cut_at_the_end_of_a_title_is_none_either(text: str) -> None:
    assert without_telephones(text).rstrip("-…") == f"打我电话{MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "拨打12345没有人接",
        "2024-01-15到2024-02-15停了供暖",
        "物业费1380元，取暖费1500元",
        "1 3 5 7 9 11 13 15路公交都不来",
        "A3区12栋1304室，编号20240101001",
        "单号123456789012345678",
        "合同号138000077889912",
        "1380\n0007788",
        "120、110、119都打过",
    ],
)
def test_other_figures_stay(text: str) -> None:
    assert without_telephones(text) == text


@given(st.text(st.sampled_from("路1380469 -–（）()…+\n"), max_size=40))
def test_what_is_left_holds_no_number(text: str) -> None:
    once = without_telephones(text)
    assert without_telephones(once) == once


GAPS = st.sampled_from(["", " ", "-", "－", "\u3000"])
SAYING = st.sampled_from(["电话", "电话：", "电话是", "联系电话: ", "座机号码为", "请致电", "Tel: ", "传真 "])


@given(SAYING, st.from_regex(r"[3-8][0-9]{6,7}", fullmatch=True), GAPS)
def test_a_number_of_the_town_is_known_by_the_word_before_it(saying: str, number: str, gap: str) -> None:
    written = f"{number[:3]}{gap}{number[3:]}"
    assert without_telephones(f"有事{saying}{written}，找我") == f"有事{saying}{MASK}，找我"
    assert personal_numbers(f"有事{saying}{written}，找我") == [written]


def test_several_numbers_of_the_town_are_all_hidden() -> None:
    assert without_telephones("电话6121234、6125678或 612 9999。") == f"电话{MASK}。"


@given(st.from_regex(r"[1-9][0-9]{6,7}", fullmatch=True))
def test_as_many_digits_without_such_a_word_stay(number: str) -> None:
    for text in (
        f"投资{number}元",
        f"编号{number}",
        f"电话亭改造用了{number}元",
        f"电话费{number}元",
        f"电话{number}元",
    ):
        assert without_telephones(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "电话 20231205 打过",
        "电话2023-12-05打过",
        "电话：2023年12月5日",
        "电话通知某政办发〔2023〕12号",
        "致电2024年1234567元",
    ],
)
def test_days_years_and_paper_numbers_stay(text: str) -> None:
    assert without_telephones(text) == text


@given(st.from_regex(r"[1-8][0-9]{5}", fullmatch=True), st.dates(), st.from_regex(r"[0-9]{3}[0-9Xx]", fullmatch=True))
def test_an_identity_card_leaves_no_term(place: str, birth: object, rest: str) -> None:
    number = f"{place}{str(birth).replace('-', '')}{rest}"
    assert without_personal_numbers(f"身份证{number}，低保") == f"身份证{MASK}，低保"
