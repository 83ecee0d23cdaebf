"""The inbox: records with a move that waits for me, over all workflows, the nearest deadline first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from . import unions, workflow
from .actor import Actor
from .rules import NOTHING
from .workflow import Move, State


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


def waiting(actor: Actor, limit: int = 50) -> list[Waiting]:
    """What waits for the actor; one query that finds, and one for each kind in which something waits."""
    found = []
    first = [rows.order_by(F("due_on").asc(nulls_last=True), "id") for rows in pending(actor)]
    ids = unions.first_of_each(first, limit)
    for flow in workflow.every():
        mine = ids.get(flow.model._meta.label_lower)
        if mine is None:
            continue
        queryset = flow.model._default_manager.filter(pk__in=mine)
        related = getattr(flow.model, "INBOX_RELATED", ())
        records: Any = queryset.select_related(*related) if related else queryset
        for record in sorted(records, key=lambda record: (record.due_on or date.max, record.pk)):
            moves = [m for m in flow.moves if m.is_waiting(record) and m.who.allows(actor, record)]
            state = flow.state(record.state)
            found.append(
                Waiting(
                    record,
                    flow.label,
                    record.title,
                    flow.described_by(record),
                    record.get_absolute_url(),
                    state,
                    moves,
                    record.due_on,
                )
            )
    return sorted(found, key=lambda item: item.due_on or date.max)[:limit]


def pending(actor: Actor) -> list[QuerySet]:
    """All that waits, one set of rows per kind of record."""
    asked = ((flow, flow.waiting(actor)) for flow in workflow.every())
    return [flow.model._default_manager.filter(q) for flow, q in asked if q != NOTHING]
