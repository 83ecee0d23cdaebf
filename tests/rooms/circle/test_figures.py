"""F03 and the figures of the method: what they count, and as of which day."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rooms.circle.conftest import Kept
from tongxin.hear.contact.models import ConstituentLink
from tongxin.kernel import figures

pytestmark = pytest.mark.django_db


def answer(kept: Kept, code: str, year: int | None = None) -> figures.Answer:
    figure = figures.get(code)
    assert figure is not None
    return figures.answer(figure, figures.scope(kept.cast.city, year))


def test_f03_is_the_fewest_that_any_member_has(kept: Kept) -> None:
    found = answer(kept, "F03")
    assert (found.value, found.numerator, found.denominator) == (0, 1, 3)
    kept.links(kept.members["孙萍"], [1] * 6)
    kept.links(kept.members["钱进"], [1, 2])
    found = answer(kept, "F03")
    assert (found.value, found.numerator, found.denominator) == (5, 3, 3)
    figure = figures.get("F03")
    assert {str(member) for member in figure.records(found.scope)} == {"周岩", "孙萍", "钱进"}


def test_f03_of_a_year_that_is_over_counts_the_links_of_its_last_day(kept: Kept) -> None:
    kept.links(kept.members["孙萍"], [1] * 5)
    kept.links(kept.members["钱进"], [1, 1])
    assert answer(kept, "F03", 2024).value == 5
    ConstituentLink.objects.filter(member=kept.members["周岩"]).update(from_on=date(2025, 6, 1))
    assert answer(kept, "F03", 2024).value == 0
    ConstituentLink.objects.filter(member=kept.members["钱进"]).update(to_on=date(2025, 1, 1))
    assert answer(kept, "F03", 2024).numerator == 2


def test_who_is_on_leave_or_has_left_is_not_asked_of(kept: Kept) -> None:
    for name, told in (("孙萍", {"state": "leave"}), ("钱进", {"left_on": kept.today})):
        member = kept.members[name]
        for key, value in told.items():
            setattr(member, key, value)
        member.save()
    found = answer(kept, "F03")
    assert (found.value, found.numerator, found.denominator) == (5, 1, 1)


def test_f03_of_nobody_has_no_value(kept: Kept) -> None:
    found = figures.answer(figures.get("F03"), figures.scope(kept.cast.elsewhere))
    assert (found.value, found.denominator) == (None, 0)


@pytest.mark.parametrize(
    ("code", "numerator", "denominator"),
    [("K01", 2, 3), ("K02", 1, 3), ("K03", 8, None), ("K04", 1, 8), ("K05", None, None), ("K06", None, None)],
)
def test_a_figure_lists_as_many_records_as_it_counts(
    kept: Kept, code: str, numerator: int | None, denominator: int | None
) -> None:
    found = answer(kept, code)
    if numerator is not None:
        assert (found.numerator, found.denominator) == (numerator, denominator)
    assert found.figure.records(found.scope).count() == found.numerator
    for dimension in found.figure.dimensions:
        parts = figures.divide(found.figure, dimension, found.scope)
        assert sum(part.counted for part in parts) == found.numerator, dimension.key


def test_the_public_reads_no_name(kept: Kept) -> None:
    for code in ("F03", "K01", "K03", "K05", "K06"):
        page = kept.cast.client().get(f"/figures/{code}/").content.decode()
        assert "周岩" not in page, code
        assert "群众0" not in page, code
