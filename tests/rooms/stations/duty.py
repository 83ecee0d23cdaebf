"""What the tests of duty begin with: members and turns."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.stations.models import DutyTurn
from tongxin.hear.stations.workflow.duty import TURNS
from tongxin.kernel import door
from tongxin.people.models import Member, Person

BEGINS, ENDS = time(9), time(11, 30)


def today() -> date:
    return timezone.localdate()


def another(cast: Cast, name: str = "孙萍", **more: Any) -> Member:
    person = Person.objects.create(assembly=cast.city, name=name)
    usual = {"term": cast.term, "sector": cast.other_sector, "state": "active"}
    return Member.objects.create(assembly=cast.city, person=person, **usual, **more)


def turn(cast: Cast, on: date | None = None, state: str = "scheduled", **more: Any) -> DutyTurn:
    """A turn of the cast's member, brought to `state`."""
    told = {"station": cast.door_station, "on": on or today(), "begins": BEGINS, "ends": ENDS, "member": cast.seat}
    made = door.begin(TURNS, "schedule", cast.actor("office"), told | more)
    way = {
        "scheduled": (),
        "confirmed": (("confirm", {}),),
        "on_duty": (("receive", {}),),
        "done": (("receive", {}), ("finish", {"summary": "接待居民两人。"})),
    }
    for move, data in way[state]:
        by = cast.actor("member") if move == "confirm" else cast.actor("station")
        made = door.perform(made, move, by, data)
    return made


def at(hour: int, minute: int = 0, day: date | None = None) -> datetime:
    return timezone.make_aware(datetime.combine(day or today(), time(hour, minute)))
