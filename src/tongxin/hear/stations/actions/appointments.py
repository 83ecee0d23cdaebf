"""What the moves of a request for an appointment change. Called only by the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.crypto import blind_index

from .. import hours
from ..models import Appointment, DutyTurn, Station
from . import erasing

Facts = dict[str, Any]
AHEAD = ("scheduled", "confirmed")


def ask(by: Actor, now: datetime, *, station: Station, **told: Any) -> Appointment:
    """A new request; whether the wish lies outside the station's hours is told to both sides."""
    rules = hours.by_appointment(station, timezone.localdate(now))
    phone = told["asker_phone"]
    named = bool(told["asker_name"] or phone)
    return Appointment(
        assembly_id=station.assembly_id, station=station, sector_id=station.sector_id, asked_at=now,
        outside=not hours.within(rules, told["wish_on"], part=told["part"]), consent_at=now if named else None,
        phone_index=blind_index(phone, "phone") if phone else "", **told,
    )  # fmt: skip


def agree(appointment: Appointment, by: Actor, now: datetime, *, reply: str, member: Any, **told: Any) -> Facts:
    """A turn of duty is made for it, in the same act; a former one falls away."""
    from ..workflow.duty import TURNS

    former = appointment.meeting
    if former is not None and former.state in AHEAD:
        appointment.turn = None  # it is not asked for anew because of this
        Appointment.objects.filter(pk=appointment.pk).update(turn=None)
        door.perform(former, "cancel", _office(appointment), {"reason": "预约改期"}, now=now)
    booked = told | {"station": appointment.station, "member": member}
    appointment.turn = door.begin(TURNS, "book", _office(appointment), booked, now=now)
    appointment.reply = reply
    return {"member": str(member), "on": told["on"].isoformat(), "at": f"{told['begins']:%H:%M}"}


def refuse(appointment: Appointment, by: Actor, now: datetime, *, reply: str) -> Facts:
    appointment.reply = reply
    return {}


def give_up(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """The person does not come: nobody waits for them."""
    meeting = appointment.meeting
    if meeting is not None and meeting.state in AHEAD:
        appointment.turn = None
        Appointment.objects.filter(pk=appointment.pk).update(turn=None)
        door.perform(meeting, "cancel", _office(appointment), {"reason": "群众取消预约"}, now=now)
    return {}


def reopen(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """The meeting was cancelled: the person is still waiting for one."""
    appointment.turn, appointment.reply = None, ""
    return {}


def forget(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """Name and number go, also where somebody typed them: here, and in the meetings that came of it. When and where one
    meets stays."""
    name, phone = appointment.asker_name, appointment.asker_phone
    erasing.clear(appointment, name, phone)
    since = appointment.asked_at  # former meetings were cancelled and are linked no more
    booked = DutyTurn.objects.filter(station=appointment.station_id, rule=None, created_at__gte=since)
    erasing.blot(booked, [(name, phone)], now)
    appointment.asker_name = appointment.asker_phone = appointment.phone_index = ""
    appointment.consent_at = None
    return {}


def blot(appointment: Appointment, by: Actor, now: datetime, *, name: str, phone: str) -> Facts:
    """Somebody's name and number go from what was written of the request."""
    erasing.clear(appointment, name, phone)
    return {}


def of_turn(turn: DutyTurn) -> Appointment | None:
    """The request that a turn was made for, also when it was handed over since."""
    first = turn
    while first.replaces is not None:
        first = first.replaces
    return Appointment.objects.filter(turn=first, state="agreed").first() if first.pk else None


def cancelled(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Runs after a turn was cancelled: whoever had the appointment is to get another one."""
    if appointment := of_turn(turn):
        door.perform(appointment, "reopen", _office(appointment), now=now)
    return {}


def _office(appointment: Appointment) -> Actor:
    return system(_("requests for appointments"), appointment.assembly)
