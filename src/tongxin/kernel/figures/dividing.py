"""Dividing a figure by a dimension: the parts are together the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import caches
from django.db.models import (
    CharField,
    Count,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .conditions import how_many
from .declaring import WHOLE, Dimension, Figure, Scope

REMEMBERED_SECONDS = 10
NONE = "none"  # the key of the part whose records have no value


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
        .annotate(whole_count=Count("pk"), counted_count=how_many(figure.counted(where)))
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


def _names(dimension: Dimension, where: Scope) -> dict[Any, str]:
    """The names of a dimension's values, remembered for some seconds by this process."""
    key = f"figures.names.{dimension.names.__module__}.{dimension.names.__qualname__}.{where.assembly.pk}.{where.year}"
    key = f"{key}.{get_language()}"
    return caches["local"].get_or_set(key, lambda: dimension.names(where), REMEMBERED_SECONDS) or {}


def _month(text: str | None) -> date | None:
    return date(int(text[:4]), int(text[5:7]), 1) if text else None


def _name(value: Any, dimension: Dimension, names: dict[Any, str]) -> str:
    if value in (None, ""):
        return str(_("not given"))
    if dimension.month:
        return date_format(value, "YEAR_MONTH_FORMAT")
    return str(names.get(value, value))
