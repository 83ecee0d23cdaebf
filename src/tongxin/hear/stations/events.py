"""What other rooms announce and this one follows: a seat ended, so its turns stand open."""

from __future__ import annotations

from django.db.models import Q

from tongxin.kernel.events import Event, listen
from tongxin.people.actions import SEAT_ENDED

from . import vacancies


def seat_ended(event: Event) -> None:
    """A member left office: nobody waits in vain at a station."""
    vacancies.free(event.at, Q(member=event.record) | Q(offered_to=event.record))


def declare() -> None:
    listen(SEAT_ENDED, seat_ended)
