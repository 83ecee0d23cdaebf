"""What happens to research reports by itself, once a day, through the door as the system."""

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
def escalate_overdue_reports(now: datetime) -> int:
    """Tell who answers for a reply that is overdue, once; returns how many reports."""
    done = 0
    for report in list(queries.late(timezone.localdate(now))):
        try:
            door.perform(report, "escalate", system(_("daily task"), report.assembly), now=now)
        except DoorError:
            continue  # somebody moved it meanwhile
        done += 1
    return done
