"""What the station's moves change beyond the state. Called only by the door."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.people.models import Member

from .. import idle
from ..models import Station, StationMember

Facts = dict[str, Any]


def plan(by: Actor, now: datetime, **written: Any) -> Station:
    """A station of the actor's assembly."""
    return Station(assembly=by.assembly, **written)


def open_(station: Station, by: Actor, now: datetime, *, on: date) -> Facts:
    station.opened_on = on
    return {"on": on.isoformat()}


def suspend(station: Station, by: Actor, now: datetime, *, on: date, reason: str, told: str) -> Facts:
    """A station that rests is not idle."""
    station.suspended_on = on
    station.idle_since = station.idle_alarmed_on = None
    return {"on": on.isoformat(), "note": reason}


def resume(station: Station, by: Actor, now: datetime, *, on: date) -> Facts:
    """It has the first limit's time to come to life again."""
    station.suspended_on, station.idle_explained_on = None, on
    return {"on": on.isoformat()}


def close(station: Station, by: Actor, now: datetime, *, on: date, reason: str, told: str) -> Facts:
    """Nobody serves at a closed station."""
    station.closed_on = on
    for post in station.members.filter(to_on=None):
        _end(post, max(on, post.from_on), now)
    return {"on": on.isoformat(), "note": reason}


def stand_down(station: Station, by: Actor, now: datetime, *, reason: str, told: str, **_given: Any) -> Facts:
    """Runs after a station was suspended or closed: nobody is on duty and nobody comes in vain. Its rules stay; once
    it is open again the rota is worked out anew."""
    office = system(_("stations"), station.assembly)
    for appointment in station.appointments.filter(state__in=("asked", "agreed")).select_related("assembly"):
        door.perform(appointment, "close_down", office, {"reply": told}, now=now)
    ahead = station.turns.filter(state__in=("scheduled", "confirmed"), on__gte=timezone.localdate(now))
    for turn in ahead.order_by("on", "pk"):
        door.perform(turn, "cancel", by, {"reason": " ".join(reason.split())[:200]}, now=now)
    return {}


def post(station: Station, by: Actor, now: datetime, *, member: Member, part: str, on: date) -> Facts:
    """A member begins to serve here."""
    StationMember.objects.create(
        assembly_id=station.assembly_id,
        station=station,
        member=member,
        part=part or StationMember.Part.RESIDENT,
        from_on=on,
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
    )
    return {"member": str(member), "on": on.isoformat()}


def withdraw(station: Station, by: Actor, now: datetime, *, post: StationMember, on: date) -> Facts:
    _end(post, on, now)
    return {"member": str(post.member), "on": on.isoformat()}


def warn(station: Station, by: Actor, now: datetime) -> Facts:
    """Nothing has happened for too long; the keeper and the office are asked about it."""
    station.idle_since = _since(station, timezone.localdate(now))
    return {"since": station.idle_since.isoformat()}


def alarm(station: Station, by: Actor, now: datetime) -> Facts:
    """Still nothing, twice as long: now the leaders know as well."""
    today = timezone.localdate(now)
    station.idle_since, station.idle_alarmed_on = _since(station, today), today
    return {"since": station.idle_since.isoformat(), "days": (today - station.idle_since).days}


def wake(station: Station, by: Actor, now: datetime) -> Facts:
    station.idle_since = station.idle_alarmed_on = None
    return {}


def explain_idle(station: Station, by: Actor, now: datetime, *, reason: str) -> Facts:
    """The warning is answered; it comes again when nothing happens for as long again."""
    station.idle_since, station.idle_explained_on = None, timezone.localdate(now)
    return {"note": reason}


def _since(station: Station, today: date) -> date:
    resting = idle.rest(idle.with_last(Station.objects.filter(pk=station.pk)).get(), today)
    return (resting and resting.last) or station.opened_on or today


def _end(post: StationMember, on: date, now: datetime) -> None:
    post.to_on, post.updated_at = on, now
    post.version += 1
    post.save()
