"""Reads for the signed-in home and the health check."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import inbox, navigation, notices, search
from tongxin.kernel.actor import Actor
from tongxin.kernel.inbox import Waiting
from tongxin.kernel.models import TaskRun

SHOWN = 50  # lines of the inbox at first; `ALL` when asked for
ALL = navigation.COUNTED_AT_MOST
NEWS = 6


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
    return "week" if due_on <= today + timedelta(days=inbox.WEEK) else "later"


@dataclass(frozen=True)
class Home:
    """What waits for somebody, what he was told of, and the numbers of the navigation."""

    items: list[Waiting]
    news: list[News]
    counts: dict[str, int]
    nav: dict[str, int]


def home(actor: Actor, limit: int) -> Home:
    """Two queries, and one for each kind of record that waits or is spoken of.

    A record that is no longer for the actor's eyes (referred elsewhere, a role given back) is not named.
    """
    found, rows = inbox.find(actor, limit, navigation.statements(actor)), notices.unread(actor, NEWS)
    told: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        told[row["record"].record_type].add(row["record"].record_id)
    records = inbox.load(actor, found.ids, told)
    news = [_news(row, records[row["record"].record_type].get(row["record"].record_id)) for row in rows]
    counts = {"overdue": found.overdue, "today": found.today, "week": found.week}
    return Home(inbox.lines(actor, found.ids, records, limit), news, counts, found.beside)


def _news(row: dict[str, Any], record: Any) -> News:
    url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    about = str(getattr(record, "named", None) or getattr(record, "title", None) or record or "")
    by_hand = row["record"].actor_kind == "user"
    line = search.line(record) if record else ""
    return News(row["at"], row["event"].title, row["event"].who if by_hand else "", about, line, url)


def heartbeat() -> datetime | None:
    """When the worker last started a recurring task; None when it never did."""
    return TaskRun.objects.aggregate(last=Max("last"))["last"]
