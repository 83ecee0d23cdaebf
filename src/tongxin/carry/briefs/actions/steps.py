"""What several moves have in common: the days on each desk, and the concerns behind a brief."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.hear.concerns import conversions
from tongxin.kernel import deadlines
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.models import Deadline
from tongxin.kernel.workflow import Start

from ..models import Brief

Facts = dict[str, Any]
#: The column that adds up the days a brief lay in a state.
DAYS = {
    "submitted": "days_submitted",
    "editing": "days_editing",
    "reviewing": "days_reviewing",
    "signing": "days_signing",
    "returned": "days_returned",
    "issued": "days_issued",
    "reported": "days_issued",
    "adopted": "days_issued",
    "instructed": "days_issued",
    "handling": "days_handling",
    "replied": "days_replied",
}


def leave(brief: Brief, now: datetime) -> None:
    """The brief leaves the state it is in: its days there are added up."""
    if column := DAYS.get(brief.state):
        days = (timezone.localdate(now) - timezone.localdate(brief.moved_at)).days
        setattr(brief, column, getattr(brief, column) + max(days, 0))
    brief.moved_at = now


def drop(brief: Brief, kind: str, now: datetime) -> None:
    """A clock stops because what it waited for is asked of nobody any more: it was neither met nor missed."""
    open_ = deadlines.open_ones(brief)
    Deadline.objects.filter(pk__in=[clock.pk for clock in open_ if clock.kind == kind]).update(dropped_at=now)
    deadlines.point(brief, [clock for clock in open_ if clock.kind != kind])


def restart(brief: Brief, start: Start, now: datetime, named: date | None = None) -> None:
    """The clock begins anew, for the day that was named if one was."""
    drop(brief, start.kind, now)
    deadlines.prepare(brief, start, now, named).save()
    deadlines.point(brief, deadlines.open_ones(brief))


def release_concerns(brief: Brief, now: datetime, reason: str) -> None:
    """Nothing came of the brief: the concerns behind it, which are still carried by it, go back to be handled."""
    by = voice_of(brief)
    for link in brief.concerns.select_related("concern"):
        if link.concern.state == "converted":
            conversions.given_up(link.concern, by, reason=reason, now=now)


def voice_of(brief: Brief) -> Actor:
    """In whose name the concerns behind a brief are moved on."""
    return system(_("brief %(number)s") % {"number": brief.number}, brief.assembly)


def flow() -> Any:
    """The workflow, whose module imports this package."""
    from ..workflow import BRIEFS

    return BRIEFS
