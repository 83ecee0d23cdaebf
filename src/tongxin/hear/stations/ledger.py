"""台账: what happened at a station in a year. It writes itself from turns, visits and concerns; nobody fills it in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.documents.writing import write_xlsx
from tongxin.hear.concerns.models import Concern

from . import queries
from .models import DutyTurn, DutyVisit, Station
from .workflow.duty import TURNS, in_time

ANSWERED = ("answered", "closed", "disputed")


@dataclass
class Line:
    """One month, or the whole year."""

    planned: int = 0
    kept: int = 0
    missed: int = 0
    visits: int = 0
    people: int = 0
    concerns: int = 0
    answered: int = 0

    @property
    def due(self) -> int:
        return self.kept + self.missed

    def values(self) -> tuple[int, ...]:
        return self.planned, self.kept, self.missed, self.visits, self.people, self.concerns, self.answered


@dataclass
class Service:
    """What one member did here in the year."""

    member: Any
    turns: int = 0
    minutes: int = 0
    visits: int = 0

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


@dataclass
class Ledger:
    """The year of a station."""

    station: Station
    year: int
    months: dict[int, Line] = field(default_factory=lambda: {month: Line() for month in range(1, 13)})
    total: Line = field(default_factory=Line)
    service: list[Service] = field(default_factory=list)
    turns: list[DutyTurn] = field(default_factory=list)
    visits: list[DutyVisit] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    longest_gap: int = 0

    @property
    def empty(self) -> bool:
        return not (self.turns or self.visits or self.concerns)


def of(station: Station, year: int, today: date) -> Ledger:
    """The ledger of a year; three queries."""
    ledger = Ledger(station, year)
    rows = station.turns.exclude(state__in=DutyTurn.GONE).filter(on__year=year)
    ledger.turns = list(rows.select_related("member__person", "member__sector").order_by("on", "begins", "seat"))
    ledger.visits = list(station.visits.filter(on__year=year).select_related("concern").order_by("on", "id"))
    ledger.concerns = list(_said_here(station, year))
    served: dict[int, Service] = {}
    seen = Counter(visit.turn_id for visit in ledger.visits)
    for turn in ledger.turns:
        for line in (ledger.months[turn.on.month], ledger.total):
            line.planned += 1
            line.kept += turn.state == "done"
            line.missed += turn.state == "missed"
        if turn.state == "done" and turn.member_id:
            mine = served.setdefault(turn.member_id, Service(turn.member))
            mine.turns += 1
            mine.minutes += _minutes(turn)
            mine.visits += seen[turn.pk]
    for visit in ledger.visits:
        for line in (ledger.months[visit.on.month], ledger.total):
            line.visits += 1
            line.people += visit.people
    for concern in ledger.concerns:
        for line in (ledger.months[timezone.localdate(concern.said_at).month], ledger.total):
            line.concerns += 1
            line.answered += concern.answered_at is not None
    ledger.service = sorted(served.values(), key=lambda s: (-s.turns, str(s.member)))
    ledger.longest_gap = _gap(ledger, today)
    return ledger


def write(ledger: Ledger, out: IO[bytes]) -> None:
    """The ledger as a workbook: months, turns, visits, members' service. No names of those who came."""
    head = [_("Month"), *(str(column) for column in columns())]
    months: list[Sequence[object]] = [[f"{ledger.year}-{m:02d}", *line.values()] for m, line in ledger.months.items()]
    write_xlsx(
        out,
        [
            (_("Ledger"), head, [*months, [_("Whole year"), *ledger.total.values()]]),
            (
                _("Duty turns"),
                [_("Day"), _("from (time)"), _("until (time)"), _("member"), _("state"), _("Arrival"), _("summary")],
                [
                    [t.on, f"{t.begins:%H:%M}", f"{t.ends:%H:%M}", str(t.member or ""), str(TURNS.state(t.state).label),
                     in_time(t.late_by) if t.late_by is not None else "", t.summary]
                    for t in ledger.turns
                ],
            ),
            (
                _("Walk-ins"),
                [_("Day"), _("people"), _("concern")],
                [[v.on, v.people, v.concern.number if v.concern else ""] for v in ledger.visits],
            ),
            (
                _("Members' service"),
                [_("member"), _("Turns"), _("Hours"), _("Walk-ins")],
                [[str(s.member), s.turns, s.hours, s.visits] for s in ledger.service],
            ),
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """The records behind a number of the ledger."""

    label: Any
    turns: list[DutyTurn]
    visits: list[DutyVisit]
    concerns: list[Concern]


#: The numbers of a line in the order of `Line.values`, by the name their addresses have.
NUMBERS = ("turns", "kept", "missed", "visits", "people", "concerns", "answered")


def opened(ledger: Ledger, number: str, month: int | None, member: int | None) -> Opened:
    """What one number of the ledger counts: of the year or a month, at turns of everybody or of one member."""
    states = {"kept": ("done",), "missed": ("missed",)}.get(number)
    turns = [t for t in ledger.turns if month in (None, t.on.month) and member in (None, t.member_id)]
    of_member = {turn.pk for turn in turns}
    visits = [v for v in ledger.visits if month in (None, v.on.month) and (member is None or v.turn_id in of_member)]
    said = [c for c in ledger.concerns if month in (None, timezone.localdate(c.said_at).month)]
    answered = number == "answered"
    return Opened(
        dict(zip(NUMBERS, columns(), strict=True))[number],
        [t for t in turns if not states or t.state in states] if number in NUMBERS[:3] else [],
        visits if number in ("visits", "people") else [],
        [c for c in said if c.answered_at is not None or not answered] if number in ("concerns", "answered") else [],
    )


def columns() -> list[Any]:
    """The heads of the ledger's numbers, in the order of `Line.values`."""
    return [_("Turns"), _("Kept"), _("Missed"), _("Walk-ins"), _("People"), _("Concerns"), _("Answered")]


@dataclass(frozen=True)
class Review:
    """The yearly review sheet: all of it computed."""

    ledger: Ledger
    checklists: list[tuple[Any, list[queries.keeping.Item]]]
    posts: list[Any]

    @property
    def held(self) -> list[tuple[Any, int, int]]:
        """For each check list: its name, how many things are there, of how many."""
        return [
            (label, sum(bool(item.check and item.check.held) for item in items), len(items))
            for label, items in self.checklists
        ]


def review(station: Station, year: int, today: date) -> Review:
    """The sheet of a year: what was done in it, who served in it, and what had been found by its end."""
    checks = queries.keeping.checklists(station, date(year, 12, 31))
    return Review(of(station, year, today), checks, queries.places.staff_of(station, year))


def years(station: Station, today: date) -> list[int]:
    """The years a station can have a ledger for, newest first."""
    first = station.opened_on.year if station.opened_on else today.year
    return list(range(today.year, max(first, today.year - 9) - 1, -1))


def _said_here(station: Station, year: int) -> Any:
    begin = timezone.make_aware(datetime(year, 1, 1))
    end = timezone.make_aware(datetime(year + 1, 1, 1))
    return station.concerns.filter(said_at__gte=begin, said_at__lt=end).only(
        "station", "said_at", "answered_at", "state", "year", "serial"
    )


def _minutes(turn: DutyTurn) -> int:
    return (turn.ends.hour - turn.begins.hour) * 60 + turn.ends.minute - turn.begins.minute


def _gap(ledger: Ledger, today: date) -> int:
    """The longest run of days in the year, as far as it has come, on which nothing happened."""
    first = max(date(ledger.year, 1, 1), ledger.station.opened_on or date(ledger.year, 1, 1))
    last = min(date(ledger.year, 12, 31), today)
    if last < first:
        return 0
    days = {turn.on for turn in ledger.turns if turn.state in ("done", "on_duty")}
    days |= {visit.on for visit in ledger.visits}
    days |= {timezone.localdate(concern.said_at) for concern in ledger.concerns}
    marks = sorted({first, last} | {day for day in days if first <= day <= last})
    return max((b - a).days for a, b in pairwise(marks)) if len(marks) > 1 else 0
