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
    wish = told["wish_on"]
    fits = hours.within(rules, wish, part=told["part"]) if rules else hours.kept_on(station, wish)
    return Appointment(
        assembly_id=station.assembly_id, station=station, sector_id=station.sector_id, asked_at=now,
        outside=not fits, consent_at=now if named else None,
        phone_index=blind_index(phone, "phone") if phone else "", **told,
    )  # fmt: skip


def agree(appointment: Appointment, by: Actor, now: datetime, *, reply: str, member: Any, **told: Any) -> Facts:
    """A turn of duty takes the person in or is made for them, in the same act; a former meeting falls away."""
    from ..workflow.duty import TURNS

    _release(appointment, "预约改期", now)
    held: DutyTurn | None = told.pop("turn")
    if held is None:
        booked = told | {"station": appointment.station, "member": member}
        held = door.begin(TURNS, "book", _office(appointment), booked, now=now)
        appointment.made_turn = True
    else:
        door.perform(held, "expect", _office(appointment), {"at": told["begins"]}, now=now)
    appointment.turn, appointment.reply, appointment.purpose = held, reply, told["purpose"]
    appointment.begins, appointment.ends = told["begins"], told["ends"]
    return {"member": str(member), "on": told["on"].isoformat(), "at": f"{told['begins']:%H:%M}"}


def refuse(appointment: Appointment, by: Actor, now: datetime, *, reply: str) -> Facts:
    appointment.reply = reply
    return {}


def give_up(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """The person does not come: nobody waits for them."""
    _release(appointment, "群众取消预约", now)
    return {}


def reopen(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """The meeting was cancelled, or nobody was there: the person is still waiting for one."""
    appointment.reply = ""
    _forget_turn(appointment)
    return {}


def close_down(appointment: Appointment, by: Actor, now: datetime, *, reply: str) -> Facts:
    """The station receives nobody any more; the person reads why."""
    appointment.reply = reply
    _release(appointment, reply, now)
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


def empty(appointment: Appointment, by: Actor, now: datetime) -> Facts:
    """What was written of it is gone, its time is over; that somebody asked, when, and what came of it stays."""
    for field in erasing.TEXTS[Appointment]:
        setattr(appointment, field, "")
    return {}


def blot(appointment: Appointment, by: Actor, now: datetime, *, name: str, phone: str) -> Facts:
    """Somebody's name and number go from what was written of the request."""
    erasing.clear(appointment, name, phone)
    return {}


def cancelled(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Runs after a turn was cancelled or missed: whoever had an appointment is to get another one."""
    return _each_of(turn, "reopen", now)


def kept(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Runs after a turn was kept: its visitors were received."""
    return _each_of(turn, "meet", now)


def cut_short(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Runs after a turn got another end: whoever was to come after it is to get another time."""
    return _each_of(turn, "reopen", now, ends__gt=turn.ends)


def handed_over(turn: DutyTurn, taken: DutyTurn) -> None:
    """The visitors of a turn come to whoever took it over."""
    Appointment.objects.filter(turn=turn).update(turn=taken)


def _each_of(turn: DutyTurn, move: str, now: datetime, **which: Any) -> Facts:
    if turn.pk:
        rows = Appointment.objects.filter(turn=turn, state="agreed", **which)
        for appointment in rows.select_related("assembly"):
            door.perform(appointment, move, _office(appointment), now=now)
    return {}


def _release(appointment: Appointment, reason: str, now: datetime) -> None:
    """The person does not come at the time that was agreed: a turn made for them is cancelled, another is told."""
    turn, own, made, at = appointment.turn, appointment.own_turn_id, appointment.made_turn, appointment.begins
    Appointment.objects.filter(pk=appointment.pk).update(turn=None)  # it is not asked for anew because of this
    _forget_turn(appointment)
    if turn is None or turn.state not in AHEAD:
        return
    if own:
        door.perform(turn, "cancel", _office(appointment), {"reason": reason}, now=now)
        return
    door.perform(turn, "expect_no_more", _office(appointment), {"at": at}, now=now)
    if made and (heir := Appointment.objects.filter(turn=turn, state="agreed").first()):
        Appointment.objects.filter(pk=heir.pk).update(made_turn=True)


def _forget_turn(appointment: Appointment) -> None:
    appointment.turn = appointment.begins = appointment.ends = None
    appointment.made_turn, appointment.purpose = False, ""


def _office(appointment: Appointment) -> Actor:
    return system(_("requests for appointments"), appointment.assembly)
