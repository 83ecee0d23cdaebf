"""Rules of a rota and their days. Pure. The words for them stand in `wording`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

WEEKLY, MONTHLY, MONTHDAY, QUARTERLY, APPOINTMENT = "weekly", "monthly", "monthday", "quarterly", "appointment"
OTHER, ODD, EVEN = "other", "odd", "even"
LAST = -1
SATURDAY = 5
MOST_SEATS = 20
WEEK = timedelta(days=7)
MORNING, AFTERNOON, ALL_DAY = (time(9), time(11, 30)), (time(14), time(16, 30)), (time(9), time(16, 30))


@dataclass(frozen=True)
class Rule:
    """`weekdays` from Monday = 0; `nths` which ones in the month or quarter (`LAST`); `month_days` dates of the month
    (`LAST`); `hours` only where the words name some.

    `weeks` of a weekly rule: "" all, `ODD` and `EVEN` by the number of the week in the year (ISO 8601, GB/T 7408),
    `OTHER` every second one, counted from the first day of the rule on or after `since`.
    """

    kind: str
    weekdays: tuple[int, ...] = ()
    nths: tuple[int, ...] = ()
    seats: int = 1
    leader: bool = False
    hours: tuple[time, time] | None = None
    weeks: str = ""
    month_days: tuple[int, ...] = ()
    since: date | None = None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days of the rule from the first to the last one, as the calendar has them; none by appointment."""
        begins = self._begins(first)
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if self._is_due(day, begins):
                yield day

    def _begins(self, first: date) -> date:
        """The day from which every second week is counted."""
        day = self.since or first
        return next((d for n in range(7) if (d := day + timedelta(days=n)).weekday() in self.weekdays), day)

    def _is_due(self, day: date, begins: date) -> bool:
        if self.kind == MONTHDAY:
            ends = (day + timedelta(days=1)).month != day.month
            return day.day in self.month_days or (LAST in self.month_days and ends)
        if self.kind == APPOINTMENT or day.weekday() not in self.weekdays:
            return False
        if self.kind == WEEKLY:
            return self._is_week(day, begins)
        return _place(day, 1 if self.kind == MONTHLY else 3, self.nths)

    def _is_week(self, day: date, begins: date) -> bool:
        if self.weeks == OTHER:
            between = (day - timedelta(days=day.weekday())) - (begins - timedelta(days=begins.weekday()))
            return between.days // 7 % 2 == 0
        return not self.weeks or (day.isocalendar().week % 2 == 1) == (self.weeks == ODD)


def _place(day: date, months: int, nths: tuple[int, ...]) -> bool:
    """Whether a day is one of the first, second … of its weekday within its month, or its span of three months."""
    span = (day.year, (day.month - 1) // months)
    first = date(day.year, span[1] * months + 1, 1)
    after = day + WEEK
    is_last = (after.year, (after.month - 1) // months) != span
    return (day - first).days // 7 + 1 in nths or (LAST in nths and is_last)


def ordered(numbers: set[int]) -> tuple[int, ...]:
    """Ascending, `LAST` at the end."""
    return tuple(sorted(numbers, key=lambda n: (n == LAST, n)))


def working(days: Iterator[date], last: date, how: str, rests: Callable[[date], bool]) -> list[date]:
    """The days with public holidays minded: "skip" drops them, "move" takes the next weekday that does not rest, "keep"
    keeps them. A moved day that meets another of the rule, or lies behind the last day, falls away."""
    found: list[date] = []
    wanted = list(days)
    taken = {day for day in wanted if how == "keep" or not rests(day)}
    for day in wanted:
        if day in taken:
            found.append(day)
        elif how == "move":
            while (rests(day) or day.weekday() >= SATURDAY) and day <= last:
                day += timedelta(days=1)
            if day <= last and day not in taken:
                taken.add(day)
                found.append(day)
    return sorted(found)
