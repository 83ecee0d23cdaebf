"""What happens to briefs by itself, once a day, through the door as the system."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.errors import DoorError
from tongxin.kernel.tasks import DAY, recurring

from . import queries


@recurring(DAY)
def escalate_overdue_briefs(now: datetime) -> int:
    """Mark clocks that ran out and tell who answers for them; returns how many briefs."""
    done = 0
    for brief in list(queries.late(timezone.localdate(now))):
        try:
            door.perform(brief, "escalate", system(_("daily task"), brief.assembly), now=now)
        except DoorError:
            continue  # somebody moved it meanwhile
        done += 1
    return done


@recurring(DAY)
def remind_authors_of_returned_briefs(now: datetime) -> int:
    """Tell authors once that a returned text is due in a week; returns how many briefs."""
    done = 0
    for brief in list(queries.to_remind(timezone.localdate(now))):
        try:
            door.perform(brief, "remind", system(_("daily task"), brief.assembly), now=now)
        except DoorError:
            continue  # handed in meanwhile
        done += 1
    return done
