"""Receipts: typing errors are caught, reading is forgiving, guessing is hopeless."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.kernel.receipts import ALPHABET, ReceiptError, parse, receipt_for, receipt_index, shown, spoken

RECEIPTS = st.text(min_size=1, max_size=40).map(receipt_for)


def caught(compact: str) -> bool:
    try:
        parse(compact)
    except ReceiptError:
        return True
    return False


@given(RECEIPTS)
def test_shown_form_reads_back(receipt: str) -> None:
    compact = parse(receipt)
    assert compact is not None
    assert shown(compact) == receipt
    assert [len(part) for part in receipt.split("-")] == [4, 4, 5]
    assert set(compact) <= set(ALPHABET)


@given(RECEIPTS, st.sampled_from([" ", "-", "–", "—", ".", "·", "。", "\u3000", "\n"]))
def test_reading_forgives(receipt: str, between: str) -> None:
    compact = receipt.replace("-", "")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in compact)
    misread = compact.replace("0", "O").replace("1", "l")
    typed = (between.join(compact), compact.lower(), wide, misread, f"  {receipt}  ", spoken(receipt))
    assert {parse(each) for each in typed} == {compact}
    assert {receipt_index(each) for each in typed} == {receipt_index(receipt)}


@given(RECEIPTS)
def test_every_single_wrong_character_is_caught(receipt: str) -> None:
    compact = receipt.replace("-", "")
    for place, wrong in itertools.product(range(len(compact)), ALPHABET):
        if wrong != compact[place]:
            assert caught(compact[:place] + wrong + compact[place + 1 :])


@given(RECEIPTS)
def test_swapped_neighbours_are_caught_but_for_one_pair(receipt: str) -> None:
    compact = receipt.replace("-", "")
    for place in range(len(compact) - 1):
        a, b = compact[place : place + 2]
        if a != b and {a, b} != {"0", "Z"}:
            assert caught(compact[:place] + b + a + compact[place + 2 :])


@given(RECEIPTS, st.integers(0, 12))
def test_a_lost_character_is_caught(receipt: str, place: int) -> None:
    compact = receipt.replace("-", "")
    assert caught(compact[:place] + compact[place + 1 :])


@given(st.text(max_size=30))
def test_anything_typed_is_none_a_receipt_or_a_sentence(typed: str) -> None:
    try:
        compact = parse(typed)
    except ReceiptError as error:
        assert str(error.sentence)  # noqa: PT017
    else:
        assert compact is None or len(compact) == 13


def test_sixty_bits_are_used() -> None:
    bodies = [receipt_for(str(i)).replace("-", "")[:12] for i in range(2000)]
    assert len(set(bodies)) == 2000
    for place in range(12):
        assert {body[place] for body in bodies} == set(ALPHABET)


def test_the_same_form_has_the_same_receipt(settings) -> None:
    first = receipt_for("token")
    assert receipt_for("token") == first
    settings.FIELD_KEYS = ["a new one", *settings.FIELD_KEYS]
    assert receipt_for("token") == first
    settings.FIELD_KEYS = ["another server"]
    assert receipt_for("token") != first


@pytest.mark.parametrize("typed", ["", "  ", "--"])
def test_nothing_typed(typed: str) -> None:
    assert parse(typed) is None


def test_the_index_tells_nothing() -> None:
    receipt = receipt_for("token")
    assert receipt.replace("-", "").lower() not in receipt_index(receipt)
    assert len(receipt_index(receipt)) == 64
