"""The 1158 check: what each member fulfils, whose lines are seen, and the records behind each number."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from tests.rooms.circle.conftest import Kept
from tongxin.hear.contact.check import measuring
from tongxin.hear.contact.check.lines import ANY, Asked, Check
from tongxin.hear.contact.check.measuring import CELLS, GROUPED
from tongxin.hear.contact.check.records import KINDS, Records
from tongxin.hear.contact.models import AreaMember, ConstituentLink
from tongxin.kernel import options
from tongxin.kernel.models import Option, Parameter
from tongxin.people.models import Member, Person, RoleGrant, Term

pytestmark = pytest.mark.django_db


def line(kept: Kept, name: str):
    by = measuring.standard(kept.cast.city.pk)
    return measuring.measured(Member.objects.filter(pk=kept.members[name].pk), by).get(), by


def test_a_member_who_does_all_is_short_of_nothing(kept: Kept) -> None:
    row, by = line(kept, "周岩")
    assert (row.link_count, row.channel_count, row.task_count, row.raised, row.answered) == (5, 5, 8, 2, 1)
    assert (by.today - row.last_on).days == 1
    assert measuring.short_of(row, by) == []


def test_what_is_voided_or_too_long_ago_does_not_count(kept: Kept) -> None:
    row, by = line(kept, "钱进")
    assert (row.link_count, row.channel_count, row.task_count) == (3, 1, 1)
    assert (by.today - row.last_on).days == 95
    assert measuring.short_of(row, by) == ["links", "channels", "tasks", "contact"]


def test_a_new_member_is_short_of_everything(kept: Kept) -> None:
    row, by = line(kept, "孙萍")
    assert row.last_on is None
    assert measuring.short_of(row, by) == ["area", "links", "channels", "tasks", "contact"]


def test_the_conditions_of_the_database_say_the_same_as_those_in_memory(kept: Kept) -> None:
    by = measuring.standard(kept.cast.city.pk)
    measured = measuring.measured(Member.objects.filter(assembly=kept.cast.city), by)
    for code, condition in measuring.fulfilled(by).items():
        fits = set(measured.filter(condition).values_list("pk", flat=True))
        lacks = set(measuring.lacking(measured, condition).values_list("pk", flat=True))
        told = {
            row.pk
            for row in measured
            if measuring.Counted(*(getattr(row, name) for name in measuring.NUMBERS)).holds(by)[code]
        }
        assert fits == told, code
        assert lacks == {row.pk for row in measured} - told, code
    short = {row.pk for row in measured if measuring.short_of(row, by)}
    assert set(measuring.short(measured, by).values_list("pk", flat=True)) == short


@pytest.mark.parametrize("group", GROUPED)
def test_groups_add_up_to_the_whole(kept: Kept, group: str) -> None:
    by = measuring.standard(kept.cast.city.pk)
    rows = measuring.members(kept.cast.actor("office"))
    whole, parts = measuring.rolled_up(rows, by)[0], measuring.rolled_up(rows, by, group)
    assert sum(part.members for part in parts) == whole.members == 3
    for cell in CELLS:
        assert sum(part.done[cell.code] for part in parts) == whole.done[cell.code], cell.code
    for name in ("lacking", "links", "raised", "answered"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name), name


def test_the_county_comes_from_the_area_or_from_a_seat_in_its_own_assembly(kept: Kept) -> None:
    cast = kept.cast
    other = kept.members["孙萍"]
    term = Term.objects.create(assembly=cast.county, number=8, from_on=kept.today)
    Member.objects.create(assembly=cast.county, person=other.person, term=term, sector=cast.sector, state="active")
    seen = measuring.members(cast.actor("county"))
    assert {str(member) for member in seen} == {"周岩", "孙萍"}
    by = measuring.standard(cast.city.pk)
    counts = {
        line.key: line.members for line in measuring.rolled_up(measuring.members(cast.actor("office")), by, "county")
    }
    assert counts == {cast.county.pk: 2, None: 1}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("member", {"周岩"}),
        ("convener", {"周岩", "孙萍"}),
        ("committee", {"周岩", "孙萍"}),
        ("county", {"周岩"}),
        ("office", {"周岩", "孙萍", "钱进"}),
        ("leader", {"周岩", "孙萍", "钱进"}),
        ("admin", set()),
        ("body", set()),
        ("station", set()),
        ("stranger", set()),
    ],
)
def test_everybody_sees_the_lines_that_are_theirs(kept: Kept, who: str, names: set[str]) -> None:
    assert {str(member) for member in measuring.members(kept.cast.actor(who))} == names


def test_what_counts_is_data_of_the_assembly(kept: Kept) -> None:
    city = kept.cast.city
    Option.objects.create(assembly=city, list="contact.channel", code="visit", zh="走访", position=1)
    Option.objects.create(assembly=city, list="contact.channel", code="letter", zh="书信", position=2)
    Parameter.objects.create(assembly=city, key="contact.links_min", value=3)
    options.forget(city.pk)
    row, by = line(kept, "周岩")
    assert (row.channel_count, len(by.channels), by.least) == (1, 2, 3)
    assert measuring.short_of(row, by) == ["channels"]
    assert [(size, expected) for _label, size, expected in measuring.incomplete_lists(city.pk)] == [(2, 5)]


@pytest.mark.parametrize(
    ("day", "since"), [(date(2024, 2, 29), date(2023, 3, 1)), (date(2025, 3, 1), date(2024, 3, 2))]
)
def test_twelve_months_are_a_year_also_in_leap_years(kept: Kept, day: date, since: date) -> None:
    assert measuring.standard(kept.cast.city.pk, day).since == since


def test_every_link_is_in_exactly_one_band(kept: Kept) -> None:
    by = measuring.standard(kept.cast.city.pk)
    links = ConstituentLink.objects.filter(assembly=kept.cast.city)
    found = [set(links.filter(by.in_band(band)).values_list("pk", flat=True)) for band in range(4)]
    assert sum(map(len, found)) == len(set.union(*found)) == links.count() == 8
    assert [len(band) for band in found] == [2, 2, 1, 3]
    for band, pks in enumerate(found):
        assert {by.band(link.last_on) for link in links.filter(pk__in=pks)} == {band}


@pytest.mark.parametrize(
    ("what", "count"), [("area", 1), ("links", 5), ("channels", 7), ("tasks", 7), ("contact", 7), ("answers", 2)]
)
def test_a_cell_opens_to_exactly_its_records(kept: Kept, what: str, count: int) -> None:
    asked = Asked(member=kept.members["周岩"].pk)
    listing = Records(kept.cast.actor("office"), what, asked)
    assert listing.chosen().count() == count
    for part in listing.parts:
        assert Records(kept.cast.actor("office"), what, asked, part.key).chosen().count() == part.count, part.label
    header, rows = listing.table()
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("also", ["member", "convener"])
def test_county_staff_who_sit_in_the_city_read_only_what_is_theirs(kept: Kept, also: str) -> None:
    """The county's lines count for whoever works there; a seat or a sector of one's own opens no others' people."""
    cast, half = kept.cast, kept.members["钱进"]
    AreaMember.objects.filter(member=half).delete()
    kept.area(half, cast.county)
    RoleGrant.objects.create(user=cast.users[also], role="county", scope=cast.county.pk, assembly=cast.city)
    actor = cast.actor(also)
    assert {str(member) for member in measuring.members(actor)} >= {"周岩", "钱进"}
    for what, column, text in (("links", 1, "群**"), ("links", 2, "八马路"), ("contact", 5, "走访")):
        listing = Records(actor, what, Asked())
        rows = list(listing.table()[1])
        assert {row[0] for row in rows} >= {"周岩", "钱进"}  # all are counted
        assert {row[0] for row in rows if row[column] == text} == {"周岩"}, what
        opened = {cells[0].value for cells in listing.page("1") if cells[2].url}
        assert opened == ({"周岩"} if what == "contact" else set())


def test_records_of_others_are_not_listed(kept: Kept) -> None:
    asked = Asked(member=kept.members["钱进"].pk)
    for what in KINDS:
        assert Records(kept.cast.actor("convener"), what, asked).chosen().count() == 0, what
        assert Records(kept.cast.actor("stranger"), what, asked).chosen().count() == 0, what


def test_no_list_shows_a_whole_name_of_a_constituent(kept: Kept) -> None:
    page = Records(kept.cast.actor("leader"), "links", Asked()).page("1")
    shown = {str(cell.value) for row in page for cell in row}
    assert "群**" in shown
    assert not any("群众0" in value for value in shown)


def test_the_page_filters_and_sorts(kept: Kept) -> None:
    actor = kept.cast.actor("office")

    def names(**asked: str) -> list[str]:
        return [each.label for each in Check(actor, Asked.read({"by": "member", **asked})).page("1", -1)]

    assert set(names(short=ANY)) == {"孙萍", "钱进"}
    assert names(full="links") == ["周岩"]
    assert set(names(short="contact")) == {"孙萍", "钱进"}
    assert names(sort="-contact") == ["周岩", "钱进", "孙萍"]
    assert names(sort="links") == ["孙萍", "钱进", "周岩"]
    assert names(sector=str(kept.cast.other_sector.pk)) == ["钱进"]
    assert names(committee=str(kept.cast.other_committee.pk)) == ["钱进"]
    assert names(county=str(kept.cast.county.pk)) == ["周岩"]
    assert set(names(county="0")) == {"孙萍", "钱进"}
    assert names(q="孙萍") == ["孙萍"]


def test_unknown_words_in_the_address_are_passed_over() -> None:
    assert Asked.read({"by": "x", "short": "x", "full": "x", "sort": "x", "sector": "x"}) == Asked()


def test_pages_and_exports_open(kept: Kept) -> None:
    client = kept.cast.client("office")
    for path in ("", "?by=member", "?by=committee", "?by=county", "1158.xlsx", "1158.xlsx?by=member"):
        response = client.get(f"/desk/contact/check/{path}")
        assert response.status_code == 200, path
    for what in KINDS:
        for name in ("records/", "records.xlsx"):
            assert client.get(f"/desk/contact/check/{name}?what={what}").status_code == 200
    assert client.get("/desk/contact/check/records/?what=nothing").status_code == 404
    assert client.get("/desk/contact/check/records/?what=links&part=9").status_code == 404


def test_a_member_sees_the_own_line_with_what_is_short(kept: Kept) -> None:
    text = kept.cast.client("member").get("/desk/contact/check/").content.decode()
    assert "周岩" in text
    assert "孙萍" not in text


def test_a_member_of_another_assembly_is_not_found(kept: Kept) -> None:
    cast = kept.cast
    person = Person.objects.create(assembly=cast.elsewhere, name="邻人")
    other = Member.objects.create(
        assembly=cast.elsewhere, person=person, term=cast.term, sector=cast.sector, state="active"
    )
    assert not measuring.members(cast.actor("office")).filter(Q(pk=other.pk)).exists()
    assert cast.client("leader").get(f"/desk/circle/?member={other.pk}").status_code == 404
