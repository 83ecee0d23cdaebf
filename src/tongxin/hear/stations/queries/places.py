"""Reads of stations for the desk. Nothing here writes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.hear.concerns import policy as concerns
from tongxin.hear.concerns import queries as heard
from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number
from tongxin.people.models import Assembly, Sector

from .. import idle, policy
from ..lists import FUNCTIONS_LIST
from ..models import Station, StationMember
from ..workflow.places import NOT_CLOSED

PAGE = 50
RELATED = ("assembly", "county", "sector")


@dataclass(frozen=True)
class Filters:
    """What the register's address asks for; unknown values are left out. Without a state closed ones are not shown."""

    q: str = ""
    county: str = ""
    sector: str = ""
    state: str = ""
    idle: str = ""

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        ids = {name: v for name in ("county", "sector") if (v := get.get(name, "")) == "none" or whole_number(v)}
        idle = "1" if get.get("idle") else ""
        return cls(q=get.get("q", "").strip()[:60], state=get.get("state", "")[:20], idle=idle, **ids)

    @property
    def narrowed(self) -> bool:
        return any((self.q, self.county, self.sector, self.state, self.idle))


@dataclass(frozen=True)
class Tally:
    """How many stations a county or sector has; `key` is its value in the address."""

    label: str
    key: str
    count: int


@dataclass(frozen=True)
class Tallies:
    """The stations that are not closed, by county, by sector and (closed ones too) by state."""

    total: int
    counties: list[Tally]
    sectors: list[Tally]
    states: Mapping[str, int]


def readable(actor: Actor) -> QuerySet[Station]:
    return policy.read.filter(actor, Station.objects.all())


def get(actor: Actor, pk: int) -> Station:
    """A station the actor may see. Raises `NotAllowed` for all others."""
    found = readable(actor).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def register(actor: Actor, filters: Filters) -> QuerySet[Station]:
    """The stations that fit, in the order of their codes."""
    rows = readable(actor).select_related("county", "sector").order_by("code")
    for name in ("county", "sector"):
        if value := getattr(filters, name):
            rows = rows.filter(**{f"{name}_id": None if value == "none" else int(value)})
    rows = rows.filter(state=filters.state) if filters.state else rows.filter(state__in=NOT_CLOSED)
    if filters.idle:
        rows = rows.filter(idle_since__isnull=False)
    for word in filters.q.split()[:5]:
        rows = rows.filter(holding(word))
    return rows


def idle_count(actor: Actor) -> int:
    """How many stations are warned of because nothing happens there."""
    return readable(actor).filter(state="active", idle_since__isnull=False).count()


def rest_of(station: Station) -> idle.Rest | None:
    """How long nothing has happened at a station."""
    return idle.rest(idle.with_last(Station.objects.filter(pk=station.pk)).get(), timezone.localdate())


def holding(word: str) -> Q:
    """Stations with this word in their code, name or place."""
    fields = ("code", "name", "name_en", "street", "address", "host_unit")
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": word})
    return found


def tallies(actor: Actor) -> Tallies:
    """The counts beside the register; one query."""
    place = ("county_id", "county__code", "county__name", "county__name_en", "county__short", "county__short_en")
    circle = ("sector_id", "sector__position", "sector__name", "sector__name_en")
    rows = readable(actor).order_by().values("state", *place, *circle).annotate(n=Count("pk"))
    states: Counter[str] = Counter()
    counties: Counter[tuple] = Counter()
    sectors: Counter[tuple] = Counter()
    for row in rows:
        states[row["state"]] += row["n"]
        if row["state"] in NOT_CLOSED:
            counties[tuple(row[name] for name in place)] += row["n"]
            sectors[tuple(row[name] for name in circle)] += row["n"]
    total = sum(counties.values())
    return Tallies(
        total,
        [
            Tally(Assembly(name=name, name_en=name_en, short=short, short_en=short_en).place, str(pk), n)
            for (pk, _code, name, name_en, short, short_en), n in sorted(counties.items(), key=lambda c: c[0][1] or "")
            if pk
        ],
        [
            Tally(str(Sector(name=name, name_en=name_en)), str(pk), n)
            for (pk, _position, name, name_en), n in sorted(sectors.items(), key=lambda s: s[0][1] or 0)
            if pk
        ],
        states,
    )


def piles(actor: Actor, station: Station) -> list[Tally]:
    """What was said here by where it stands, as far as the actor reads it, the overdue ones last; one query.

    Empty for somebody who opens no concerns. `key` is the query of the concerns' queue that shows just these.
    """
    if not concerns.DESK(actor):
        return []
    counts = heard.counts(actor, heard.Filters(station=str(station.pk)))
    here = f"station={station.pk}"
    found = [Tally(str(g.label), f"{here}&group={g.key}", counts[g.key]) for g in heard.groups(actor)]
    return [*found, Tally(_("overdue"), f"{here}&overdue=1", counts["overdue"])]


def staff_of(station: Station, year: int | None = None) -> list[StationMember]:
    """Who serves and served here, at any time or in a year, those who serve now first."""
    rows = station.members.all()
    if year is not None:
        rows = rows.filter(Q(to_on=None) | Q(to_on__year__gte=year), from_on__year__lte=year)
    rows = rows.select_related("member__person", "member__sector").order_by("from_on", "id")
    return sorted(rows, key=lambda post: (post.to_on is not None, post.part != StationMember.Part.HEAD))


def functions_of(station: Station) -> list[tuple[str, bool]]:
    """The functions in the assembly's words, each with whether the station has it."""
    kinds = options.every_choice(station.assembly_id, FUNCTIONS_LIST)
    return [
        (kind.label, kind.code in station.functions) for kind in kinds if kind.active or kind.code in station.functions
    ]


# For the public pages


def open_station(code: str) -> Station | None:
    """The station with this code, however it is written; also one that is not open."""
    # PostgreSQL compares nothing with a NUL.
    written = unicodedata.normalize("NFKC", code.replace("\0", "")).strip().upper()
    return Station.objects.select_related(*RELATED).filter(code=written).first()


def open_ones(assembly: Any, county: str = "", text: str = "") -> QuerySet[Station]:
    """The stations one can go to today, by county and code."""
    rows = Station.objects.filter(assembly=assembly, state="active").select_related("county", "sector")
    if whole_number(county):
        rows = rows.filter(county_id=int(county))
    for word in text.split()[:5]:
        rows = rows.filter(holding(word) | Q(county__name__icontains=word) | Q(sector__name__icontains=word))
    return rows.order_by("county__code", "code")


def open_by_county(assembly: Any) -> list[Tally]:
    """How many open stations each county has; one query."""
    names = ("county_id", "county__name", "county__name_en", "county__short", "county__short_en")
    rows = (
        Station.objects.filter(assembly=assembly, state="active", county__isnull=False)
        .values_list(*names)
        .annotate(n=Count("pk"))
        .order_by("county__code")
    )
    return [
        Tally(Assembly(name=name, name_en=name_en, short=short, short_en=short_en).place, str(pk), n)
        for pk, name, name_en, short, short_en, n in rows
    ]
