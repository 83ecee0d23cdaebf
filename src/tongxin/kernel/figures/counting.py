"""Counting: many figures in one query, each population read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    Min,
    Model,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..actor import Actor
from ..rules import NOTHING
from .conditions import holds
from .declaring import Figure, Scope, own


@dataclass(frozen=True)
class Answer:
    """A figure's value for a scope: for a count the number, for a ratio the percentage with both its parts."""

    figure: Figure
    scope: Scope
    numerator: int
    denominator: int | None = None
    made: int | None = None  # what the figure's own `value` came to
    least: int = 0  # of fewer records nothing is told

    @property
    def is_few(self) -> bool:
        """Whether so few records are behind the number that it would tell of single ones."""
        return 0 < (self.numerator if self.denominator is None else self.denominator) < self.least

    @property
    def value(self) -> Decimal | int | None:
        """None when a ratio has nothing to be a share of, nobody has anything to make a value of, or too few have."""
        if self.is_few:
            return None
        if self.figure.value:
            return self.made
        if self.denominator is None or not self.figure.is_ratio:
            return self.numerator
        return percentage(self.numerator, self.denominator, self.figure.places)

    @property
    def told(self) -> Decimal | int | str | None:
        """The value as it is shown: words when it is withheld."""
        return _("under %(least)s") % {"least": self.least} if self.is_few else self.value


def percentage(part: int, whole: int, places: int) -> Decimal | None:
    """Rounded half up, as the reports do: 117 of 118 is 99.2 with one place."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


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


def first_year(figures: Iterable[Figure], where: Scope) -> int:
    """The earliest year that any figure has records of; the scope's own when there are none. One query."""
    columns = {
        f"since_{number}": _in_one(model._default_manager.filter(own(where)), Min(since))
        for number, (model, since) in enumerate({(f.model, f.since): None for f in figures if f.since})
    }
    moments = [moment for moment in _row(where.assembly, columns).values() if moment]
    days = [timezone.localdate(m) if isinstance(m, datetime) else m for m in moments]
    return min([day.year for day in days], default=where.year)


def openable(figure: Figure, actor: Actor, records: QuerySet) -> QuerySet:
    """The records, each with `may_open`: whether the actor may open it. No further query."""
    rows = figure.read.rows(actor) if figure.read else NOTHING
    return records.annotate(may_open=Value(False) if rows == NOTHING else holds(rows))


def reads(figure: Figure, actor: Actor, where: Scope) -> bool:
    """Whether the actor may open any of the records that the figure has in this assembly."""
    own = where.assembly.pk == actor.assembly_id
    return own and figure.read is not None and figure.read.rows(actor) != NOTHING


def _in_one(records: QuerySet, aggregate: Any) -> Subquery:
    """An aggregate over all of the records as a single value within another query."""
    return Subquery(records.order_by().annotate(one=Value(1)).values("one").annotate(all=aggregate).values("all"))


def _row(assembly: Any, columns: dict[str, Subquery]) -> dict[str, Any]:
    """Several single values in one query: the assembly's own row carries them."""
    if not columns:
        return {}
    return type(assembly)._default_manager.filter(pk=assembly.pk).values(**columns).get()
