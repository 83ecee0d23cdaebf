"""The personal data of the duty room: free texts that may name somebody, though they should not, and why a member could
not come. Kept for a time; the turns, their visitors and all counts stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.personal import PersonalData, mask_name, mask_phone, register

from . import lists, policy
from .actions.erasing import TEXTS
from .models import Appointment, DutyTurn, Unavailability


def _each(rows: QuerySet[Any], move: str, now: datetime) -> int:
    found = list(rows.select_related("assembly").order_by("pk"))
    for record in found:
        door.perform(record, move, system(_("daily task"), record.assembly), now=now)
    return len(found)


def erase_texts(rows: QuerySet[DutyTurn], now: datetime) -> int:
    """Empty the texts of turns whose time is over, each through the door; returns how many."""
    return _each(rows, "forget", now)


def erase_reasons(rows: QuerySet[Unavailability], now: datetime) -> int:
    """Empty the reasons of absences that are over; returns of how many. The days stay."""
    found = list(rows.select_related("assembly").order_by("pk"))
    for absence in found:
        door.revise(absence, system(_("daily task"), absence.assembly), {"reason": ""}, policy.absence, now=now)
    return len(found)


SAID_OF_TURNS = PersonalData(
    model=DutyTurn,
    masks=dict.fromkeys(TEXTS[DutyTurn], str),  # read whole by whoever reads the turn: they are not to name anybody
    subject=gettext_lazy("whoever a turn's summary may name"),
    erase=erase_texts,
    keep=lists.KEEP_SUMMARIES,
    since="on",
    holding=~Q(summary="", purpose="") & ~Q(state__in=("scheduled", "confirmed", "on_duty")),
)


def erase_askers(rows: QuerySet[Appointment], now: datetime) -> int:
    """Erase name and number of those who asked long ago, each through the door; returns how many."""
    return _each(rows, "forget", now)


def erase_matters(rows: QuerySet[Appointment], now: datetime) -> int:
    """Empty what requests were about whose time is over, each through the door; returns how many."""
    return _each(rows, "empty", now)


ASKERS = PersonalData(
    model=Appointment,
    masks={"asker_name": mask_name, "asker_phone": mask_phone, "matter": str, "reply": str, "purpose": str},
    subject=gettext_lazy("people who asked for an appointment"),
    erase=erase_askers,
    keep=lists.KEEP_ASKERS,
    since="asked_at",
    holding=Q(consent_at__isnull=False),
)
# A matter may name somebody though it should not, also where nobody left a name beside it. What was never answered goes
# as well, reckoned from the day the answer was due: that day moves when another time is looked for.
MATTERS = tuple(
    PersonalData(
        model=Appointment,
        masks=dict.fromkeys(TEXTS[Appointment], str),
        subject=gettext_lazy("whoever a request for an appointment may name"),
        erase=erase_matters,
        keep=lists.KEEP_SUMMARIES,
        since=since,
        holding=Q(state__in=states) & ~Q(matter="", reply="", purpose=""),
    )
    for since, states in (("asked_at", ("met", "refused", "withdrawn")), ("due_on", ("asked",)))
)
REASONS = tuple(
    PersonalData(
        model=Unavailability,
        masks={"reason": str},
        subject=gettext_lazy("members who could not come"),
        erase=erase_reasons,
        keep=lists.KEEP_REASONS,
        since=since,
        holding=~Q(reason=""),
    )
    for since in ("to_on", "dropped_on", "member__left_on")
)


def declare() -> None:
    register(SAID_OF_TURNS)
    register(ASKERS)
    for data in (*MATTERS, *REASONS):
        register(data)
