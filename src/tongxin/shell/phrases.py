"""Time as people say it: 2 小时前, 昨天, 还剩 6 天, 超时 1 天."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

SOON = 7  # days; what is due within them is amber


def day(value: date) -> str:
    """11月2日, with the year when it is not this one."""
    this_year = value.year == timezone.localdate().year
    return _written(value, "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT", get_language())


def moment(value: date | datetime) -> str:
    """11月2日 17:20; a date without time is only its day."""
    if not isinstance(value, datetime):
        return day(value)
    local = timezone.localtime(value)
    return f"{day(local.date())} {local:%H:%M}"


def full(value: date | datetime) -> str:
    """The whole date, for those who want to know exactly."""
    if not isinstance(value, datetime):
        return _written(value, "DATE_FORMAT", get_language())
    local = timezone.localtime(value)
    return f"{_written(local.date(), 'DATE_FORMAT', get_language())} {local:%H:%M}"


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str, language: str | None) -> str:
    """A day in the reader's language. Kept: every row of a list has one or two, and they are few."""
    return date_format(value, pattern)


def since(value: date | datetime, now: datetime | None = None) -> str:
    """How long ago, for one week; the day after that."""
    now = now or timezone.now()
    if isinstance(value, datetime):
        passed = now - value
        if timedelta(0) <= passed < timedelta(hours=24) and timezone.localdate(value) == timezone.localdate(now):
            return _today(passed)
        value = timezone.localdate(value)
    days = (timezone.localdate(now) - value).days
    near = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    if days in near:
        return near[days]
    if 1 < days < SOON:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    return day(value)


def _today(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}


def due(on: date, what: Any = "", today: date | None = None) -> tuple[str, str]:
    """The words and the tone of a due date. `what` is to be done by then: with “triage” it says 今天要研判."""
    left = (on - (today or timezone.localdate())).days
    if left < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}, "seal"
    if left == 0:
        return (_("%(what)s due today") % {"what": what} if what else _("due today")), "amber"
    words = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return words, "amber" if left <= SOON else ""
