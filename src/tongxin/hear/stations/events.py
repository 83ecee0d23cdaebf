"""What other rooms announce and this one follows: a seat ended, a person is to be forgotten."""

from __future__ import annotations

from django.db.models import Q

from tongxin.hear.concerns.actions import FORGETTING
from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.events import Event, listen
from tongxin.people.actions import SEAT_ENDED

from . import personal, vacancies
from .models import DutyTurn


def seat_ended(event: Event) -> None:
    """A member left office: nobody waits in vain at a station."""
    vacancies.free(event.at, Q(member=event.record) | Q(offered_to=event.record))


def forgetting(event: Event) -> None:
    """The name and number of somebody who came in during a turn go from what was written of that turn, too."""
    told = {"name": event.data["speaker"], "phone": event.data["phone"]}
    for turn in DutyTurn.objects.filter(visits__concern=event.record).select_related("assembly"):
        if personal.names(turn, **told):
            door.perform(turn, "blot", system("erasure", turn.assembly), told, now=event.at)


def declare() -> None:
    listen(SEAT_ENDED, seat_ended)
    listen(FORGETTING, forgetting)
