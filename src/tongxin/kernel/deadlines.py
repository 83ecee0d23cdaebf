"""Deadlines: they start and are met by moves, and can say how their date came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import options, workdays
from .models import Deadline, Process
from .text import joined
from .workflow import Start

OWN_DAYS = "kernel.own_days"
NAMED = "named"  # the unit of a deadline whose day was named, whatever the parameter says
WEEKENDS = "weekends"  # stands for a calendar that is not published yet, see `workdays.calendar_version`


def own_days(assembly_id: int | None) -> dict[date, bool]:
    """The assembly's own list of days: codes `2027-01-04` with meaning "work" or "off"."""
    found = {}
    for choice in options.choices(assembly_id, OWN_DAYS):
        found[date.fromisoformat(choice.code)] = choice.meaning == "work"
    return found


def reckon(assembly_id: int | None, start: date, length: int, unit: str) -> tuple[date, str]:
    """The due date and the calendar it was reckoned by."""
    if unit == "working_days":
        due = workdays.add_working_days(start, length, own_days(assembly_id))
        return due, workdays.calendar_version(due.year)
    return start + timedelta(days=length), ""


def prepare(record: Process, start: Start, now: datetime, named: date | None = None) -> Deadline:
    """An unsaved deadline on the day that was `named`, else as the assembly's parameter sets it."""
    day = timezone.localdate(now)
    if named:
        length, unit, due, calendar = (named - day).days, NAMED, named, ""
    else:
        length = int(options.parameter(record.assembly_id, start.parameter))
        unit = options.parameter_definition(start.parameter).unit
        due, calendar = reckon(record.assembly_id, day, length, unit)
    return Deadline(
        assembly_id=record.assembly_id,
        record_type=record.label(),
        record_id=record.pk,
        kind=start.kind,
        started_on=day,
        length=length,
        unit=unit,
        parameter=start.parameter,
        calendar=calendar,
        due_on=due,
    )


def open_ones(record: Process) -> list[Deadline]:
    return list(
        Deadline.objects.filter(record_type=record.label(), record_id=record.pk, met_at=None, dropped_at=None).order_by(
            "due_on", "id"
        )
    )


def nearest(record: Process) -> Deadline | None:
    """The open deadline that is due first."""
    return next(iter(open_ones(record)), None)


def of(record: Process) -> list[Deadline]:
    """All deadlines of a record, past ones included, in the order they started."""
    return list(Deadline.objects.filter(record_type=record.label(), record_id=record.pk).order_by("id"))


def turn(
    record: Process, starts: Iterable[Start], meets: Iterable[str], now: datetime, *, final: bool = False,
    told: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Meet and start deadlines for a move, and set the record's `due_on`; the caller saves the record. What the move
    was `told` may name the day of one (`Start.named`).

    A deadline that runs already, and is not met by the same move, goes on as it is: starting it again would forgive
    what is late.
    """
    starts, meets = tuple(starts), tuple(meets)
    if not (starts or meets or final):
        return
    running = open_ones(record)
    met = [d for d in running if d.kind in meets]
    left = [d for d in running if d.kind not in meets]
    if met:
        Deadline.objects.filter(pk__in=[d.pk for d in met]).update(met_at=now)
    if final and left:
        Deadline.objects.filter(pk__in=[d.pk for d in left]).update(dropped_at=now)
        left = []
    going_on = {d.kind for d in left}
    told = told or {}
    fresh = [prepare(record, start, now, told.get(start.named)) for start in starts if start.kind not in going_on]
    if fresh:
        Deadline.objects.bulk_create(fresh)
    point(record, [*left, *fresh])


def point(record: Process, running: list[Deadline]) -> None:
    """Copy the nearest open deadline to the record."""
    nearest = min(running, key=lambda d: d.due_on, default=None)
    record.due_on = nearest.due_on if nearest else None
    record.due_kind = nearest.kind if nearest else ""


def extend(deadline: Deadline, days: int, reason: str, by: str, now: datetime) -> None:
    """Move the due date by `days` of the deadline's own unit; kept with reason and name. The caller saves."""
    was = deadline.due_on
    due, calendar = reckon(deadline.assembly_id, was, days, deadline.unit)
    deadline.due_on, deadline.calendar = due, calendar
    told = {"days": days, "reason": reason, "by": by, "at": now.isoformat()}
    deadline.extensions = [*deadline.extensions, told | {"was": was.isoformat(), "due_on": due.isoformat()}]


def explain(deadline: Deadline) -> str:
    """How the due date came about, in one or a few sentences: start and length, rule, calendar, extensions.

    The clause is the one the assembly entered for the number; without one it says that the number is the assembly's, or
    what the preset number rests on.
    """
    due = date.fromisoformat(deadline.extensions[0]["was"]) if deadline.extensions else deadline.due_on
    return joined([*_reckoned(deadline, due), *_extended(deadline)])


def _reckoned(deadline: Deadline, due: date) -> Iterator[str]:
    """How it was set at first."""
    days = {"start": _day(deadline.started_on), "due": _day(due)}
    if deadline.unit == NAMED:
        yield _("Started %(start)s, due %(due)s: this day was named.") % days
        return
    if deadline.unit == "working_days":
        length = ngettext("%(n)d working day", "%(n)d working days", deadline.length) % {"n": deadline.length}
    else:
        length = ngettext("%(n)d day", "%(n)d days", deadline.length) % {"n": deadline.length}
    yield _("Started %(start)s, %(length)s, due %(due)s.") % {**days, "length": length}
    yield _rule(deadline)
    if deadline.calendar == WEEKENDS:
        yield _("The calendar of holidays is not published yet, so only weekends are left out.")
    elif deadline.calendar:
        yield _("Days off by the State Council's notice for %(year)d.") % {"year": due.year}


def _rule(deadline: Deadline) -> str:
    clause = options.clause(deadline.assembly_id, deadline.parameter)
    if clause is None:
        words = _("This assembly has set no time of its own (%(source)s).")
        return words % {"source": options.parameter_definition(deadline.parameter).source}
    return _("Rule: %(rule)s.") % {"rule": clause} if clause else _("The time is set by this assembly itself.")


def _extended(deadline: Deadline) -> Iterator[str]:
    for extension in deadline.extensions:
        yield (
            _("Extended to %(due)s by %(by)s: %(reason)s.")
            % {"due": _day(date.fromisoformat(extension["due_on"])), **extension}
        )


def recompute(now: datetime) -> list[Deadline]:
    """Reckon open working-day deadlines anew whose year's calendar has been published since, with the days they were
    extended by; returns those that changed. What copies their date (`due_on` of the record) is brought up to date by
    `door.repoint`."""
    changed = []
    for deadline in Deadline.objects.filter(calendar=WEEKENDS, met_at=None, dropped_at=None):
        due, calendar = reckon(deadline.assembly_id, deadline.started_on, deadline.length, deadline.unit)
        extensions = []
        for extension in deadline.extensions:
            was = due
            due, calendar = reckon(deadline.assembly_id, was, extension["days"], deadline.unit)
            extensions.append({**extension, "was": was.isoformat(), "due_on": due.isoformat()})
        if calendar != WEEKENDS:
            deadline.due_on, deadline.calendar, deadline.extensions = due, calendar, extensions
            deadline.save(update_fields=["due_on", "calendar", "extensions"])
            changed.append(deadline)
    return changed


def _day(day: date) -> Any:
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == timezone.localdate().year else "DATE_FORMAT")
