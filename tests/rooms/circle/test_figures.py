"""F03 and the figures of the method: what they count, and as of which day."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import caches

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


def test_people_whose_member_left_are_no_longer_in_contact(kept: Kept) -> None:
    before = answer(kept, "K03").value
    member, other = kept.members["周岩"], kept.members["孙萍"]
    shared = member.links.filter(to_on=None).first()
    assert shared is not None
    ConstituentLink.objects.create(
        assembly=shared.assembly, constituent=shared.constituent, member=other, from_on=shared.from_on
    )
    assert answer(kept, "K03").value == before  # somebody kept by two is one person
    member.state, member.left_on = "resigned", kept.today
    member.save()
    alone = ConstituentLink.objects.filter(member=member, to_on=None).count() - 1
    assert alone
    assert answer(kept, "K03").value == before - alone


def test_the_public_sheet_tells_the_same_of_f03_as_its_list(kept: Kept) -> None:
    kept.links(kept.members["孙萍"], [1] * 6)
    kept.links(kept.members["钱进"], [1, 2])
    caches["local"].clear()
    client = kept.cast.client()
    for _time in range(2):  # counted, and remembered
        for section in client.get("/figures/").context["sections"]:
            for line in section.counts:
                if line.figure.code == "F03":
                    assert line.answer.told == 5
    assert client.get("/figures/F03/").context["line"].answer.told == 5
    caches["local"].clear()


@pytest.mark.parametrize("code", ["F03", "K03"])
def test_records_that_read_alike_are_listed_as_sums(kept: Kept, code: str) -> None:
    client = kept.cast.client()
    page = client.get(f"/figures/{code}/?of=whole" if code == "F03" else f"/figures/{code}/")
    parts = [(part.label, n) for part, n, _url in page.context["parts"]]
    assert parts
    assert "fig-table" not in page.content.decode()
    table = client.get(f"/figures/{code}/records.csv" + ("?of=whole" if code == "F03" else ""))
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    assert [tuple(line.split(",")) for line in lines[1:]] == [(label, str(n)) for label, n in parts]


def test_who_may_read_the_members_still_has_them_one_by_one(kept: Kept) -> None:
    page = kept.cast.client("office").get("/figures/F03/?of=whole")
    assert "周岩" in page.content.decode()
    assert page.context["parts"] == []
