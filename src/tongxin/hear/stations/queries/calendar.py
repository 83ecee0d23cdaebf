"""A month of turns, day by day; never writes."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet

from ..models import DutyTurn


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


def day_of(text: str, month: date) -> date | None:
    """A day of the month in an address (2026-11-25); None for none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if (day.year, day.month) == (month.year, month.month) else None
