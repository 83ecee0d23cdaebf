"""Reads for the signed-in home and the health check."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import inbox, navigation, notices, search
from tongxin.kernel.actor import Actor
from tongxin.kernel.inbox import Waiting
from tongxin.kernel.models import TaskRun

SHOWN = 50  # lines of the inbox at first; `ALL` when asked for
ALL = navigation.COUNTED_AT_MOST
NEWS = 6
WEEK = 7  # days


@dataclass(frozen=True)
class Pile:
    """Part of the inbox: what is due in the same stretch of time. `key` is its anchor in the page.

    `count` is how many there are, also those that the page does not list; None when that is not counted.
    """

    key: str
    label: str
    items: list[Waiting]
    count: int | None


@dataclass(frozen=True)
class News:
    """What the actor was told of. `who` is empty for what nobody did by hand, `url` when the record has no page."""

    at: datetime
    title: str
    who: str
    about: str
    line: str
    url: str


def urgent(actor: Actor) -> dict[str, int]:
    """How much that waits for the actor is overdue, due today and due within a week; one query."""
    today = timezone.localdate()
    soon = today + timedelta(days=WEEK)
    parts = [
        rows.filter(due_on__lte=soon)
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(
            late=Count("pk", filter=Q(due_on__lt=today)),
            now=Count("pk", filter=Q(due_on=today)),
            soon=Count("pk", filter=Q(due_on__gt=today)),
        )
        .values_list("late", "now", "soon")
        for rows in inbox.pending(actor)
    ]
    counted = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]) if parts else []
    overdue, due_today, week = (sum(row[n] for row in counted) for n in range(3))
    return {"overdue": overdue, "today": due_today, "week": week}


def piles(items: list[Waiting], counts: dict[str, int], *, whole: bool) -> list[Pile]:
    """The inbox by urgency, empty piles left out. `whole`: nothing is missing from `items`."""
    today = timezone.localdate()
    labels = {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "week": _("Within a week"),
        "later": _("Later"),
        "undated": _("No time limit"),
    }
    sorted_out: dict[str, list[Waiting]] = defaultdict(list)
    for item in items:
        sorted_out[_pile_of(item.due_on, today)].append(item)
    return [
        Pile(key, label, sorted_out[key], len(sorted_out[key]) if whole else counts.get(key))
        for key, label in labels.items()
        if sorted_out[key]
    ]


def _pile_of(due_on: date | None, today: date) -> str:
    if due_on is None:
        return "undated"
    if due_on <= today:
        return "overdue" if due_on < today else "today"
    return "week" if due_on <= today + timedelta(days=WEEK) else "later"


def news(actor: Actor) -> list[News]:
    """The newest unread notices with the records they are about; one query per kind of record.

    A record that is no longer for the actor's eyes (referred elsewhere, a role given back) is not named.
    """
    rows = notices.unread(actor, NEWS)
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row["record"].record_type].add(row["record"].record_id)
    found = {kind: search.sees(actor, apps.get_model(kind), ids) for kind, ids in wanted.items()}
    return [_news(row, found[row["record"].record_type].get(row["record"].record_id)) for row in rows]


def _news(row: dict[str, Any], record: Any) -> News:
    url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    about = str(getattr(record, "title", None) or record or "")
    by_hand = row["record"].actor_kind == "user"
    line = search.line(record) if record else ""
    return News(row["at"], row["event"].title, row["event"].who if by_hand else "", about, line, url)


def heartbeat() -> datetime | None:
    """When the worker last started a recurring task; None when it never did."""
    return TaskRun.objects.aggregate(last=Max("last"))["last"]
