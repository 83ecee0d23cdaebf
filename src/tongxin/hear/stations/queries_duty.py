"""Reads of turns and rotas for the pages of duty; never writes."""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number
from tongxin.people import roles
from tongxin.people.models import Member
from tongxin.people.workflow import MEMBER

from . import hours, policy
from .lists import CHECKLISTS
from .models import Appointment, DutyTurn, DutyVisit, Rota, RotaPlan, RotaRule, Station, StationCheck, Unavailability
from .workflow_duty import TURNS

SHOWN = 60  # turns ahead on a member's own page
CHANGES = 200  # changes of a plan on its page
RELATED = ("station__county", "member__person", "member__sector", "offered_to__person", "rule")


def readable(actor: Actor) -> QuerySet[DutyTurn]:
    return policy.read.filter(actor, DutyTurn.objects.all())


def turn(actor: Actor, pk: int) -> DutyTurn:
    """A turn the actor may see. Raises `NotAllowed` for all others."""
    found = readable(actor).select_related(*RELATED, "station__sector", "assembly").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


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


def rota(actor: Actor, pk: int) -> Rota:
    """A rota the actor may plan. Raises `NotAllowed` for all others."""
    found = policy.plan.filter(actor, Rota.objects.all()).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.plan.reason)
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
    return rows.filter(on__gte=timezone.localdate()).select_related("station").order_by("on", "begins").first()


@dataclass
class Day:
    """One day of a month's page."""

    day: date
    outside: bool
    turns: list[DutyTurn] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(turn.member_id is None for turn in self.turns)


@dataclass(frozen=True)
class Month:
    """A month in weeks, with the months before and after."""

    first: date
    weeks: list[list[Day]]
    before: str
    after: str
    count: int

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if not day.outside and day.turns]


def month_of(text: str, today: date) -> date:
    """The first day of the month in an address (2026-11); this month for anything else."""
    try:
        year, month = map(int, text.split("-"))
        return date(year, month, 1) if 2000 <= year <= 2100 else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def month(turns: QuerySet[DutyTurn], first: date) -> Month:
    """The turns of a month by day; one query."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    rows = turns.exclude(state__in=DutyTurn.GONE).filter(on__gte=first, on__lte=last)
    by_day: dict[date, list[DutyTurn]] = defaultdict(list)
    found = list(
        rows.select_related("station", "member__person", "rule").order_by("on", "begins", "station__code", "seat")
    )
    for turn in found:
        by_day[turn.on].append(turn)
    weeks = [
        [Day(day, day.month != first.month, by_day.get(day, [])) for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, f"{first - timedelta(days=1):%Y-%m}", f"{last + timedelta(days=1):%Y-%m}", len(found))


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
    return [(turn, TURNS.state(turn.state)) for turn in turns]


def rules_of(station: Station, today: date) -> list[RotaRule]:
    """The rules in force or to come, in the order they were entered."""
    return list(station.rules.filter(Q(to_on=None) | Q(to_on__gte=today)).order_by("id"))


def rotas(actor: Actor) -> list[Rota]:
    rows = policy.plan.filter(actor, Rota.objects.all())
    return list(rows.annotate(turns_made=Count("turns", filter=~Q(turns__state__in=DutyTurn.GONE))))


def newest_plan(rota: Rota) -> RotaPlan | None:
    return rota.plans.order_by("-id").first()


def loads(rota: Rota) -> list[dict[str, Any]]:
    """How many turns each member has in a rota, most first."""
    rows = rota.turns.exclude(state__in=DutyTurn.GONE).filter(member__isnull=False)
    named: Any = rows.values("member_id", name=F("member__person__name"))
    return list(named.annotate(n=Count("pk")).order_by("-n", "name"))


def absences(rota: Rota) -> list[Unavailability]:
    """When members cannot come in a rota's time, by name."""
    rows = Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None, from_on__lte=rota.to_on)
    rows = rows.filter(Q(to_on=None) | Q(to_on__gte=rota.from_on), member__state="active")
    return list(rows.select_related("member__person").order_by("member__person__name", "from_on", "pk"))


def in_question(rota: Rota, plan: RotaPlan) -> dict[str, Any]:
    """A plan's result in names: stations, members and rules that it mentions; three queries. `more` changes are not
    shown."""
    result = plan.result
    every = result.get("changes", [])
    shown = every[:CHANGES]
    entries = [*result.get("open", []), *shown]
    stations = Station.objects.in_bulk({entry["station"] for entry in entries})
    members = Member.objects.select_related("person").in_bulk(
        {c[k] for c in shown for k in ("before", "after") if c[k]} | {c["member"] for c in result.get("close", [])}
    )
    rules = RotaRule.objects.in_bulk({entry["rule"] for entry in result.get("open", [])})
    changes = [
        {**c, "station": stations.get(c["station"]), "on": date.fromisoformat(c["on"]),
         "before": members.get(c["before"]), "after": members.get(c["after"]), "left": _left(members.get(c["before"]))}
        for c in shown
    ]  # fmt: skip
    gaps = [
        {**entry, "station": stations.get(entry["station"]), "rule": rules.get(entry["rule"]),
         "days": sorted(Counter(date.fromisoformat(day) for day in entry["days"]).items())}
        for entry in result.get("open", [])
    ]  # fmt: skip
    close = [
        {**pair, "member": members.get(pair["member"]), "on": date.fromisoformat(pair["on"]),
         "again": date.fromisoformat(pair["again"])}
        for pair in result.get("close", [])
    ]  # fmt: skip
    return {"changes": changes, "more": len(every) - len(shown), "open": gaps, "close": close}


def _left(member: Member | None) -> str:
    """Why somebody's turn goes to another: resigned, on leave; "" for whoever is in office."""
    return "" if member is None or member.state == "active" else str(MEMBER.state(member.state).label)


@dataclass(frozen=True)
class Item:
    """One thing of a check list with its newest finding."""

    list: str
    code: str
    label: str
    source: str
    check: StationCheck | None


def checklists(station: Station) -> list[tuple[Any, list[Item]]]:
    """Five on the wall, five haves, four functions: each thing with its newest evidence; one query."""
    newest: dict[tuple[str, str], StationCheck] = {}
    for check in station.checks.select_related("picture", "created_by").order_by("id"):
        newest[check.list, check.code] = check
    found = []
    for key in CHECKLISTS:
        items = [
            Item(key, choice.code, choice.label, choice.source, newest.get((key, choice.code)))
            for choice in options.choices(station.assembly_id, key)
        ]
        found.append((options.list_definition(key).label, items))
    return found


def day_of(text: str, month: date) -> date | None:
    """A day of the month in an address (2026-11-25); None for none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if (day.year, day.month) == (month.year, month.month) else None


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
