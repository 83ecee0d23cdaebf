"""A list of concerns in CSV or Excel: read, checked row by row, taken in whole or not at all.

table = read(file)                  what stands in the file, and which column is which
report = check(table, actor)        what would happen to each row, and what is wrong where
take_in(report, actor)              does it, through the door, in one transaction
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.documents import tables
from tongxin.insight.text import excerpt
from tongxin.kernel import door, options
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people

from . import queries, texts
from .forms import TakeInForm
from .workflow import CONCERNS

#: field -> the column names it is known by, best first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "text": ("内容", "留言详情", "留言内容", "诉求内容", "反映内容", "正文", "详情", "text", "content"),
    "title": ("标题", "留言主题", "主题", "事项", "title", "subject"),
    "said_at": ("时间", "留言时间", "反映时间", "提交时间", "日期", "date", "time"),
    "reference": ("编号", "留言编号", "序号", "工单号", "number", "id"),
    "topic": ("类别", "一级标签", "分类", "topic"),
    "sector": ("界别", "sector"),
    "county": ("县区", "区县", "地区", "county"),
    "speaker_name": ("反映人", "姓名", "联系人", "name"),
    "speaker_phone": ("电话", "手机", "联系电话", "phone"),
}
LABELS: dict[str, Any] = {
    "text": gettext_lazy("what was said"),
    "title": gettext_lazy("title"),
    "said_at": gettext_lazy("said"),
    "reference": gettext_lazy("number elsewhere"),
    "topic": gettext_lazy("topic"),
    "sector": gettext_lazy("sector"),
    "county": gettext_lazy("county"),
    "speaker_name": gettext_lazy("name"),
    "speaker_phone": gettext_lazy("telephone"),
}
TITLE = 60  # characters
NAMED = 16  # of a list's names, where one that is not in it was written
NEW, REPEATED, WRONG = "new", "repeated", "wrong"


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where. `column` is the letter, `header` the column's name; "" for the row as a whole."""

    sheet: str
    row: int
    column: str
    header: str
    message: str

    def __str__(self) -> str:
        place = _("%(sheet)s, row %(row)d") % {"sheet": self.sheet, "row": self.row} if self.row else self.sheet
        if self.column:
            place += _(", column %(column)s (%(header)s)") % {"column": self.column, "header": self.header}
        return _("%(place)s: %(message)s") % {"place": place, "message": self.message}


@dataclass(frozen=True)
class Line:
    """One row: `values` field -> cell; `data` is what the door gets. `twin` says where the same words stand already,
    `known` that they stand in the books."""

    row: tables.Row
    values: dict[str, tables.Cell]
    data: dict[str, Any]
    status: str = NEW
    twin: str = ""
    known: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def title(self) -> str:
        return self.data.get("title") or excerpt(str(self.data.get("text", "")), 40)


@dataclass(frozen=True)
class Table:
    """A file's rows with the columns found in each sheet: sheet -> field -> column index."""

    book: tables.Book
    mappings: dict[str, tables.ColumnMapping]

    @property
    def columns(self) -> list[tuple[str, Any, str]]:
        """(sheet, field's label, column's name) for each column that was understood."""
        return [
            (sheet.name, LABELS[name], sheet.header[index])
            for sheet in self.book.sheets
            for name, index in self.mappings[sheet.name].columns.items()
        ]

    @property
    def unused(self) -> list[str]:
        return [name for mapping in self.mappings.values() for name in mapping.unmatched]

    @property
    def passed_over(self) -> list[str]:
        """Names of the sheets that hold no known column; nothing of them is read."""
        return self.book.ignored


@dataclass
class Report:
    """What would happen. Nothing has been written yet."""

    table: Table
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, status: str) -> list[Line]:
        return [line for line in self.lines if line.status == status]

    @property
    def new(self) -> list[Line]:
        return self.of(NEW)

    @property
    def repeated(self) -> list[Line]:
        return self.of(REPEATED)

    def to_take(self, *, skip_repeated: bool) -> list[Line]:
        """The rows that would become concerns: two people who say the same are two, what is in the books is not taken
        in again unless that is wanted."""
        return [line for line in self.lines if line.status != WRONG and not (line.known and skip_repeated)]


def read(
    source: bytes | Path | BinaryIO,
    name: str = "CSV",
    given: Mapping[str, str] | None = None,
    chosen: Mapping[tuple[int, str], int | None] | None = None,
) -> Table:
    """Read a file. `given` names the column of a field where guessing is not wanted (field -> column name), in every
    sheet; "" means that the field has none. `chosen` does so for one sheet: (sheet, field) -> column, both from 0.

    Raises `tables.TableError` when the file is no table, and `LookupError` when a given column is not in it.
    """
    wanted = {name_: ((given or {}).get(name_, ""), *names) for name_, names in COLUMNS.items()}
    book = tables.read(source, wanted=wanted, name=name)
    mappings = {}
    for at, sheet in enumerate(book.sheets):
        overruled = _given(sheet, given or {})
        overruled |= {field_: column for (number, field_), column in (chosen or {}).items() if number == at}
        mappings[sheet.name] = _mapping(sheet, overruled)
    return Table(book, mappings)


def check(
    table: Table, actor: Actor, *, consent: bool = False, progress: Callable[[int], None] | None = None
) -> Report:
    """Check every row with the door's own form; a few queries for the whole list.

    `consent`: the people agreed that their numbers are used; without it names and numbers are left out.
    """
    report = Report(table)
    reader = _Reader(actor, consent)
    for sheet in table.book.sheets:
        mapping = table.mappings[sheet.name]
        if "text" not in mapping.columns:
            names = "、".join(COLUMNS["text"][:4])
            message = _("no column holds what was said. Name it one of: %(names)s.") % {"names": names}
            report.faults.append(Fault(sheet.name, 0, "", "", message))
            continue
        report.faults += _used_twice(sheet, mapping)
        for row in sheet.rows:
            report.lines.append(reader.line(row, mapping))
            if progress:
                progress(1)
    report.lines = _with_twins(report.lines, actor)
    report.faults += [fault for line in report.lines for fault in line.faults]
    return report


def take_in(
    report: Report, actor: Actor, *, skip_repeated: bool = True, progress: Callable[[int], None] | None = None
) -> int:
    """Make a concern of every row, all in one transaction; returns how many. Faults raise `ValueError`."""
    if report.faults:
        raise ValueError("a list with faults is not taken in")
    lines = report.to_take(skip_repeated=skip_repeated)
    rows = ({**line.data, "repeats": line.status == REPEATED} for line in lines)
    return door.begin_many(CONCERNS, "take_in", actor, rows, progress=progress)


def _given(sheet: tables.Sheet, given: Mapping[str, str]) -> dict[str, int | None]:
    """The columns of this sheet by their names."""
    for header in filter(None, given.values()):
        if header not in sheet.header:
            raise LookupError(
                _("“%(sheet)s” has no column “%(column)s”. It has: %(columns)s.")
                % {"sheet": sheet.name, "column": header, "columns": "、".join(filter(None, sheet.header))}
            )
    return {name: sheet.header.index(header) if header else None for name, header in given.items()}


def _mapping(sheet: tables.Sheet, overruled: Mapping[str, int | None]) -> tables.ColumnMapping:
    """The guessed columns, overruled by the given ones; None, or a column that is not there, takes a field's away."""
    given = {name: index for name, index in overruled.items() if index is not None and index < len(sheet.header)}
    guessed = tables.guess_mapping(sheet.header, COLUMNS).columns.items()
    left = {name: index for name, index in guessed if name not in overruled and index not in given.values()}
    columns = left | given
    used = set(columns.values())
    unmatched = [header for index, header in enumerate(sheet.header) if header and index not in used]
    return tables.ColumnMapping(columns, unmatched, [name for name in COLUMNS if name not in columns])


def _used_twice(sheet: tables.Sheet, mapping: tables.ColumnMapping) -> list[Fault]:
    """A column that was given to two fields; which of them was meant only who looks at it knows."""
    held: dict[int, list[str]] = {}
    for name, index in mapping.columns.items():
        held.setdefault(index, []).append(str(LABELS[name]))
    message = _("is given for two things (%(fields)s). Choose another column for one of them, or none.")
    return [
        Fault(sheet.name, 0, tables.column_letter(index), sheet.header[index], message % {"fields": "、".join(names)})
        for index, names in held.items()
        if len(names) > 1
    ]


class _Reader:
    """Turns rows into what the form takes: names into ids, dates into moments."""

    def __init__(self, actor: Actor, consent: bool) -> None:
        self.actor, self.consent = actor, consent
        assembly: Any = actor.assembly
        today = timezone.localdate()
        self.sectors = {name: row.pk for row in people.sectors(assembly, today) for name in (row.name, row.code)}
        self.counties = {
            name: row.pk
            for row in assembly.children.all()
            for name in (row.place, row.short, row.name, row.code)
            if name
        }
        choices = options.choices(assembly.pk, "concerns.topic")
        self.topics = {name: choice.code for choice in choices for name in (choice.zh, choice.en, choice.code)}
        self.known: dict = {}

    def line(self, row: tables.Row, mapping: tables.ColumnMapping) -> Line:
        values = row.pick(mapping)
        faults: list[Fault] = []
        data: dict[str, Any] = {"assembly": self.actor.assembly_id, "consent": self.consent}
        for name, cell in values.items():
            try:
                data[name] = self._value(name, cell)
            except ValueError as problem:
                faults.append(_fault(cell, str(problem)))
        if not self.consent:
            data.pop("speaker_name", None)
            data.pop("speaker_phone", None)
        _fit_title(data)
        form = TakeInForm(data, actor=self.actor, known=self.known)
        for name, errors in form.errors.items():
            at = values.get(name)
            for message in errors:
                said = str(message)
                faults.append(_fault(at, said) if at else Fault(row.sheet.name, row.number, "", "", said))
        if faults:
            return Line(row, values, data, WRONG, faults=tuple(faults))
        return Line(row, values, data)

    def _value(self, name: str, cell: tables.Cell) -> Any:
        text = cell.text
        if name == "said_at":
            return _moment(cell)
        if name in ("sector", "county", "topic") and text:
            known = {"sector": self.sectors, "county": self.counties, "topic": self.topics}[name]
            if text not in known:
                raise ValueError(_unknown(text, known))
            return known[text]
        return text


def _unknown(text: str, known: dict[str, Any]) -> str:
    """What could stand instead of `text`: each thing by the first of its names, not by its short names and codes."""
    names: dict[Any, str] = {}
    for name, of in known.items():
        names.setdefault(of, name)
    some = list(names.values())
    message = _("“%(value)s” is not among those of this assembly: %(some)s")
    return message % {"value": text, "some": "、".join(some[:NAMED]) + (" …" if len(some) > NAMED else "")}


def _fit_title(data: dict[str, Any]) -> None:
    """A title that is too long is shortened and stands whole before the text: nothing is lost."""
    title = " ".join(str(data.get("title") or "").split())
    if len(title) > TITLE:
        data["text"] = f"{title}\n\n{data.get('text', '')}"
        title = excerpt(title, TITLE)
    if "title" in data:
        data["title"] = title


def _moment(cell: tables.Cell) -> datetime | None:
    """The moment a cell tells; a day alone is its noon."""
    value = cell.value
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        day, _between, clock = value.replace("T", " ").partition(" ")
        try:
            found = datetime.combine(tables.parse_date(day), time.fromisoformat(_padded(clock)) if clock else time(12))
        except tables.DateError as problem:
            raise ValueError(_(problem.template) % problem.params) from None
        except ValueError:
            raise ValueError(_("“%(value)s” is no time of day. Write it like 09:30.") % {"value": clock}) from None
    elif isinstance(value, datetime):
        found = value.replace(tzinfo=None)
    else:
        try:
            found = datetime.combine(tables.parse_date(value), time(12))
        except tables.DateError as problem:
            raise ValueError(_(problem.template) % problem.params) from None
    moment = timezone.make_aware(found)
    if moment > timezone.now():
        raise ValueError(_("“%(value)s” lies in the future.") % {"value": cell.text})
    return moment


def _padded(clock: str) -> str:
    """8:05 as 08:05."""
    return clock.strip() if len(clock.strip().partition(":")[0]) == 2 else f"0{clock.strip()}"


def _with_twins(lines: list[Line], actor: Actor) -> list[Line]:
    """Mark rows whose words stand in an earlier row or are in the database already."""
    keys = {id(line): texts.key(str(line.data["text"])) for line in lines if line.status == NEW}
    known = queries.known_words(actor.assembly_id or 0, list(dict.fromkeys(keys.values())))
    numbers = queries.numbers(list(known.values()))
    first: dict[str, Line] = {}
    found = []
    for line in lines:
        key = keys.get(id(line))
        twin = ""
        if key is not None:
            if key in known:
                twin = _("as concern %(number)s") % {"number": numbers[known[key]]}
            elif key in first:
                twin = _("as row %(row)d") % {"row": first[key].row.number}
            else:
                first[key] = line
        found.append(replace(line, status=REPEATED, twin=twin, known=key in known) if twin else line)
    return found


def _fault(cell: tables.Cell, message: str) -> Fault:
    return Fault(cell.sheet, cell.row, cell.column, cell.header, message)
