"""On which days a rule of the table asks for somebody, and what it asks for beside the station's other rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tongxin.insight.rota import rules
from tongxin.kernel import options
from tongxin.people.models import Member

from ..lists import MOVE_DATES, PER_MONTH
from ..models import Rota, RotaRule, Station
from ..models.duty import Who
from .pools import LEADING, pools
from .resting import minder, resting_dates

AHEAD_DAYS = 400
BACK = timedelta(days=31)  # a day that moved into a time may have lain before it


def pure(rule: RotaRule) -> rules.Rule:
    """The rule as the solver's side knows it; its hours are no part of that."""
    return rules.Rule(
        rule.kind, tuple(rule.weekdays), tuple(rule.nths), rule.seats, rule.who == Who.LEADER,
        weeks=rule.weeks, month_days=tuple(rule.month_days), since=rule.from_on,
    )  # fmt: skip


def moves_dates(assembly_id: int | None) -> bool:
    """Whether a date of the month that is no working day moves to the next one, or falls away."""
    return bool(options.parameter(assembly_id, MOVE_DATES))


def days_of(rule: RotaRule, first: date, last: date, holidays: str) -> list[date]:
    """The days of a rule from the first to the last one, as a rota that treats holidays so has them.

    A date of the month was chosen for its number, not for being a Saturday: unless the rota keeps holidays, it counts
    on working days only, and the assembly's parameter says what becomes of it on others.
    """
    rests = minder(rule.assembly_id)
    how = holidays
    if rule.kind == rules.MONTHDAY and holidays != Rota.Holidays.KEEP:
        rests = resting_dates(rule.assembly_id)
        how = Rota.Holidays.MOVE if moves_dates(rule.assembly_id) else Rota.Holidays.SKIP
    begins = max(rule.from_on or first, first - BACK) if how == Rota.Holidays.MOVE else first
    return [day for day in rules.working(pure(rule).days(begins, last), last, how, rests) if day >= first]


def next_days(rule: RotaRule, today: date, count: int = 6) -> list[date]:
    """The next days of a rule, holidays left out."""
    first = max(rule.from_on or today, today)
    last = min(rule.to_on or first + timedelta(days=AHEAD_DAYS), first + timedelta(days=AHEAD_DAYS))
    return days_of(rule, first, last, Rota.Holidays.SKIP)[:count]


def in_question(rule: RotaRule, station: Station, today: date) -> tuple[int, int]:
    """How many people come into question for a rule at a station, and how many turns a month each takes at most: as
    the newest rota that is not closed has it, else as a new one would."""
    usual = int(options.parameter(station.assembly_id, PER_MONTH))
    rota = Rota.objects.filter(assembly=station.assembly_id).exclude(state="closed").order_by("-from_on", "-pk").first()
    rota = rota or Rota(assembly_id=station.assembly_id, match=Rota.Match.PREFER, per_month=usual)
    people = {m.pk: m for m in Member.objects.filter(assembly=station.assembly_id, state="active")}
    (pool,) = pools(rota, {(station.pk, rule.who)}, people, today).values()
    crowd = {pk for pk, m in people.items() if (m.duty in LEADING) == (rule.who == Who.LEADER)} if pool.crowd else set()
    return len(crowd | set(pool.fits)), rota.per_month


@dataclass
class Beside:
    """What a new rule asks for in the year ahead, together with the rules its station has already.

    `twice` are the days on which another rule asks for somebody in the same hours, under that rule; `most` seats are
    wanted of the same kind of member on one day, and `asked` in one month.
    """

    most: int
    asked: int
    twice: list[tuple[RotaRule, list[date]]] = field(default_factory=list)


def beside(rule: RotaRule, others: Iterable[RotaRule], today: date) -> Beside:
    """The new rule beside the others."""
    days = next_days(rule, today, AHEAD_DAYS)
    by_day, by_month = Counter[date](), Counter[tuple[int, int]]()
    twice: list[tuple[RotaRule, list[date]]] = []
    for each in (rule, *others):
        theirs = days if each is rule else next_days(each, today, AHEAD_DAYS)
        if each is not rule and each.begins < rule.ends and rule.begins < each.ends:
            twice.append((each, sorted(set(theirs) & set(days))))
        for day in theirs if each.who == rule.who else ():
            by_day[day] += each.seats
            by_month[day.year, day.month] += each.seats
    most = max((by_day[day] for day in days), default=rule.seats)
    asked = max((by_month[day.year, day.month] for day in days), default=0)
    return Beside(most, asked, [(each, met) for each, met in twice if met])
