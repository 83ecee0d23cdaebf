"""Chinese working days (工作日): the published calendar where there is one, weekends beyond it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

PUBLISHED_UNTIL = max(max(holidays), max(workdays)).year
PUBLISHED_FROM = min(min(holidays), min(workdays)).year


def is_working_day(day: date, extra: dict[date, bool] | None = None) -> bool:
    """`extra` are an assembly's own days: True works, False is off. Outside the published years only weekends are
    off."""
    if extra and day in extra:
        return extra[day]
    if PUBLISHED_FROM <= day.year <= PUBLISHED_UNTIL:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def add_working_days(start: date, days: int, extra: dict[date, bool] | None = None) -> date:
    """The day that is `days` working days after `start` (which itself does not count)."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, extra)
    return day


@lru_cache
def calendar_version(year: int) -> str:
    """Which calendar a date of this year was reckoned by, as it is stored and printed."""
    if PUBLISHED_FROM <= year <= PUBLISHED_UNTIL:
        return f"chinesecalendar {version('chinesecalendar')}"
    return "weekends"
