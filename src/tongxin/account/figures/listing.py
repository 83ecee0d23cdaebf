"""The list behind a number: exactly the records counted, divided and paged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import figures as kernel
from tongxin.kernel.actor import Actor
from tongxin.kernel.figures import COUNTED, REST, WHOLE, Answer, Column, Dimension, Figure, Part

from .queries import Asked

PAGE_SIZE = 50
CHUNK = 2000


@dataclass(frozen=True)
class Cell:
    """A value with the column it stands in; `url` where it leads to the record. `hidden`: not for this actor."""

    label: Any
    value: Any
    url: str = ""
    hidden: bool = False
    wide: bool = False

    @property
    def is_time(self) -> bool:
        return isinstance(self.value, date)


class Listing:
    """What one drill-down page shows. Raises `LookupError` when `of`, `by` or `value` name nothing of the figure."""

    def __init__(self, about: Asked, figure: Figure, actor: Actor, of: str = "", by: str = "", value: str = "") -> None:
        self.about, self.figure, self.actor = about, figure, actor
        self.least = about.least(figure)
        if self.least:
            by = value = ""  # parts are small, and those of two divisions tell by their difference
        elif not by:
            by = self.alike
        self.of, self.by, self.value = of or COUNTED, by, value
        self.dimension: Dimension | None = figure.dimension(by) if by else None
        if self.of not in ((COUNTED, WHOLE, REST) if figure.whole else (COUNTED,)):
            raise LookupError(of)
        if (by and not self.dimension) or (value and not by):
            raise LookupError(by or value)

    @cached_property
    def answer(self) -> Answer:
        return replace(kernel.answer(self.figure, self.about.scope), least=self.least)

    @cached_property
    def parts(self) -> list[Part]:
        """The figure divided by the chosen dimension; together they are the whole."""
        return kernel.divide(self.figure, self.dimension, self.about.scope) if self.dimension else []

    @property
    def part(self) -> Part | None:
        """The chosen part; None when no part is chosen, or the chosen one holds nothing."""
        return next((part for part in self.parts if part.key == self.value), None) if self.value else None

    @property
    def size(self) -> int:
        """How many records the list has, known from the counts."""
        if self.value:
            return self.count(self.part) if self.part else 0
        return _of(self.of, self.answer.numerator, self.answer.denominator)

    def count(self, part: Part) -> int:
        """How many records of a part are in the list."""
        return _of(self.of, part.counted, part.whole)

    @cached_property
    def columns(self) -> list[Column]:
        """All columns for those who may open such records of this assembly, else the public ones."""
        if self.least:
            return []
        if kernel.reads(self.figure, self.actor, self.about.scope):
            return list(self.figure.columns)
        return [column for column in self.figure.columns if column.public or column.outside]

    @property
    def alike(self) -> str:
        """The dimension that says all that may be seen of a record; "" when its rows tell more. Instead of rows that
        read the same a hundred times over, the sums are listed."""
        return self.columns[0].by if len(self.columns) == 1 else ""

    def records(self) -> QuerySet:
        """The records in order, each with `may_open`."""
        found = self.figure.listed(self.about.scope, self.of)
        if self.dimension and self.value:
            try:
                found = kernel.in_part(found, self.dimension, self.value)
            except (ValueError, TypeError) as error:
                raise LookupError(self.value) from error
        return kernel.openable(self.figure, self.actor, found)

    def page(self, number: str) -> Page:
        """One page of rows; the nearest there is when the number names none."""
        paginator = Paginator(self.records(), PAGE_SIZE)
        paginator.count = self.size  # counted already
        page = paginator.get_page(number)
        page.object_list = [self.cells(record) for record in page.object_list]
        return page

    def cells(self, record: Model) -> list[Cell]:
        may_open: bool = record.may_open  # type: ignore[attr-defined]
        return [self._cell(column, record, may_open) for column in self.columns]

    def _cell(self, column: Column, record: Model, may_open: bool) -> Cell:
        if not column.public and not may_open:
            if column.outside:
                return Cell(column.label, column.outside(record), wide=column.wide)
            return Cell(column.label, None, hidden=True, wide=column.wide)
        url = record.get_absolute_url() if column.link and may_open else ""  # type: ignore[attr-defined]
        return Cell(column.label, column.value(record), url, wide=column.wide)

    def table(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Header and rows of an export, read from the database bit by bit. Raises `LookupError` for a list withheld."""
        if self.least:
            raise LookupError(self.figure.code)
        if self.alike and self.dimension:
            shown = [part for part in self.parts if not self.value or part.key == self.value]
            return [str(self.dimension.label), _("Number")], ([part.label, self.count(part)] for part in shown)
        header = [str(column.label) for column in self.columns]
        rows = ([_plain(cell.value) for cell in self.cells(r)] for r in self.records().iterator(chunk_size=CHUNK))
        return header, rows


def _of(which: str, counted: int, whole: int | None) -> int:
    """The size of one of the three lists of a figure; a count has one list only."""
    return counted if which == COUNTED or whole is None else whole if which == WHOLE else whole - counted


def _plain(value: Any) -> Any:
    """A cell's value for a table: moments as the clock shows them."""
    return timezone.localtime(value) if isinstance(value, datetime) else value
