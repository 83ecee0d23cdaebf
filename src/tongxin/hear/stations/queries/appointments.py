"""Reads of requests for an appointment, and of the hours in which a station receives; never writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number

from .. import hours, policy
from ..models import Appointment, DutyTurn, RotaRule, Station

PAGE = 50
LIVING = ("asked", "agreed")  # states in which somebody still waits for something


def appointment(actor: Actor, pk: int) -> Appointment:
    """A request that the actor answers. Raises `NotAllowed` for all others."""
    related = ("assembly", "station__sector", "turn__member__person")
    found = policy.answer.filter(actor, Appointment.objects.select_related(*related)).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.answer.reason)
    return found


@dataclass(frozen=True)
class Filters:
    """What the list's address asks for; without a state the requests that still concern somebody."""

    station: int | None = None
    state: str = ""

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        return cls(whole_number(get.get("station", "")), get.get("state", "")[:20])


@dataclass(frozen=True)
class Listing:
    """The requests that fit, how many there are in each state, and the stations that have any."""

    rows: QuerySet[Appointment]
    states: Mapping[str, int]
    stations: list[Station]


def listing(actor: Actor, filters: Filters) -> Listing:
    """The requests the actor answers: those that wait first, then by the day of the meeting, the newest first."""
    every = policy.answer.filter(actor, Appointment.objects.all())
    of_station = every.filter(station=filters.station) if filters.station else every
    states = dict(of_station.order_by().values_list("state").annotate(n=Count("pk")))
    rows = of_station.filter(state=filters.state) if filters.state else of_station.filter(state__in=LIVING)
    rows = rows.select_related("station", "turn__member__person").order_by(
        F("due_on").asc(nulls_last=True), F("turn__on").asc(nulls_last=True), "-id"
    )
    return Listing(rows, states, list(Station.objects.filter(pk__in=every.order_by().values("station"))))


def of_turn(actor: Actor, turn: DutyTurn) -> list[Appointment]:
    """Who comes to this turn by appointment, for whoever may answer the requests or is there."""
    if not policy.sees_purpose(actor, turn):
        return []
    return list(turn.appointments.filter(state__in=("agreed", "met")).order_by("begins", "pk"))


def held(receipt_index: str) -> Appointment | None:
    """The request whose receipt has this blind index, with what its holder's page names."""
    related = ("assembly", "station", "turn__member__person")
    return Appointment.objects.filter(receipt_index=receipt_index).select_related(*related).first()


def hours_of(actor: Actor, station: Any) -> list[RotaRule]:
    """When the station that a form names receives by appointment; nothing for one that it does not name."""
    key = whole_number(str(station or ""))
    found = policy.read.filter(actor, Station.objects.filter(pk=key)).first() if key else None
    return hours.by_appointment(found, timezone.localdate()) if found else []


def within_hours(station: Station, on: date, begins: time | None, ends: time | None) -> bool:
    """Whether a time lies in the hours in which the station receives by appointment; True where it names none."""
    return hours.within(hours.by_appointment(station, on), on, begins=begins, ends=ends)
