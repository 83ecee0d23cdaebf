"""空转站: where nobody was on duty, nobody came and nothing was said for too long (domain §2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options

from .lists import IDLE_DAYS, IDLE_LONG_DAYS
from .models import DutyTurn, DutyVisit, Station


@dataclass(frozen=True)
class Rest:
    """How long nothing has happened at a station. `tone` is amber after the first limit, seal after the second."""

    last: date | None
    days: int
    tone: str


def with_last(stations: QuerySet[Station]) -> QuerySet[Station]:
    """The stations with the days of their last kept turn, visit and concern."""

    def newest(rows: QuerySet, field: Any) -> Subquery:
        found = rows.filter(station=OuterRef("pk")).order_by().values("station").annotate(newest=Max(field))
        return Subquery(found.values("newest"), output_field=DateField())

    kept = DutyTurn.objects.filter(state__in=("on_duty", "done"))
    return stations.annotate(
        last_turn=newest(kept, "on"),
        last_visit=newest(DutyVisit.objects.all(), "on"),
        last_said=newest(Concern.objects.all(), TruncDate("said_at")),
    )


def rest(station: Any, today: date) -> Rest | None:
    """How long an open station rests, from the columns of `with_last`; None when it is not open."""
    if station.state != "active":
        return None
    days = [day for day in (station.last_turn, station.last_visit, _day(station.last_said)) if day]
    last = max(days, default=None)
    since = max(filter(None, (last, station.opened_on)), default=today)
    passed = max((today - since).days, 0)
    long = int(options.parameter(station.assembly_id, IDLE_LONG_DAYS))
    short = int(options.parameter(station.assembly_id, IDLE_DAYS))
    return Rest(last, passed, "seal" if passed >= long else "amber" if passed >= short else "")


def changes(today: date) -> Iterator[tuple[Station, str]]:
    """The stations to warn of (amber), to tell the leaders of (red), and those whose warning is over, with their moves.

    Each comes once while it lasts; what was explained lately is asked about no sooner than after the first limit again.
    """
    for station in with_last(Station.objects.filter(state="active").select_related("assembly")):
        resting = rest(station, today)
        if resting is None:
            continue
        if not resting.tone:
            if station.idle_since or station.idle_alarmed_on:
                yield station, "wake"
        elif not _explained_lately(station, today):
            if resting.tone == "seal" and station.idle_alarmed_on is None:
                yield station, "alarm"
            elif station.idle_since is None:
                yield station, "warn"


def _explained_lately(station: Station, today: date) -> bool:
    explained, quiet = station.idle_explained_on, int(options.parameter(station.assembly_id, IDLE_DAYS))
    return explained is not None and (today - explained).days < quiet


def _day(value: Any) -> date | None:
    return timezone.localdate(value) if isinstance(value, datetime) else value
