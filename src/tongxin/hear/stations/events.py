"""What other rooms announce and this one follows: a seat ended, a person is to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from tongxin.hear.concerns.actions import FORGETTING
from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.events import Event, listen
from tongxin.people.actions import SEAT_ENDED

from . import personal
from .models import DutyTurn
from .rota import vacancies

PERSON_FORGETTING = "contact.forgetting"


def seat_ended(event: Event) -> None:
    """A member left office: nobody waits in vain at a station."""
    vacancies.free(event.at, Q(member=event.record) | Q(offered_to=event.record))


def speaker_forgotten(event: Event) -> None:
    """The name and number of somebody who came in during a turn go from what was written of that turn, too."""
    _blot(event, Q(visits__concern=event.record), [(event.data["speaker"], event.data["phone"])])


def person_forgotten(event: Event) -> None:
    """Somebody known to `members` is forgotten: each of the `names` with its number goes from what they wrote."""
    _blot(event, Q(member__in=event.data["members"]) & ~Q(summary="", purpose=""), event.data["names"])


def _blot(event: Event, which: Q, names: Iterable[tuple[str, str]]) -> None:
    for turn in DutyTurn.objects.filter(which).select_related("assembly").distinct():
        for name, phone in names:
            if personal.names(turn, name, phone):
                told = {"name": name, "phone": phone}
                turn = door.perform(turn, "blot", system("erasure", turn.assembly), told, now=event.at)


def declare() -> None:
    listen(SEAT_ENDED, seat_ended)
    listen(FORGETTING, speaker_forgotten)
    listen(PERSON_FORGETTING, person_forgotten)
