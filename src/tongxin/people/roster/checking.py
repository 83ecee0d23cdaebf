"""A roster in Excel or CSV: read, checked row by row, taken in whole or not at all.

lines = table.read(file)      what stands in the table, each value with its place
report = check(lines, actor)  what would happen to each row, and what is wrong where
take_in(report, actor)        does it, in one transaction
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongxin.documents.dates import month_as_day
from tongxin.kernel import door
from tongxin.kernel.actor import Actor

from .. import actions, phones, queries
from ..forms.members import MemberFields
from ..models import Assembly, Committee, Member, Person, Sector, Term
from ..workflow import MEMBER
from .table import COLUMNS, Line, Reading

_SEX = {"男": "m", "女": "f", "m": "m", "f": "f", "male": "m", "female": "f"}
_DUTY = {
    "主席": "chair",
    "副主席": "vice_chair",
    "秘书长": "secretary_general",
    "常委": "standing",
    "常务委员": "standing",
    "常务委员会委员": "standing",
    "委员": "member",
}
_YES = {"是", "有", "√", "✓", "1", "y", "yes", "true", "企业家"}
_NO = {"", "否", "无", "×", "0", "n", "no", "false", "-", "—"}
NEW, SECOND_SEAT, CHANGED, SAME, WRONG = "new", "second_seat", "changed", "same", "wrong"
ACTIONS: dict[str, Any] = {
    NEW: gettext_lazy("new member"),
    SECOND_SEAT: gettext_lazy("second seat"),
    CHANGED: gettext_lazy("correction"),
    SAME: gettext_lazy("no change"),
    WRONG: gettext_lazy("to be put right"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where. `column` is the letter, `header` the column's name; both "" for the row as a whole."""

    sheet: str
    row: int
    column: str
    header: str
    message: str

    def __str__(self) -> str:
        if not self.sheet:
            return self.message
        place = _("%(sheet)s, row %(row)d") % {"sheet": self.sheet, "row": self.row} if self.row else self.sheet
        if self.column:
            place = _("%(place)s, column %(column)s (%(header)s)") % {
                "place": place,
                "column": self.column,
                "header": self.header,
            }
        return _("%(place)s: %(message)s") % {"place": place, "message": self.message}


@dataclass
class Verdict:
    """What would happen to one row. `data` is what the door gets; `changes` names what a correction changes."""

    line: Line
    action: str
    data: dict[str, Any] = field(default_factory=dict)
    member: Member | None = None
    person: Person | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.line.values.get("name", "")

    @property
    def label(self) -> Any:
        return ACTIONS[self.action]

    @property
    def note(self) -> str:
        """What a correction changes, or where else the person sits."""
        if self.action == CHANGED:
            names = [str(MemberFields.base_fields[name].label) for name in self.changes]
            return "、".join(names)
        if self.action == SECOND_SEAT and self.person:
            return "、".join(str(seat.assembly) for seat in self.person.seats.all())
        return ""


@dataclass(frozen=True)
class Report:
    """The dry run: a verdict for every row."""

    verdicts: list[Verdict]
    remarks: list[str]
    general: list[Fault]  # what is wrong with the table as a whole

    @property
    def faults(self) -> list[Fault]:
        return [*self.general, *(fault for verdict in self.verdicts for fault in verdict.faults)]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(verdict.action for verdict in self.verdicts)
        return {action: found[action] for action in ACTIONS}

    @property
    def possible(self) -> bool:
        """Whether it can be taken in: nothing is wrong and something would happen."""
        return not self.faults and any(v.action != SAME for v in self.verdicts)


def check(reading: Reading, by: Actor, term: Term | None = None, now: datetime | None = None) -> Report:
    """What would happen, row by row; writes nothing. Everybody is admitted to `term`, else to the newest one."""
    return _Checker(by, term, now or timezone.now()).report(reading)


def take_in(
    report: Report, by: Actor, now: datetime | None = None, progress: Callable[[int], None] | None = None
) -> dict[str, int]:
    """Do what the report says, all of it or nothing. Raises `ValueError` when a row is wrong."""
    if report.faults:
        raise ValueError(str(report.faults[0]))
    now = now or timezone.now()
    rows = [v.data for v in report.verdicts if v.action in (NEW, SECOND_SEAT)]
    with transaction.atomic():
        door.begin_many(MEMBER, "admit", by, rows, now=now, progress=progress)
        for verdict in report.verdicts:
            if verdict.action == CHANGED and verdict.member:
                person = {k: v for k, v in verdict.changes.items() if k in actions.PERSON_FIELDS}
                seat = {k: v for k, v in verdict.changes.items() if k in actions.SEAT_FIELDS}
                actions.correct(verdict.member, by, person, seat, now)
                if progress:
                    progress(1)
    return report.counts


class _Checker:
    """Looks up everything once, then judges row after row."""

    def __init__(self, by: Actor, term: Term | None, now: datetime) -> None:
        self.by, self.now = by, now
        self.assembly: Assembly | None = by.assembly
        self.term = term or Term.objects.filter(assembly=by.assembly).order_by("-number").first()
        today = timezone.localdate(now)
        self.sectors = _by_name(queries.sectors(by.assembly, today)) if by.assembly else {}
        self.committees = _by_name(queries.committees(by.assembly, today)) if by.assembly else {}
        seats = Member.objects.filter(term=self.term).select_related("person", "sector", "committee")
        self.seats = {seat.person_id: seat for seat in seats}
        people = Person.objects.prefetch_related("seats__assembly")
        self.by_phone = {person.phone_index: person for person in people if person.phone_index}
        self.by_birth = {(person.name, person.birth): person for person in people if person.birth}
        self.by_name: dict[tuple[str, int], list[Member]] = defaultdict(list)
        for seat in seats:
            self.by_name[seat.person.name, seat.sector_id].append(seat)
        self.seen: dict[tuple[str, Any], Line] = {}
        self.named: dict[tuple[str, int], list[tuple[Line, Person]]] = defaultdict(list)
        self.known: dict = {}
        self.months = 0  # dates of birth that have no day

    def report(self, reading: Reading) -> Report:
        faults = [
            Fault(sheet, 0, "", "", _("The column “%(column)s” is missing.") % {"column": column})
            for sheet, column in reading.missing
        ]
        if self.term is None:
            faults.append(Fault("", 0, "", "", _("There is no term yet. Enter the present term first.")))
        verdicts = [] if faults else [self.judge(line) for line in reading.lines]
        remarks = list(reading.remarks)
        if self.months:
            told = ngettext(
                "%(n)d date of birth has no day: the first of the month is entered.",
                "%(n)d dates of birth have no day: the first of the month is entered.",
                self.months,
            )
            remarks.append(told % {"n": self.months})
        return Report(verdicts, remarks, faults)

    def judge(self, line: Line) -> Verdict:
        data, faults = self.translate(line)
        form = MemberFields(data, record=None, actor=self.by, now=self.now, known=self.known)
        form.is_valid()
        told = {fault.column for fault in faults if fault.column}
        for name, errors in form.errors.as_data().items():
            if line.places.get(name, ("",))[0] not in told:
                faults += [self.fault(line, name, _worded(error)) for error in errors]
        cleaned = form.cleaned_data
        faults += self.twice(line, cleaned)
        person, several = self.person(cleaned)
        if several:
            faults.append(self.fault(line, "name", _("Several members here have this name: add telephone or birth.")))
        if person and cleaned.get("name") and person.name != cleaned["name"]:
            faults.append(self.fault(line, "phone", _("This number is entered for somebody else.")))
        if faults:
            return Verdict(line, WRONG, data, faults=faults)
        seat = self.seats.get(person.pk) if person else None
        if seat is None:
            return Verdict(line, SECOND_SEAT if person else NEW, data, person=person)
        changes = self.changes(line, cleaned, seat)
        return Verdict(line, CHANGED if changes else SAME, data, seat, person, changes)

    def person(self, told: Mapping[str, Any]) -> tuple[Person | None, bool]:
        """Who is meant: by telephone, by name and birth, or else by name and sector within the term; and whether the
        last fits several."""
        name, phone, birth = told.get("name", ""), told.get("phone", ""), told.get("birth")
        found = self.by_phone.get(phones.index_of(phone)) if phone else None
        found = found or (self.by_birth.get((name, birth)) if birth else None)
        if found or not told.get("sector"):
            return found, False
        fitting = [
            seat.person
            for seat in self.by_name.get((name, told["sector"].pk), ())
            if queries.agree(seat.person, phone, birth)
        ]
        return (fitting[0] if len(fitting) == 1 else None), len(fitting) > 1

    def translate(self, line: Line) -> tuple[dict[str, Any], list[Fault]]:
        """The row's words as what the form understands."""
        data: dict[str, Any] = {"term": self.term, **line.values}
        faults = []
        for name, known in (("sector", self.sectors), ("committee", self.committees)):
            word = line.values.get(name, "")
            data[name] = known.get(_plain(word)) if word else None
            if word and data[name] is None:
                sentence = (
                    _("There is no sector “%(word)s” here.")
                    if name == "sector"
                    else _("There is no committee “%(word)s” here.")
                )
                faults.append(self.fault(line, name, sentence % {"word": word}))
        for name, words in (("sex", _SEX), ("duty", _DUTY)):
            word = line.values.get(name, "").strip().casefold()
            data[name] = words.get(word, "")
            if word and word not in words:
                first: dict[str, str] = {}  # one word for each meaning
                for said, value in words.items():
                    first.setdefault(value, said)
                expected = "、".join(first.values())
                sentence = _("“%(word)s” is not understood; expected: %(expected)s.")
                faults.append(self.fault(line, name, sentence % {"word": word, "expected": expected}))
        if month := month_as_day(line.values.get("birth", "")):
            # Rosters often tell year and month only; the report says what was made of it.
            data["birth"] = month
            self.months += 1
        word = line.values.get("is_entrepreneur", "").strip().casefold()
        data["is_entrepreneur"] = word in _YES
        if word not in _YES | _NO:
            sentence = _("Please write yes (是) or no (否), not “%(word)s”.")
            faults.append(self.fault(line, "is_entrepreneur", sentence % {"word": word}))
        return data, faults

    def twice(self, line: Line, cleaned: Mapping[str, Any]) -> list[Fault]:
        """Whether the person stands in an earlier row of the same file."""
        for name, key in (("phone", cleaned.get("phone")), ("name", (cleaned.get("name"), cleaned.get("birth")))):
            if not key or (name == "name" and not key[1]):
                continue
            earlier = self.seen.setdefault((name, key), line)
            if earlier is not line:
                sentence = _("The same person stands in %(sheet)s, row %(row)d already (%(name)s).")
                known = {"sheet": earlier.sheet, "row": earlier.row, "name": earlier.values.get("name", "")}
                return [self.fault(line, name, sentence % known)]
        return self.namesake(line, cleaned)

    def namesake(self, line: Line, cleaned: Mapping[str, Any]) -> list[Fault]:
        """Whether an earlier row may be the same person: same name and sector, and nothing that tells them apart."""
        if not (cleaned.get("name") and cleaned.get("sector")):
            return []
        rows = self.named[cleaned["name"], cleaned["sector"].pk]
        phone, birth = cleaned.get("phone", ""), cleaned.get("birth")
        earlier = next((row for row, person in rows if queries.agree(person, phone, birth)), None)
        rows.append((line, Person(name=cleaned["name"], phone=phone, birth=birth)))
        if earlier is None:
            return []
        sentence = _(
            "This may be the person in %(sheet)s, row %(row)d. If there are two of that name, write the telephone or"
            " the date of birth of both."
        )
        return [self.fault(line, "name", sentence % {"sheet": earlier.sheet, "row": earlier.row})]

    def changes(self, line: Line, cleaned: Mapping[str, Any], seat: Member) -> dict[str, Any]:
        """What the row says differently of somebody known. An empty cell says nothing."""
        found = {}
        for name in (*actions.PERSON_FIELDS, *actions.SEAT_FIELDS):
            if not line.values.get(name):
                continue
            holder = seat.person if name in actions.PERSON_FIELDS else seat
            if getattr(holder, name) != cleaned[name]:
                found[name] = cleaned[name]
        return found

    def fault(self, line: Line, name: str, message: str) -> Fault:
        column, header = line.places.get(name, ("", ""))
        if not column and name in COLUMNS:
            message += " " + _("The column “%(column)s” is missing.") % {"column": COLUMNS[name][0]}
        return Fault(line.sheet, line.row, column, header, message)


def _worded(error: ValidationError) -> str:
    """What is wrong with a cell, in words that fit a table."""
    return _("This cell is empty.") if error.code == "required" else " ".join(error.messages)


def _by_name(rows: QuerySet[Sector] | QuerySet[Committee]) -> dict[str, Any]:
    """Every way a sector or committee may be written; what would be ambiguous is left out."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name in {_plain(n) for n in (row.name, row.name_en, row.code, getattr(row, "short", "")) if n}:
            found[name].append(row)
    return {name: one[0] for name, one in found.items() if len(one) == 1}


def _plain(word: str) -> str:
    """Without what people put before or behind a sector's name: 教育界别, 教育界 and 教育 are one."""
    word = "".join(word.split()).casefold()
    for ending in ("界别", "界", "会"):
        if len(word) > len(ending) + 1 and word.endswith(ending):
            return word.removesuffix(ending)
    return word
