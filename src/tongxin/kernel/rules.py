"""Rules: one expression says who may do what *and* which rows they may see.

A `Rule` maps an actor to a `Q`. The database evaluates it for lists, `matches` evaluates the same `Q` over one record
in memory for buttons and the door; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from .actor import Actor

M = TypeVar("M", bound=Model)

NOTHING = Q(pk__in=[])
EVERYTHING = Q()


@dataclass(frozen=True)
class Rule:
    """`rows(actor)` are the records the actor may act on; `reason` is what a refused one is told."""

    rows: Callable[[Actor], Q]
    reason: Any  # a (lazily translated) sentence

    def filter(self, actor: Actor, queryset: QuerySet[M]) -> QuerySet[M]:
        return queryset.filter(self.rows(actor))

    def allows(self, actor: Actor, record: Model) -> bool:
        return matches(self.rows(actor), record)

    def __or__(self, other: Rule) -> Rule:
        return Rule(lambda actor: either(self.rows(actor), other.rows(actor)), self.reason)

    def __and__(self, other: Rule) -> Rule:
        return Rule(lambda actor: self.rows(actor) & other.rows(actor), self.reason)


@dataclass(frozen=True)
class Gate:
    """Who may open a page at all, before any record is in question."""

    opens: Callable[[Actor], bool]
    reason: Any

    def __call__(self, actor: Actor) -> bool:
        return self.opens(actor)


def either(*parts: Q) -> Q:
    """The parts joined by OR, leaving out those that add nothing; an empty `Q` (everything) wins.

    A part that asks for the same as another and more adds nothing, and would cost the database an index of its own.
    """
    found: list[Q] = []
    for part in parts:
        if part == NOTHING or any(_within(part, other) for other in found):
            continue
        found = [*(other for other in found if not _within(other, part)), part]
    if not found:
        return NOTHING
    joined = found[0]
    for part in found[1:]:
        joined |= part
    return joined


def _within(narrow: Q, wide: Q) -> bool:
    """Whether the one surely holds no record that the other lacks: it has all the conditions of the other."""
    if any(q.negated or q.connector != Q.AND for q in (narrow, wide)):
        return not wide
    return all(condition in narrow.children for condition in wide.children)


def matches(q: Q, record: Model) -> bool:
    """Whether the record satisfies the `Q`, judged in memory. Raises `NotImplementedError` for a lookup not in
    `_LOOKUPS`."""
    children: list[Any] = list(q.children)
    results = (_holds(child, record) for child in children)
    if q.connector == Q.AND:
        outcome = all(results)
    elif q.connector == Q.OR:
        outcome = any(results) if q.children else True
    else:
        raise NotImplementedError(f"a rule cannot use {q.connector}")
    return outcome != q.negated


def _holds(child: Q | tuple[str, Any], record: Model) -> bool:
    if isinstance(child, Q):
        return matches(child, record)
    path, expected = child
    *steps, last = path.split("__")
    if last in _LOOKUPS:
        lookup = last
    else:
        steps, lookup = [*steps, last], "exact"
    value: Any = record
    for step in steps:
        value = _value(value, step)
    return _LOOKUPS[lookup](_key(value), expected)


def _value(record: Any, step: str) -> Any:
    if record is None:
        return None
    if not isinstance(record, Model):
        raise NotImplementedError(f"a rule cannot use the lookup “{step}”")
    if step == "pk":
        return record.pk
    field = record._meta.get_field(step.removesuffix("_id") if step.endswith("_id") else step)
    if field.is_relation and (field.many_to_many or field.one_to_many):
        raise NotImplementedError(f"a rule cannot follow the many-valued “{step}” in memory")
    return getattr(record, step)


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _contains(options: Any, value: Any) -> bool:
    return value is not None and value in [_key(option) for option in options]


_LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    # SQL's NULL equals nothing, not even NULL.
    "exact": lambda value, expected: value is not None and value == _key(expected),
    "in": lambda value, expected: _contains(expected, value),
    "isnull": lambda value, expected: (value is None) == expected,
    "gt": lambda value, expected: value is not None and value > expected,
    "gte": lambda value, expected: value is not None and value >= expected,
    "lt": lambda value, expected: value is not None and value < expected,
    "lte": lambda value, expected: value is not None and value <= expected,
}
