"""Reads of requests for an appointment, and of the hours in which a station receives; never writes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number

from .. import hours, policy
from ..models import Appointment, DutyTurn, RotaRule, Station


def appointment(actor: Actor, pk: int) -> Appointment:
    """A request that the actor answers. Raises `NotAllowed` for all others."""
    related = ("assembly", "station__sector", "turn__member__person")
    found = policy.answer.filter(actor, Appointment.objects.select_related(*related)).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.answer.reason)
    return found


def held(receipt_index: str) -> Appointment | None:
    """The request whose receipt has this blind index, with what its holder's page names."""
    related = ("assembly", "station", "turn__member__person")
    return Appointment.objects.filter(receipt_index=receipt_index).select_related(*related).first()


def hours_of(actor: Actor, station: Any) -> list[RotaRule]:
    """When the station that a form names receives by appointment; nothing for one that it does not name."""
    key = whole_number(str(station or ""))
    found = policy.read.filter(actor, Station.objects.filter(pk=key)).first() if key else None
    return hours.by_appointment(found, timezone.localdate()) if found else []


def within_hours(turn: DutyTurn) -> bool:
    """Whether a turn lies in the hours in which its station receives by appointment; True where it names none."""
    rules = hours.by_appointment(turn.station, turn.on)
    return hours.within(rules, turn.on, begins=turn.begins, ends=turn.ends)
