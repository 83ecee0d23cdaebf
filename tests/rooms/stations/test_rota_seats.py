"""Seats of an hour that appointments hold, turns of members who left: a rota is worked out round the one and takes back
the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, turn
from tests.rooms.stations.rotas import beginning, publish, rota, rule, worked_out
from tongxin.hear.stations import tasks
from tongxin.hear.stations.models import DutyTurn
from tongxin.hear.stations.rota import planning
from tongxin.hear.stations.workflow.duty import TURNS
from tongxin.kernel import door
from tongxin.kernel import workflow as workflows
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


def booked(cast: Cast, on: Any, begins: str = "09:00", member: Member | None = None) -> DutyTurn:
    told = {"station": cast.door_station, "on": on, "begins": begins, "ends": "17:00", "member": member or cast.seat}
    return door.begin(TURNS, "book", cast.actor("office"), told)


def wednesday() -> Any:
    first = beginning()
    return first + timedelta(days=(2 - first.weekday()) % 7)


def there() -> list[tuple[int, str, int | None]]:
    rows = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).order_by("on", "seat")
    return [(t.seat, t.who, t.member_id) for t in rows]


# Appointments


def test_an_appointment_at_a_leaders_hour_does_not_block_the_rota(cast: Cast) -> None:
    leader = another(cast, duty="chair")
    rule(cast, "每周三 1 名领导 9:00-11:30")
    booked(cast, wednesday())
    of = rota(cast, days=6)
    worked_out(cast, of)
    publish(cast, of)
    assert there() == [(0, "member", cast.seat.pk), (1, "leader", leader.pk)]
    # Worked out again it finds its own turn under the number it has, also when the appointment is gone.
    door.perform(DutyTurn.objects.get(seat=0), "cancel", cast.actor("office"), {"reason": "改期"})
    plan = worked_out(cast, of)
    assert (plan.result["changes"], plan.result["slots"]) == ([], 1)


def test_an_appointment_made_while_the_plan_lies_there_stands_beside_it(cast: Cast) -> None:
    other = another(cast)
    rule(cast, "每周三 1 名委员")
    of = rota(cast, days=6)
    plan = worked_out(cast, of)
    chosen = plan.slots[0]["member"]
    booked(cast, wednesday(), member=other if chosen == cast.seat.pk else cast.seat)
    page = cast.client("office").post(reverse("duty:rota_move", args=[of.pk, "publish"]), follow=True)
    assert page.status_code == 200
    assert len(there()) == 2
    assert there()[1] == (1, "member", chosen)


def test_whoever_was_given_an_appointment_meanwhile_is_not_sent_twice(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast, days=6)
    worked_out(cast, of)
    booked(cast, wednesday(), "14:00")
    publish(cast, of)
    assert sorted(member or 0 for _seat, _who, member in there()) == [0, cast.seat.pk]  # the rota's turn stays open


def test_a_seat_that_another_rota_filled_is_not_filled_twice(cast: Cast) -> None:
    another(cast)
    rule(cast, "每周三 1 名委员")
    first, second = rota(cast, days=6), rota(cast, days=6)
    worked_out(cast, first)
    worked_out(cast, second)
    publish(cast, first)
    publish(cast, second)
    assert len(there()) == 1
    assert worked_out(cast, second).result["slots"] == 0


def test_a_confirmed_turn_fills_its_rule_whatever_its_number(cast: Cast) -> None:
    another(cast)
    rule(cast, "每周三 1 名委员")
    of = rota(cast, days=6)
    appointment = booked(cast, wednesday(), member=another(cast, "钱进"))
    worked_out(cast, of)
    publish(cast, of)
    own = of.turns.get()
    assert own.seat == 1
    door.perform(own, "confirm", system_actor(cast))
    door.perform(appointment, "cancel", cast.actor("office"), {"reason": "改期"})
    assert worked_out(cast, of).result["slots"] == 0


# Members who left


def left(member: Member, cast: Cast) -> Member:
    told = {"on": timezone.localdate(), "reason": "调离"}
    return door.perform(member, "resign", cast.actor("office"), told)


def test_whoever_leaves_frees_every_turn_ahead_at_once(cast: Cast) -> None:
    soon = turn(cast, timezone.localdate() + timedelta(days=3), "confirmed")
    far = turn(cast, timezone.localdate() + timedelta(days=90))
    kept = turn(cast, state="done")
    asked = turn(cast, timezone.localdate() + timedelta(days=4), member=another(cast))
    asked = door.perform(asked, "offer", system_actor(cast), {"member": cast.seat.pk})
    left(cast.seat, cast)
    for each in (soon, far, kept, asked):
        each.refresh_from_db()
    assert [(t.state, t.member_id) for t in (soon, far)] == [("scheduled", None)] * 2
    assert (kept.state, kept.member) == ("done", cast.seat)
    assert asked.offered_to is None
    page = cast.client("office").get(soon.get_absolute_url()).content.decode()
    assert "周岩" in page
    assert str(workflows.of(Member).state("resigned").label) in page
    told = Notice.objects.filter(event__verb="free", channel="page")
    assert {(n.user.username, n.event.record_id) for n in told} == {("office", soon.pk), ("station", soon.pk)}


def test_whoever_is_on_leave_frees_them_in_the_night(cast: Cast) -> None:
    held = turn(cast, timezone.localdate() + timedelta(days=3), "confirmed")
    assert tasks.free_turns(timezone.now()) == 0
    Member.objects.filter(pk=cast.seat.pk).update(state="leave")
    assert tasks.free_turns(timezone.now()) == 1
    held.refresh_from_db()
    assert (held.state, held.member) == ("scheduled", None)
    assert JournalEntry.objects.get(verb="free").facts == {"member": "周岩", "why": "leave"}


def test_nobody_is_freed_who_is_in_office(cast: Cast) -> None:
    held = turn(cast, timezone.localdate() + timedelta(days=3), "confirmed")
    with pytest.raises(Invalid):
        door.perform(held, "free", cast.actor("office"))


def test_a_confirmed_turn_of_somebody_who_left_is_planned_anew_and_says_why(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast, days=6)
    worked_out(cast, of)
    publish(cast, of)
    held = of.turns.get()
    door.perform(held, "confirm", system_actor(cast))
    Member.objects.filter(pk=cast.seat.pk).update(state="resigned")  # taken over from elsewhere: nobody was told
    other = another(cast)
    plan = worked_out(cast, of)
    held.refresh_from_db()
    assert held.member == cast.seat  # a proposal changes nothing
    assert [(c["before"], c["after"]) for c in plan.result["changes"]] == [(cast.seat.pk, other.pk)]
    page = cast.client("office").get(of.get_absolute_url()).content.decode()
    assert str(workflows.of(Member).state("resigned").label) in page
    publish(cast, of)
    held.refresh_from_db()
    assert (held.state, held.member) == ("scheduled", other)
    verbs = list(
        JournalEntry.objects.filter(record_type=held.label(), record_id=held.pk).values_list("verb", flat=True)
    )
    assert verbs[-2:] == ["free", "assign"]


def test_it_stays_open_where_nobody_else_can_come(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast, days=6)
    worked_out(cast, of)
    publish(cast, of)
    door.perform(of.turns.get(), "confirm", system_actor(cast))
    Member.objects.filter(pk=cast.seat.pk).update(state="resigned")
    plan = worked_out(cast, of)
    assert len(plan.result["open"]) == 1
    publish(cast, of)
    assert [(t.state, t.member) for t in of.turns.all()] == [("scheduled", None)]
    assert planning.question(of, timezone.now()).problem.earlier == {}
