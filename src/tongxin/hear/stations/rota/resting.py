"""Which days a rota leaves out: public holidays and the assembly's own days off, as deadlines know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from tongxin.kernel import workdays
from tongxin.kernel.deadlines import own_days

#: Holidays that the law puts on the same days every year (全国年节及纪念日放假办法); the others follow the moon.
BY_LAW = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


def minder(assembly_id: int | None) -> Callable[[date], bool]:
    """Says of a day whether it rests. A weekend that a rule names is meant, unless the assembly itself has it off."""
    own = own_days(assembly_id)

    def rests(day: date) -> bool:
        if day in own:
            return not own[day]
        if day.year > workdays.PUBLISHED_UNTIL and (day.month, day.day) in BY_LAW:
            return True
        return day.weekday() < 5 and not workdays.is_working_day(day)

    return rests


def resting_dates(assembly_id: int | None) -> Callable[[date], bool]:
    """The same for a date of the month, which means no weekend: whether it is no working day."""
    own, rests = own_days(assembly_id), minder(assembly_id)
    return lambda day: rests(day) or not workdays.is_working_day(day, own)


def unpublished(first: date, last: date) -> int | None:
    """The first year between two days whose calendar of holidays is not published yet."""
    return max(first.year, workdays.PUBLISHED_UNTIL + 1) if last.year > workdays.PUBLISHED_UNTIL else None


def not_published(year: int) -> str:
    """What a planner is to know of such a year."""
    return _(
        "The holidays of %(year)d are not published yet: for the time being only weekends and the holidays fixed by law"
        " count. Work the rota out once more when they are."
    ) % {"year": year}
