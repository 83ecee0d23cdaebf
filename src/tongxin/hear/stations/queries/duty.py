"""Reads of turns: mine, one, those of a day; never writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.workflow import State
from tongxin.people import roles
from tongxin.people.models import Member

from .. import policy
from ..models import DutyTurn, DutyVisit, Station, Unavailability
from ..workflow.duty import TURNS

SHOWN = 60  # turns ahead on a member's own page
RELATED = ("station__county", "member__person", "member__sector", "offered_to__person", "exchange_for__station", "rule")


def readable(actor: Actor) -> QuerySet[DutyTurn]:
    return policy.read.filter(actor, DutyTurn.objects.all())


def turn(actor: Actor, pk: int) -> DutyTurn:
    """A turn the actor may see. Raises `NotAllowed` for all others."""
    found = readable(actor).select_related(*RELATED, "station__sector", "assembly").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def seats_of(actor: Actor) -> list[Member]:
    """The actor's own seats in the assembly."""
    held = Member.objects.filter(pk__in=actor.scopes(roles.MEMBER), assembly=actor.assembly)
    return list(held.select_related("person", "sector"))


@dataclass(frozen=True)
class Mine:
    """A member's own page: the next turn, those after it, requests to swap, what is over, and absences."""

    next: DutyTurn | None
    ahead: list[DutyTurn]
    asked: list[DutyTurn]
    past: list[DutyTurn]
    away: list[Unavailability]


def mine(actor: Actor, today: date) -> Mine:
    seats = actor.scopes(roles.MEMBER)
    own = readable(actor).filter(member_id__in=seats).exclude(state__in=DutyTurn.GONE).select_related(*RELATED)
    ahead = list(
        own.filter(Q(on__gte=today) | Q(state="on_duty")).exclude(state="done").order_by("on", "begins")[:SHOWN]
    )
    past = own.filter(Q(on__lt=today) | Q(state="done")).exclude(state="on_duty").order_by("-on", "-begins")[:12]
    asked = readable(actor).filter(offered_to_id__in=seats, state__in=("scheduled", "confirmed"))
    away = Unavailability.objects.filter(member_id__in=seats, dropped_on=None)
    away = away.filter(Q(to_on=None) | Q(to_on__gte=today)).order_by("from_on")
    return Mine(
        ahead[0] if ahead else None,
        ahead[1:],
        list(asked.select_related(*RELATED).order_by("on")),
        list(past),
        list(away),
    )


def next_turn(actor: Actor) -> DutyTurn | None:
    """The actor's next turn, for the first page; one query, none for somebody who is no member."""
    seats = actor.scopes(roles.MEMBER)
    if not seats:
        return None
    rows = readable(actor).filter(member_id__in=seats, state__in=("scheduled", "confirmed", "on_duty"))
    found = rows.filter(on__gte=timezone.localdate()).select_related("station").order_by("on", "begins").first()
    if found is not None:
        found.confirmable = found.state == "scheduled" and policy.own_near.allows(actor, found)  # type: ignore[attr-defined]
    return found


def of_day(actor: Actor, day: date) -> list[DutyTurn]:
    rows = readable(actor).exclude(state__in=DutyTurn.GONE).filter(on=day)
    return list(rows.select_related(*RELATED).order_by("begins", "station__code", "seat"))


def at_station(station: Station, day: date) -> list[DutyTurn]:
    """Who is on duty at a station on a day."""
    rows = station.turns.exclude(state__in=DutyTurn.GONE).filter(on=day)
    return list(rows.select_related(*RELATED).order_by("begins", "seat"))


def mine_today(actor: Actor, station: Station, today: date) -> DutyTurn | None:
    """The actor's turn at a station today that can be checked in for, or has been."""
    rows = readable(actor).filter(station=station, on=today, member_id__in=actor.scopes(roles.MEMBER))
    return rows.filter(state__in=("scheduled", "confirmed", "on_duty")).select_related(*RELATED).first()


def turns_within(absence: Unavailability) -> list[DutyTurn]:
    """Turns the member still holds on days of an absence."""
    rows = DutyTurn.objects.filter(
        member=absence.member_id, state__in=("scheduled", "confirmed"), on__gte=absence.from_on
    )
    if absence.to_on:
        rows = rows.filter(on__lte=absence.to_on)
    return [turn for turn in rows.order_by("on") if absence.covers(turn.on)]


def with_states(turns: Iterable[DutyTurn]) -> list[tuple[DutyTurn, Any]]:
    """Turns with the words and tones of their states."""
    return [(turn, standing(turn)) for turn in turns]


def standing(turn: DutyTurn) -> State:
    """The state, as it is said: a turn whose hours went by without anybody is not waiting for a promise any more."""
    state = TURNS.state(turn.state)
    if turn.state in ("scheduled", "confirmed") and turn.over:
        return replace(state, label=_("Not checked in"), tone="seal")
    return state


@dataclass(frozen=True)
class Overview:
    """What a leader wants to know of duty: today, the leaders' own turns, how it goes, where nothing happens."""

    today: list[tuple[DutyTurn, Any]]
    leaders: list[tuple[DutyTurn, Any]]
    kept: int
    missed: int
    visits: int
    open: int
    idle: list[Station]


def overview(actor: Actor, today: date) -> Overview:
    """The last thirty days and the next sixty."""
    since = today - timedelta(days=30)
    rows = readable(actor)
    past = rows.filter(on__gte=since, on__lte=today).aggregate(
        kept=Count("pk", filter=Q(state="done")), missed=Count("pk", filter=Q(state="missed"))
    )
    ahead = rows.filter(on__gt=today, on__lte=today + timedelta(days=60), state="scheduled", member=None).count()
    own = rows.exclude(state__in=DutyTurn.GONE).filter(who="leader", on__gte=today).select_related(*RELATED)
    stations = policy.read.filter(actor, Station.objects.filter(state="active", idle_since__isnull=False))
    return Overview(
        with_states(of_day(actor, today)),
        with_states(own.order_by("on", "begins")[:12]),
        past["kept"],
        past["missed"],
        policy.read.filter(actor, DutyVisit.objects.all()).filter(on__gte=since).count(),
        ahead,
        list(stations.select_related("county").order_by("idle_since", "code")[:12]),
    )
