"""Publishing a plan some time after it was worked out: what is over, what changed since, turns that end otherwise."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, today
from tests.rooms.stations.rotas import beginning, publish, rota, rule, worked_out
from tests.rooms.stations.test_appointments import agreed, asked
from tongxin.hear.stations.models import DutyTurn, Rota, RotaRule, Unavailability
from tongxin.hear.stations.policy import plan as may_plan
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice

pytestmark = pytest.mark.django_db


def refused(cast: Cast, of: Rota) -> str:
    with pytest.raises(Invalid) as error:
        publish(cast, of)
    assert not of.turns.exists()
    return str(error.value.form.errors)


def test_days_that_are_over_bring_no_turns(cast: Cast) -> None:
    rule(cast, "每天 1 名委员")
    of = rota(cast, per_month=31)
    plan = worked_out(cast, of)
    first = plan.slots[0]
    first["on"] = (today() - timedelta(days=1)).isoformat()
    plan.save()
    publish(cast, of)
    assert of.turns.count() == len(plan.slots) - 1
    assert not of.turns.filter(on__lt=today()).exists()


def test_changed_rules_stations_frame_and_absences_ask_for_another_plan(cast: Cast) -> None:
    made = rule(cast, "每周三 1 名委员")
    of = rota(cast)
    worked_out(cast, of)
    door.revise(made, cast.actor("office"), {"to_on": made.from_on}, may_plan)
    assert "八马路联络站" in refused(cast, of)
    page = cast.client("office").get(of.get_absolute_url()).content.decode()
    assert "八马路联络站" in page
    assert reverse("duty:rota_move", args=[of.pk, "publish"]) not in page
    assert page.count(reverse("duty:rota_move", args=[of.pk, "work_out"])) == 2  # offered where one would publish
    rule(cast, "每周三 1 名委员")
    worked_out(cast, of)
    door.perform(cast.door_station, "suspend", cast.actor("office"), {"reason": "装修"})
    assert "八马路联络站" in refused(cast, of)
    cast.door_station.refresh_from_db()
    door.perform(cast.door_station, "resume", cast.actor("office"), {})
    worked_out(cast, of)
    absence = Unavailability(assembly=cast.city, member=cast.seat, from_on=beginning(), to_on=of.to_on)
    door.establish(absence, cast.actor("office"), may_plan)
    assert str(cast.seat) in refused(cast, of)
    door.revise(absence, cast.actor("office"), {"dropped_on": today()}, may_plan)
    frame = {"name": "本期", "from_on": of.from_on, "to_on": of.to_on, "per_month": 2, "match": "prefer",
             "holidays": "keep"}  # fmt: skip
    door.perform(of, "adjust", cast.actor("office"), frame)
    of.refresh_from_db()
    assert refused(cast, of)
    worked_out(cast, of)
    publish(cast, of)
    assert of.turns.count() == 4


def test_a_rule_that_ends_later_retimes_its_turns(cast: Cast) -> None:
    another(cast)
    old = rule(cast, "每周三 1 名委员 9:00-11:30")
    of = rota(cast)
    worked_out(cast, of)
    of = publish(cast, of)
    kept = DutyTurn.objects.filter(member=cast.seat).first()
    kept = door.perform(kept, "confirm", system_actor(cast))
    ended = {"from_on": today() - timedelta(days=9), "to_on": today() - timedelta(days=1)}
    door.revise(old, cast.actor("office"), ended, may_plan)
    new = rule(cast, "每周三 1 名委员 9:00-12:00")
    plan = worked_out(cast, of)
    assert [change["ends"] for change in plan.result["changes"]] == [["11:30", "12:00"]] * 4
    assert "12:00" in cast.client("office").get(of.get_absolute_url()).content.decode()
    Notice.objects.all().delete()
    publish(cast, of)
    assert set(of.turns.values_list("ends", "rule", "state")) == {
        (time(12), new.pk, "scheduled"), (time(12), new.pk, "confirmed"),
    }  # fmt: skip
    assert Notice.objects.filter(user=cast.member, event__verb="retime").exists()
    assert worked_out(cast, of).result["changes"] == []


def test_whoever_was_to_come_after_the_new_end_is_asked_for_anew(cast: Cast) -> None:
    old = rule(cast, "每天 1 名委员 9:00-11:30")
    of = rota(cast, days=0)
    worked_out(cast, of)
    of = publish(cast, of)
    request = agreed(cast, asked(cast), on=of.from_on, begins="11:00", ends="11:30")
    assert request.turn == of.turns.get()
    RotaRule.objects.filter(pk=old.pk).update(to_on=today(), updated_at=timezone.now())
    rule(cast, "每天 1 名委员 9:00-10:30")
    worked_out(cast, of)
    publish(cast, of)
    request.refresh_from_db()
    assert (of.turns.get().ends, request.state, request.turn) == (time(10, 30), "asked", None)


def test_two_rules_at_one_hour_keep_their_own_ends(cast: Cast) -> None:
    for name in ("孙萍", "钱进"):
        another(cast, name)
    first = rule(cast, "每周三 1 名委员 9:00-11:30")
    rule(cast, "每周三 1 名委员 9:00-12:00")
    of = rota(cast, days=6)
    worked_out(cast, of)
    of = publish(cast, of)
    late = of.turns.get(ends=time(12))
    door.perform(late, "confirm", system_actor(cast))
    RotaRule.objects.filter(pk=first.pk).update(to_on=today(), updated_at=timezone.now())
    rule(cast, "每周三 1 名委员 9:00-11:00")
    worked_out(cast, of)
    publish(cast, of)
    late.refresh_from_db()
    assert sorted(of.turns.exclude(state__in=DutyTurn.GONE).values_list("ends", flat=True)) == [time(11), time(12)]
    assert late.ends == time(12)
