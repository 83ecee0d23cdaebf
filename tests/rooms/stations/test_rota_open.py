"""Who comes into question; what stays open, and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.stations.duty import another
from tests.rooms.stations.rotas import beginning, publish, rota, rule, why, worked_out
from tongxin.hear.contact.models import AreaMember, ResponsibilityArea
from tongxin.hear.stations.models import DutyTurn, Station, Unavailability
from tongxin.hear.stations.rota import planning
from tongxin.hear.stations.rota.pools import SAME_COUNTY
from tongxin.hear.stations.rota.rule_words import said
from tongxin.people.models import Member, Sector, Term

pytestmark = pytest.mark.django_db


def test_the_wishes_that_conflict_are_named(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    away = Unavailability.objects.create(
        assembly=cast.city, member=cast.seat, from_on=beginning(), to_on=beginning() + timedelta(days=7)
    )
    plan = worked_out(cast, of)
    assert [len(gap["days"]) for gap in plan.result["open"]] == [1]
    assert plan.result["open"][0]["why"] == [
        {"kind": "wish", "who": "周岩", "from": away.from_on.isoformat(), "to": away.to_on.isoformat(), "weekdays": []}
    ]
    assert "周岩" in why(plan, of)


def test_the_monthly_limit_is_named(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast, per_month=1)
    plan = worked_out(cast, of)
    assert [reason["kind"] for reason in plan.result["open"][0]["why"]] == ["cap"]
    assert "1" in why(plan, of)


def test_a_rule_nobody_can_keep_is_explained(cast: Cast) -> None:
    made = rule(cast, "每周三 3 名领导")
    of = rota(cast)
    plan = worked_out(cast, of)
    assert plan.result["filled"] == 0
    assert plan.result["open"][0]["why"] == [{"kind": "nobody", "per_month": 3}]
    assert said(made) in why(plan, of)
    page = cast.client("office").get(of.get_absolute_url()).content.decode()
    assert (page.count("× 3"), said(made) in page) == (4, True)  # a day is named once, with how many are missing
    publish(cast, of)
    assert DutyTurn.objects.filter(member=None).count() == plan.result["slots"]  # open, and seen


def test_only_members_of_the_sector_where_that_is_asked(cast: Cast) -> None:
    other = another(cast)  # of another sector
    rule(cast, "每周三 1 名委员")
    plan = worked_out(cast, rota(cast, match="require", per_month=2))
    members = {row["member"] for row in plan.slots}
    assert members == {cast.seat.pk, None}
    # More turns a month would do, and so would members of other sectors.
    assert [r["kind"] for r in plan.result["open"][0]["why"]] == ["cap", "fit"]
    assert other.pk not in members


def of_the_county(cast: Cast, member: Member, way: str) -> None:
    """As the check knows it: the area a member answers for lies there, or they sit in the county's own assembly."""
    if way == "area":
        area = ResponsibilityArea.objects.create(
            assembly=cast.city, name=f"{member}责任区", kind="community", sector=member.sector, county=cast.county
        )
        AreaMember.objects.create(assembly=cast.city, member=member, area=area, from_on=timezone.localdate())
    else:
        term = Term.objects.create(assembly=cast.county, number=9, from_on=date(2021, 1, 1))
        sector = Sector.objects.create(assembly=cast.county, code="z", name="中共")
        Member.objects.create(assembly=cast.county, person=member.person, term=term, sector=sector, state="active")


@pytest.mark.parametrize("way", ["area", "seat"])
@pytest.mark.parametrize("match", ["prefer", "require"])
def test_members_of_the_county_come_into_question_where_a_station_has_no_sector(
    cast: Cast, match: str, way: str
) -> None:
    near, leader = another(cast), another(cast, "孙理", duty="chair")
    of_the_county(cast, near, way)
    of_the_county(cast, leader, "area")
    place = Station.objects.create(assembly=cast.city, code="B003", name="东山站", state="active", county=cast.county)
    rule(cast, "每周三 1 名委员", place)
    of = rota(cast, days=6, match=match)
    (pool,) = planning.question(of, timezone.now()).problem.pools.values()
    assert (dict(pool.fits), pool.crowd) == ({near.pk: SAME_COUNTY}, "" if match == "require" else "member")
    assert [row["member"] for row in worked_out(cast, of).slots] == [near.pk]
    Station.objects.filter(pk=place.pk).update(sector=cast.sector)  # with a sector, that alone is required
    (pool,) = planning.question(of, timezone.now()).problem.pools.values()
    assert (near.pk in pool.fits) == (match == "prefer")


def test_members_fit_before_others_where_it_costs_no_fairness(cast: Cast) -> None:
    another(cast)
    second = Station.objects.create(
        assembly=cast.city, code="B002", name="农业站", state="active", sector=cast.other_sector
    )
    rule(cast, "每周三 1 名委员")
    rule(cast, "每周三 1 名委员", second)
    plan = worked_out(cast, rota(cast, per_month=5))
    assert {row["member"] for row in plan.slots if row["station"] == cast.door_station.pk} == {cast.seat.pk}
