"""What a figure is: its scope, its population and what of it counts, its columns and its dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    F,
    Model,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..rules import Rule
from .conditions import holds, how_many

PERIODS: dict[str, Any] = {
    "current": _("in force on the last day"),
    "year": _("within the year"),
    "cumulative": _("up to the last day"),
}
PERCENT = "%"
COUNTED, WHOLE, REST = "counted", "whole", "rest"


@dataclass(frozen=True)
class Group:
    """A part of the yearly account: its name, and in a few words what it is about."""

    name: Any
    motto: Any

    def __str__(self) -> str:
        return str(self.name)


GROUPS = {
    "institution": Group(_("Institutions"), _("how contact is kept")),
    "carrier": Group(_("Carriers"), _("contact every day")),
    "result": Group(_("Results"), _("contact that bears fruit")),
    "chain": Group(_("From heard to answered"), _("nothing that was said is lost")),
}


@dataclass(frozen=True)
class Scope:
    """What a figure is asked for: one assembly and one year, until `today` when the year is still running."""

    assembly: Any
    year: int
    today: date

    @property
    def running(self) -> bool:
        """Whether the year is not over yet."""
        return self.year >= self.today.year

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that counts: today while the year is running."""
        return min(date(self.year, 12, 31), self.today) if self.running else date(self.year, 12, 31)

    @property
    def begin(self) -> datetime:
        """The first moment of the year."""
        return timezone.make_aware(datetime.combine(self.first_day, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after the year; compare with `<`."""
        return timezone.make_aware(datetime(self.year + 1, 1, 1))


def scope(assembly: Any, year: int | None = None, today: date | None = None) -> Scope:
    day = today or timezone.localdate()
    return Scope(assembly, year or day.year, day)


def own(where: Scope) -> Q:
    """The usual population: all records of the assembly."""
    return Q(assembly=where.assembly)


def everything(where: Scope) -> Q:
    """The whole population counts."""
    return Q()


@dataclass(frozen=True)
class Column:
    """A column of the drill-down list. Only `public` ones are shown to people who may not open the record.

    `outside` is what these are shown in place of the value, in a column that is not public. `link` makes the value the
    way to the record's own page; a `wide` one may take several lines; `by` names the dimension that says the same.
    """

    label: Any
    value: Callable[[Any], Any]
    public: bool = False
    link: bool = False
    wide: bool = False
    by: str = ""
    outside: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Dimension:
    """A way to divide a figure. `by` is the path (or expression) grouped by; `names` turn its values into words and
    give their order; with `month` the path leads to a moment, grouped by its month. `tones` are the colours of values
    that mean something by themselves; others take theirs by their place.

    A path leads over single-valued relations only, so that every record falls into exactly one part.
    """

    key: str
    label: Any
    by: Any
    names: Callable[[Scope], dict[Any, str]]
    month: bool = False
    tones: Mapping[Any, str] = field(default_factory=dict)

    @property
    def expression(self) -> Any:
        """What rows are grouped by."""
        if self.month:
            return TruncMonth(self.by)
        return F(self.by) if isinstance(self.by, str) else self.by


@dataclass(frozen=True)
class Figure:
    """Of `model`'s records `within(scope)`, those that fit `counted(scope)` are exactly what is counted.

    A share has `whole(scope)` too: what it is a share of. With the unit "%" its value is the percentage, with any other
    unit the count, or what `value(scope)` makes of the whole: an aggregate such as the least number anybody has, whose
    numerator and denominator then tell how many reach the bound. Conditions use single-valued relations (or `Exists`),
    so that no record counts twice.

    `source` is the phrase of the assembly's own report that the figure answers; `note` explains the way of counting;
    `read` says who may open a record; `prepare` fetches what the columns need beside `related`; `drawn` names the
    dimension drawn beside the number; `since` is the field whose earliest value is the first year with data.

    With `least` a figure adds up what is told in confidence: whoever may open none of the records is told its number
    alone, without list or parts, and not even that of fewer records (domain §2.10: ratings only of three or more).
    """

    code: str
    label: Any
    unit: Any
    group: str
    period: str
    model: type[Model]
    columns: tuple[Column, ...]
    within: Callable[[Scope], Q] = own
    counted: Callable[[Scope], Q] = everything
    whole: Callable[[Scope], Q] | None = None
    value: Callable[[Scope], Any] | None = None
    source: Any = ""
    note: Any = ""
    places: int = 0
    dimensions: tuple[Dimension, ...] = ()
    drawn: str = ""
    least: int = 0
    public: bool = True
    read: Rule | None = None
    since: str = ""
    order: tuple[str, ...] = ("-id",)
    related: tuple[str, ...] = ()
    prepare: Callable[[QuerySet, Scope], QuerySet] | None = None

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a percentage."""
        return self.whole is not None and self.unit == PERCENT

    def records(self, where: Scope, part: str = COUNTED) -> QuerySet:
        """The records counted; for a share also the "whole" it is taken of and the "rest" that does not count."""
        whole = self.model._default_manager.filter(self.within(where), self._whole(where))
        if part == WHOLE or (part == COUNTED and not self.whole):
            return whole
        if part == COUNTED:
            return whole.filter(self.counted(where))
        # Not `exclude`: what SQL leaves undecided (NULL) belongs to the rest as well.
        return whole.annotate(is_counted=holds(self.counted(where))).filter(is_counted=False)

    def listed(self, where: Scope, part: str = COUNTED) -> QuerySet:
        """The same records as they stand in a list: in order, with what the columns need."""
        records = self.records(where, part).order_by(*self.order)
        if self.related:
            records = records.select_related(*self.related)
        return self.prepare(records, where) if self.prepare else records

    def dimension(self, key: str) -> Dimension | None:
        return next((dimension for dimension in self.dimensions if dimension.key == key), None)

    @property
    def drawing(self) -> Dimension:
        """The dimension by which it is drawn; only for a figure that is."""
        dimension = self.dimension(self.drawn)
        if dimension is None:
            raise LookupError(f"{self.code} is not drawn")
        return dimension

    def _whole(self, where: Scope) -> Q:
        """What the figure is taken of; a count is its own whole."""
        return self.whole(where) if self.whole else self.counted(where)

    def _counts(self, where: Scope) -> dict[str, Any]:
        """The aggregates that count this figure over its population."""
        whole = self._whole(where)
        if not self.whole:
            return {self.code: how_many(whole)}
        counts: dict[str, Any] = {
            self.code: how_many(whole & self.counted(where)),
            f"{self.code}_whole": how_many(whole),
        }
        return counts | ({f"{self.code}_value": self.value(where)} if self.value else {})
