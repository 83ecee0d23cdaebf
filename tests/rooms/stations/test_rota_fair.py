"""Fair over the year."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.stations.duty import another, turn
from tests.rooms.stations.rotas import publish, rota, rule, worked_out
from tongxin.hear.stations.models import DutyTurn, Rota
from tongxin.hear.stations.rota import planning
from tongxin.kernel import door

pytestmark = pytest.mark.django_db


def half_years(cast: Cast, of_first: int = 26, of_second: int = 26) -> tuple[Rota, Rota]:
    """Two rotas after one another, not worked out yet."""
    first = rota(cast, days=of_first * 7 - 1)
    begins = first.to_on + timedelta(days=1)
    return first, rota(cast, from_on=begins, to_on=begins + timedelta(days=of_second * 7 - 1))


def test_two_half_years_make_a_fair_year(cast: Cast) -> None:
    for name in ("孙萍", "钱进", "赵敏", "李想"):
        another(cast, name)
    rule(cast, "每周三 1 名委员")  # 26 turns among five: one has six; again 26, which must go to others
    first, second = half_years(cast)
    plan = worked_out(cast, first)
    assert [(g["least"], g["most"], "year_most" in g) for g in plan.result["groups"]] == [(5, 6, False)]
    publish(cast, first)
    plan = worked_out(cast, second)
    assert [(g["year_least"], g["year_most"]) for g in plan.result["groups"]] == [(10, 11)]
    publish(cast, second)
    year = Counter(DutyTurn.objects.values_list("member", flat=True))
    assert sorted(year.values()) == [10, 10, 10, 11, 11]
    page = cast.client("office").get(second.get_absolute_url()).content.decode()
    assert "10–11" in page


def test_turns_that_were_cancelled_or_handed_over_count_for_nobody(cast: Cast) -> None:
    other = another(cast)
    rule(cast, "每周三 1 名委员")
    first, second = half_years(cast, 2, 1)
    worked_out(cast, first)
    publish(cast, first)
    for held in DutyTurn.objects.filter(member=cast.seat):
        door.perform(held, "cancel", cast.actor("office"), {"reason": "停电"})
    assert planning.question(second, timezone.now()).problem.base == {other.pk: 1}
    assert {row["member"] for row in worked_out(cast, second).slots} == {cast.seat.pk}


def test_turns_of_more_than_a_year_ago_no_longer_count(cast: Cast) -> None:
    of = rota(cast, days=6)
    turn(cast, of.to_on - timedelta(days=365), "scheduled")
    assert planning.question(of, timezone.now()).problem.base == {}
    turn(cast, of.to_on - timedelta(days=364), "scheduled")
    assert planning.question(of, timezone.now()).problem.base == {cast.seat.pk: 1}


def test_who_came_into_office_meanwhile_does_not_make_up_for_it(cast: Cast) -> None:
    other = another(cast)
    rule(cast, "每周三 1 名委员")
    first, second = half_years(cast, 7, 6)
    worked_out(cast, first)
    publish(cast, first)  # seven turns of two people: three, and four
    fresh = another(cast, "钱进", since_on=first.to_on)
    old = another(cast, "赵敏", since_on=second.to_on - timedelta(days=365))  # was there all the time, and had nothing
    loads = planning.question(second, timezone.now()).problem.base
    assert (loads[cast.seat.pk] + loads[other.pk], loads[fresh.pk]) == (7, 2)  # 7 turns of three people
    assert old.pk not in loads
    chair = another(cast, "孙理", duty="chair", since_on=first.to_on)  # no leader was there to compare with
    assert chair.pk not in planning.question(second, timezone.now()).problem.base
    plan = worked_out(cast, second)
    mine = Counter(row["member"] for row in plan.slots)
    assert mine[fresh.pk] <= 2


# Turns apart


def test_the_wish_for_days_between_turns_is_had_or_said(cast: Cast) -> None:
    for name in ("孙萍", "钱进", "赵敏"):
        another(cast, name)
    rule(cast, "每周三 1 名委员")
    first, second = half_years(cast, 4, 4)
    assert first.apart_days == 14  # the assembly's usual one
    plan = worked_out(cast, first)
    assert (plan.result["apart"], plan.result["close_n"]) == (14, 0)
    assert "至少隔 14 天" in cast.client("office").get(first.get_absolute_url()).content.decode()
    publish(cast, first)
    again = worked_out(cast, second)
    lasts = {t.member_id: t.on for t in DutyTurn.objects.filter(rota=first)}
    begins = {row["member"]: date.fromisoformat(row["on"]) for row in again.slots}
    assert min((begins[pk] - lasts[pk]).days for pk in begins) >= 14  # across two rotas as well
    wished = door.perform(second, "adjust", cast.actor("office"), frame(second, apart_days=60))
    told = worked_out(cast, wished).result
    assert (told["proven"], told["gap"], told["close_n"], len(told["close"])) == (True, 0, 4, 4)
    page = cast.client("office").get(second.get_absolute_url()).content.decode()
    assert "4 班没能隔开" in page
    assert "周岩" in page.split("没能隔开")[1]
    assert worked_out(cast, door.perform(wished, "adjust", cast.actor("office"), frame(second, apart_days=0)))
    assert "隔开" not in cast.client("office").get(second.get_absolute_url()).content.decode()


def frame(of: Rota, **more: Any) -> dict[str, Any]:
    names = ("name", "from_on", "to_on", "per_month", "match", "holidays")
    return {name: getattr(of, name) for name in names} | more
