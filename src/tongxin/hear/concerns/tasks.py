"""What happens to concerns by itself, once a day, through the door as the system."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door, textindex
from tongxin.kernel.actor import system
from tongxin.kernel.errors import DoorError
from tongxin.kernel.tasks import DAY, recurring

from . import queries, stash


@recurring(DAY)
def escalate_overdue(now: datetime) -> int:
    """Mark clocks that ran out and tell those who look after the concern; returns how many concerns."""
    return _each(queries.late(timezone.localdate(now)), "escalate", now)


@recurring(DAY)
def close_unrated(now: datetime) -> int:
    """Close answered concerns whose person did not rate in time; no rating is ever assumed. Returns how many."""
    return _each(queries.unrated(timezone.localdate(now)), "close", now)


def _each(concerns: object, move: str, now: datetime) -> int:
    done = 0
    for concern in list(concerns):  # type: ignore[call-overload]
        try:
            door.perform(concern, move, system(_("daily task"), concern.assembly), now=now)
        except DoorError:
            continue  # somebody moved it meanwhile
        done += 1
    return done


@recurring(DAY)
def sweep_imports(now: datetime) -> int:
    """Delete lists that were looked at and never taken in."""
    return stash.sweep(now)


@recurring(DAY)
def purge_index(now: datetime) -> int:
    """After people had their names erased: take the words out of the search index's own pages too."""
    if not queries.forgotten_since(now - timedelta(days=2)):
        return 0
    textindex.purge(connection)
    return 1
