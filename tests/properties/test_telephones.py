"""Telephone numbers in free text, however they are written, and what only looks a little like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.insight.telephones import MASK, without_telephones
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
