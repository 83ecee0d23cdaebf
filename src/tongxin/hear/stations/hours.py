"""When a station receives by appointment, and whether a wish lies within."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from .models import Appointment, Rota, RotaRule, Station
from .rota.resting import resting_dates
from .rota.rule_days import days_of

NOON = time(12)


def by_appointment(station: Station, today: date) -> list[RotaRule]:
    """The station's rules “by appointment” in force or to come."""
    rules = station.rules.filter(kind=RotaRule.Kind.APPOINTMENT).order_by("begins")
    return [rule for rule in rules if rule.to_on is None or rule.to_on >= today]


def kept_on(station: Station, on: date | None) -> bool:
    """Whether a member is on duty on a day at a station that has no hours by appointment, by the rota rules that are in
    force then; True without any."""
    rules = [] if on is None else list(station.rules.exclude(kind=RotaRule.Kind.APPOINTMENT).filter(from_on__lte=on))
    rules = [rule for rule in rules if rule.to_on is None or (on is not None and rule.to_on >= on)]
    return on is None or not rules or any(on in days_of(rule, on, on, Rota.Holidays.SKIP) for rule in rules)


def within(
    rules: Iterable[RotaRule], on: date | None, *, part: str = "", begins: time | None = None, ends: time | None = None
) -> bool:
    """Whether one of the rules covers a day (None for any) and a part of it, or a time from … until.

    Where there are no such rules nothing lies outside. Appointments are for working days.
    """
    found = list(rules)
    if not found:
        return True
    if on is not None and resting_dates(found[0].assembly_id)(on):
        return False
    return any(_covers(rule, on, part, begins, ends) for rule in found)


def _covers(rule: RotaRule, on: date | None, part: str, begins: time | None, ends: time | None) -> bool:
    if on is not None and (on < rule.from_on or (rule.to_on is not None and on > rule.to_on)):
        return False
    if begins and ends:
        return rule.begins <= begins and ends <= rule.ends
    if part == Appointment.Part.MORNING:
        return rule.begins < NOON
    return part != Appointment.Part.AFTERNOON or rule.ends > NOON
