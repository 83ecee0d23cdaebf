"""The registry of figures. A figure is a named query, not a number: whoever sees the number can open its records.

Rooms declare their figures in `figures.py` and register them at start; `account.figures` shows, lists and exports them.

A figure names a *population* (`within`: the assembly's concerns heard in the year) and says which of it count
(`counted`). Figures that share a population are counted in one pass, and a whole sheet of figures in one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Min,
    Model,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, JSONObject, TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .actor import Actor
from .rules import NOTHING, Rule

PERIODS: dict[str, Any] = {
    "current": _("in force on the last day"),
    "year": _("within the year"),
    "cumulative": _("up to the last day"),
}
PERCENT = "%"
COUNTED, WHOLE, REST = "counted", "whole", "rest"
REMEMBERED_SECONDS = 10
NONE = "none"  # the key of the part whose records have no value


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

    `link` makes the value the way to the record's own page; a `wide` one may take several lines.
    """

    label: Any
    value: Callable[[Any], Any]
    public: bool = False
    link: bool = False
    wide: bool = False


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
            return {self.code: _count(whole)}
        counts: dict[str, Any] = {self.code: _count(whole & self.counted(where)), f"{self.code}_whole": _count(whole)}
        return counts | ({f"{self.code}_value": self.value(where)} if self.value else {})


@dataclass(frozen=True)
class Answer:
    """A figure's value for a scope: for a count the number, for a ratio the percentage with both its parts."""

    figure: Figure
    scope: Scope
    numerator: int
    denominator: int | None = None
    made: int | None = None  # what the figure's own `value` came to

    @property
    def value(self) -> Decimal | int | None:
        """None when a ratio has nothing to be a share of, or nobody has anything to make a value of."""
        if self.figure.value:
            return self.made
        if self.denominator is None or not self.figure.is_ratio:
            return self.numerator
        return percentage(self.numerator, self.denominator, self.figure.places)


@dataclass(frozen=True)
class Part:
    """The records of a figure that share one value of a dimension; those that have none are a part too."""

    value: Any
    label: str
    counted: int
    whole: int

    @property
    def key(self) -> str:
        """The value as it stands in an address."""
        return key_of(self.value)


def percentage(part: int, whole: int, places: int) -> Decimal | None:
    """Rounded half up, as the reports do: 117 of 118 is 99.2 with one place."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# The registry

_FIGURES: dict[str, Figure] = {}


def register(*figures: Figure) -> None:
    for figure in figures:
        if figure.code in _FIGURES:
            raise ImproperlyConfigured(f"figure {figure.code} is registered twice")
        if figure.value and not figure.whole:
            raise ImproperlyConfigured(f"figure {figure.code}: a value of its own is made of a whole")
        if figure.period not in PERIODS or figure.group not in GROUPS:
            raise ImproperlyConfigured(f"figure {figure.code}: unknown period or group")
        if figure.drawn and not figure.dimension(figure.drawn):
            raise ImproperlyConfigured(f"figure {figure.code}: no dimension “{figure.drawn}”")
        _FIGURES[figure.code] = figure


def every() -> list[Figure]:
    """All figures, F01… first, then the others as registered."""
    return sorted(_FIGURES.values(), key=lambda f: (not f.code.startswith("F"), f.code if f.code[0] == "F" else ""))


def get(code: str) -> Figure | None:
    return _FIGURES.get(code)


# Counting


def answer(figure: Figure, where: Scope) -> Answer:
    """Count a figure: one query."""
    return answer_all([figure], where)[0]


def answer_all(figures: Iterable[Figure], where: Scope) -> list[Answer]:
    """Count many figures in one query, reading each population once."""
    wanted = list(figures)
    populations: dict[tuple[type[Model], Callable], list[Figure]] = {}
    for figure in wanted:
        populations.setdefault((figure.model, figure.within), []).append(figure)
    columns = {}
    for number, ((model, within), group) in enumerate(populations.items()):
        counts = {name: count for figure in group for name, count in figure._counts(where).items()}
        records = model._default_manager.filter(within(where))
        columns[f"population_{number}"] = _in_one(records, JSONObject(**counts))
    found: dict[str, int] = {}
    for counted in _row(where.assembly, columns).values():
        found.update(counted or {})
    return [
        Answer(
            figure,
            where,
            found.get(figure.code, 0),
            found.get(f"{figure.code}_whole", 0) if figure.whole else None,
            found.get(f"{figure.code}_value") if figure.value else None,
        )
        for figure in wanted
    ]


def divide(figure: Figure, dimension: Dimension, where: Scope) -> list[Part]:
    """The figure's parts by a dimension, records without a value last; together they are the figure. A part that has
    records of the whole but none counted is kept: it is part of a ratio's story."""
    return divide_all([(figure, dimension)], where)[0]


def divide_all(asked: Sequence[tuple[Figure, Dimension]], where: Scope) -> list[list[Part]]:
    """Each figure divided by its dimension; one query for all, and what `names` needs."""
    rows: dict[int, list[tuple[Any, int, int]]] = {number: [] for number in range(len(asked))}
    parts = [
        figure.records(where, WHOLE)
        .order_by()
        .annotate(of_figure=Value(number), of_part=Cast(dimension.expression, TextField()))
        .values("of_figure", "of_part")
        .annotate(whole_count=Count("pk"), counted_count=_count(figure.counted(where)))
        .values_list("of_figure", "of_part", "whole_count", "counted_count")
        for number, (figure, dimension) in enumerate(asked)
    ]
    for number, *row in parts[0].union(*parts[1:], all=True) if parts else ():
        rows[number].append(tuple(row))
    return [_in_order(dimension, where, rows[number]) for number, (_figure, dimension) in enumerate(asked)]


def _in_order(dimension: Dimension, where: Scope, rows: list[tuple[Any, int, int]]) -> list[Part]:
    """The parts by the order of their names; values come as texts and are told by the names' own."""
    names = {} if dimension.month else _names(dimension, where)
    values = {str(value): value for value in names}
    found = [(_month(text) if dimension.month else values.get(text, text), whole, n) for text, whole, n in rows]
    parts = [Part(value, _name(value, dimension, names), n, whole) for value, whole, n in found]
    position = {value: place for place, value in enumerate(names)}
    return sorted(parts, key=lambda part: (part.key == NONE, position.get(part.value, len(position)), part.key))


def in_part(records: QuerySet, dimension: Dimension, key: str) -> QuerySet:
    """Those of a figure's records that make up the part with this key. Raises `ValueError` for a key that is none."""
    if dimension.month and key != NONE:
        first = timezone.make_aware(datetime.strptime(key, "%Y-%m"))
        if first.year < 1900:  # before the calendar that databases reckon with begins
            raise ValueError(key)
        after = timezone.make_aware(datetime(first.year + first.month // 12, first.month % 12 + 1, 1))
        return records.filter(**{f"{dimension.by}__gte": first, f"{dimension.by}__lt": after})
    records = records.annotate(part=dimension.expression)
    if key != NONE:
        return records.filter(part=key)
    is_text = isinstance(records.query.annotations["part"].output_field, CharField | TextField)
    return records.filter(Q(part=None) | Q(part="") if is_text else Q(part=None))


def key_of(value: Any) -> str:
    """A part's value in an address."""
    return NONE if value in (None, "") else value.strftime("%Y-%m") if isinstance(value, date) else str(value)


def first_year(figures: Iterable[Figure], where: Scope) -> int:
    """The earliest year that any figure has records of; the scope's own when there are none. One query."""
    columns = {
        f"since_{number}": _in_one(model._default_manager.filter(own(where)), Min(since))
        for number, (model, since) in enumerate({(f.model, f.since): None for f in figures if f.since})
    }
    moments = [moment for moment in _row(where.assembly, columns).values() if moment]
    days = [timezone.localdate(m) if isinstance(m, datetime) else m for m in moments]
    return min([day.year for day in days], default=where.year)


def holds(q: Q) -> Any:
    """`q` as a yes or no for every row; what SQL leaves undecided is no."""
    if not q:
        return Value(True)
    return Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())


def openable(figure: Figure, actor: Actor, records: QuerySet) -> QuerySet:
    """The records, each with `may_open`: whether the actor may open it. No further query."""
    rows = figure.read.rows(actor) if figure.read else NOTHING
    return records.annotate(may_open=Value(False) if rows == NOTHING else holds(rows))


def _names(dimension: Dimension, where: Scope) -> dict[Any, str]:
    """The names of a dimension's values, remembered for some seconds by this process."""
    key = f"figures.names.{dimension.names.__module__}.{dimension.names.__qualname__}.{where.assembly.pk}.{where.year}"
    key = f"{key}.{get_language()}"
    return caches["local"].get_or_set(key, lambda: dimension.names(where), REMEMBERED_SECONDS) or {}


def _count(q: Q) -> Count:
    return Count("pk", filter=q) if q else Count("pk")


def _in_one(records: QuerySet, aggregate: Any) -> Subquery:
    """An aggregate over all of the records as a single value within another query."""
    return Subquery(records.order_by().annotate(one=Value(1)).values("one").annotate(all=aggregate).values("all"))


def _row(assembly: Any, columns: dict[str, Subquery]) -> dict[str, Any]:
    """Several single values in one query: the assembly's own row carries them."""
    if not columns:
        return {}
    return type(assembly)._default_manager.filter(pk=assembly.pk).values(**columns).get()


def _month(text: str | None) -> date | None:
    return date(int(text[:4]), int(text[5:7]), 1) if text else None


def _name(value: Any, dimension: Dimension, names: dict[Any, str]) -> str:
    if value in (None, ""):
        return str(_("not given"))
    if dimension.month:
        return date_format(value, "YEAR_MONTH_FORMAT")
    return str(names.get(value, value))
