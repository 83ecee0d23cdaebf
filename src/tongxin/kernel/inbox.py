"""The inbox: records with a move that waits for me, over all workflows, the nearest deadline first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Value
from django.utils import timezone

from . import search, workflow
from .actor import Actor
from .rules import NOTHING, matches
from .workflow import Move, State

WEEK = 7  # days
AT_MOST = 50

Ids = Mapping[str, Collection[int]]  # of records, by the name of their kind
Records = Mapping[str, Mapping[int, Any]]
Statements = Sequence[tuple[str, str, tuple[Any, ...]]]  # name, SQL, parameters


@dataclass(frozen=True)
class Waiting:
    """One line of the inbox."""

    record: Any
    kind: Any
    title: str
    line: str
    url: str
    state: State
    moves: list[Move]
    due_on: date | None

    @property
    def overdue(self) -> bool:
        return self.due_on is not None and self.due_on < timezone.localdate()


@dataclass
class Found:
    """The records that wait, the first of each kind, and how many of all are overdue, due today and within a week.

    `beside` are the numbers that were asked for in the same query, by name.
    """

    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    overdue: int = 0
    today: int = 0
    week: int = 0
    beside: dict[str, int] = field(default_factory=dict)


def find(actor: Actor, limit: int = AT_MOST, beside: Statements = ()) -> Found:
    """What waits for the actor, of each kind the first `limit`; one query, whatever the number of kinds.

    `beside` are statements of one number each (`navigation.statements`), which the same query answers.
    """
    found = Found(beside=dict.fromkeys([name for name, _sql, _values in beside], 0))
    parts = [part for rows in pending(actor) for part in (_first(rows, limit), _urgent(rows))]
    for kind, pk, overdue, today, week in _rows(parts, beside):
        if kind in found.beside:
            found.beside[kind] += overdue
            continue
        if pk:
            found.ids[kind].append(pk)
        found.overdue += overdue
        found.today += today
        found.week += week
    return found


def _rows(parts: list[QuerySet], beside: Statements) -> Iterable[tuple[str, int, int, int, int]]:
    """(kind, id, overdue, today, within a week) of all parts, and (name, 0, number, 0, 0) of what is asked beside."""
    asked: list[tuple[str, tuple[Any, ...]]] = []
    if parts:
        with suppress(EmptyResultSet):
            asked.append(parts[0].union(*parts[1:], all=True).query.sql_with_params())
    asked += [(f"SELECT %s, 0, {sql}, 0, 0", (name, *values)) for name, sql, values in beside]
    if not asked:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql for sql, _values in asked), [v for _sql, values in asked for v in values])
        return cursor.fetchall()


def load(actor: Actor, waiting: Ids, told: Ids) -> Records:
    """Records by kind and id: those that wait for the actor, and of those he was told of what he may see.

    One query for each kind of record.
    """
    return {kind: _load(actor, kind, waiting.get(kind, ()), told.get(kind, ())) for kind in {**waiting, **told}}


def lines(actor: Actor, ids: Ids, records: Records, limit: int = AT_MOST) -> list[Waiting]:
    """The first lines of the inbox, out of the records that were loaded."""
    found: list[Waiting] = []
    for flow in workflow.every():
        kind = flow.model._meta.label_lower
        if here := sorted((records[kind][pk] for pk in ids.get(kind, ()) if pk in records[kind]), key=_by_date):
            asked = flow.waiting_moves(actor)  # once for all records, so that what a rule looks up is looked up once
            found += (_line(flow, record, asked) for record in here)
    return sorted(found, key=lambda item: item.due_on or date.max)[:limit]


def waiting(actor: Actor, limit: int = AT_MOST) -> list[Waiting]:
    """The inbox alone."""
    found = find(actor, limit)
    return lines(actor, found.ids, load(actor, found.ids, {}), limit)


def pending(actor: Actor) -> list[QuerySet]:
    """All that waits, one set of rows per kind of record."""
    asked = ((flow, flow.waiting(actor)) for flow in workflow.every())
    return [flow.model._default_manager.filter(q) for flow, q in asked if q != NOTHING]


def _first(rows: QuerySet, limit: int) -> QuerySet:
    """(kind, id, 0, 0, 0) of the first ones."""
    first = rows.order_by(F(rows.model.INBOX_DAY).asc(nulls_last=True), "id")[:limit].values("pk")
    none = Value(0)
    kind = Value(rows.model._meta.label_lower)
    return rows.model._default_manager.filter(pk__in=first).order_by().values_list(kind, "pk", none, none, none)


def _urgent(rows: QuerySet) -> QuerySet:
    """(kind, 0, overdue, today, within a week) of all of them."""
    today = timezone.localdate()
    day = rows.model.INBOX_DAY
    late, now, soon = Q(**{f"{day}__lt": today}), Q(**{day: today}), Q(**{f"{day}__gt": today})
    kind, none = Value(rows.model._meta.label_lower), Value(0, BigIntegerField())
    counted = rows.filter(**{f"{day}__lte": today + timedelta(days=WEEK)}).order_by()
    counted = counted.annotate(of_kind=kind, none=none).values("of_kind", "none")
    counted = counted.annotate(late=Count("pk", late), now=Count("pk", now), soon=Count("pk", soon))
    return counted.values_list("of_kind", "none", "late", "now", "soon")


def _load(actor: Actor, kind: str, waiting: Collection[int], told: Collection[int]) -> dict[int, Any]:
    model = apps.get_model(kind)
    wanted = Q(pk__in=waiting)
    if told and (rule := search.rule_of(model)):
        wanted |= Q(pk__in=told) & rule.rows(actor)
    rows = model._default_manager.filter(wanted)
    related = getattr(model, "INBOX_RELATED", ())
    return {record.pk: record for record in (rows.select_related(*related) if related else rows)}


def _line(flow: Any, record: Any, asked: list[tuple[Move, Q]]) -> Waiting:
    return Waiting(
        record=record,
        kind=flow.label,
        title=getattr(record, "named", record.title),
        line=flow.described_by(record),
        url=record.get_absolute_url(),
        state=flow.state(record.state),
        moves=[move for move, rows in asked if move.is_waiting(record) and matches(rows, record)],
        due_on=getattr(record, record.INBOX_DAY),
    )


def _by_date(record: Any) -> tuple[date, int]:
    return getattr(record, record.INBOX_DAY) or date.max, record.pk
