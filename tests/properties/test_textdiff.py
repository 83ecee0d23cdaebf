"""A diff gives back both texts exactly, and shows people whole phrases rather than scattered characters."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.insight import textdiff
from tongxin.insight.textdiff import diff

# Few signs, so that the two texts have much in common; emoji with marks, numbers and line ends among them.
SIGNS = st.sampled_from(
    ["政", "协", "委", "员", "，", "。", "\n", "\r\n", "1500", "18", "a", "👍🏽", "👩\u200d🌾", "e\u0301"]
)
TEXT = st.lists(SIGNS, max_size=60).map("".join)


def kept_and(kind: str, pieces: list[textdiff.Piece]) -> str:
    return "".join(text for one, text in pieces if one in {"kept", kind})


def drawn(old: str, new: str) -> str:
    marks = {"kept": "{}", "deleted": "[-{}]", "inserted": "[+{}]"}
    return "".join(marks[kind].format(text) for kind, text in diff(old, new))


@given(TEXT | st.text(max_size=80), TEXT | st.text(max_size=80))
@settings(max_examples=400, deadline=None)
def test_both_texts_come_back(old: str, new: str) -> None:
    pieces = diff(old, new)
    assert kept_and("deleted", pieces) == old
    assert kept_and("inserted", pieces) == new
    assert all(piece.text for piece in pieces)
    assert all(a.kind != b.kind for a, b in pairwise(pieces))
    assert not any((a.kind, b.kind) == ("inserted", "deleted") for a, b in pairwise(pieces))


@given(TEXT, TEXT)
@settings(max_examples=200, deadline=None)
def test_both_texts_come_back_when_only_paragraphs_are_compared(old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textdiff, "_CELLS", 40)
        pieces = diff(old, new)
    assert kept_and("deleted", pieces) == old
    assert kept_and("inserted", pieces) == new


@given(TEXT)
def test_no_change_is_one_piece(text: str) -> None:
    assert diff(text, text) == ([("kept", text)] if text else [])


@given(TEXT, TEXT)
@settings(max_examples=200, deadline=None)
def test_no_tiny_island_stays_between_larger_changes(before: str, after: str) -> None:
    """Two kept signs between a change of three and one of four would be noise, whatever stands around."""
    pieces = diff(f"{before}东南西乙丙春夏秋冬{after}", f"{before}金木水乙丙酸甜苦辣{after}")
    assert ("deleted", "东南西乙丙春夏秋冬") in pieces
    assert ("inserted", "金木水乙丙酸甜苦辣") in pieces


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("预算1500万元", "预算1800万元", "预算[-1500][+1800]万元"),
        ("增长3.5%，", "增长13.5%，", "增长[-3.5%][+13.5%]，"),
        ("我很高兴", "他很开心", "[-我很高兴][+他很开心]"),
        ("，加强管理。", "，加强监管，加强管理。", "，[+加强监管，]加强管理。"),
        (
            "一是完善制度。二是加强宣传。",
            "一是完善制度。二是健全机制。三是加强宣传。",
            "一是完善制度。二是[+健全机制。三是]加强宣传。",
        ),
        (
            "老年人买菜要走两公里，建议增设网点。",
            "老年人买菜要走两公里，建议尽快增设便民网点。",
            "老年人买菜要走两公里，建议[+尽快]增设[+便民]网点。",
        ),
        ("第一段。\n第二段。\n", "第一段。\n新的一段。\n第二段。\n", "第一段。\n[+新的一段。\n]第二段。\n"),
        ("点赞👍🏽", "点赞👍🏿", "点赞[-👍🏽][+👍🏿]"),
    ],
)
def test_what_a_reader_sees(old: str, new: str, shown: str) -> None:
    assert drawn(old, new) == shown


def test_a_long_kept_phrase_is_never_swallowed() -> None:
    """Seven kept characters stay kept however much changed around them."""
    kept = "甲乙丙丁戊己庚"
    assert kept in drawn("旧" * 40 + kept + "旧" * 40, "新" * 40 + kept + "新" * 40).replace("[", "")
    assert ("kept", kept) in diff("旧" * 40 + kept + "旧" * 40, "新" * 40 + kept + "新" * 40)


@pytest.mark.parametrize("common", [0.0, 0.5, 0.95])
def test_ten_thousand_characters_in_well_under_a_second(common: float) -> None:
    old = [chr(0x4E00 + i * 7919 % 3000) for i in range(10_000)]
    new = [sign if i * 104_729 % 1000 < common * 1000 else chr(0x4E00 + i * 31 % 3000) for i, sign in enumerate(old)]
    started = time.process_time()
    pieces = diff("".join(old), "".join(new))
    assert time.process_time() - started < 0.9
    assert kept_and("inserted", pieces) == "".join(new)
