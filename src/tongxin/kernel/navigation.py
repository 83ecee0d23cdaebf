"""The pages a signed-in person can go to; rooms register theirs, the shell draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .actor import Actor
from .rules import Gate

COUNTED_AT_MOST = 1000  # nobody needs the exact number of a queue that long

GROUPS: dict[str, Any] = {
    "mine": _("Mine"),
    "hear": _("Hear"),
    "carry": _("Carry"),
    "account": _("Account"),
    "manage": _("Manage"),
}


@dataclass(frozen=True)
class Entry:
    """`tab` puts it in the phone's bottom bar; `pending(actor)` are the records whose number stands behind it."""

    group: str
    label: Any
    url_name: str
    icon: str
    gate: Gate
    order: int
    tab: bool = False
    pending: Callable[[Actor], list[QuerySet]] | None = None


_ENTRIES: list[Entry] = []
_OFFLINE: list[tuple[str, Gate]] = []


def register(*entries: Entry) -> None:
    for entry in entries:
        if entry.group not in GROUPS:
            raise KeyError(f"no navigation group “{entry.group}”")
        _ENTRIES.append(entry)


def offline(url_name: str, gate: Gate) -> None:
    """A page that a device keeps for whoever may open it, so that it opens without a line. Only what its own form
    needs may stand on it."""
    _OFFLINE.append((url_name, gate))


def offline_pages(actor: Actor) -> list[str]:
    """The `url_name`s of the pages that this actor's device keeps."""
    return [name for name, gate in _OFFLINE if gate(actor)]


def entries(actor: Actor) -> list[Entry]:
    """What this actor may open, in order."""
    order = list(GROUPS)
    allowed = (entry for entry in _ENTRIES if entry.gate(actor))
    return sorted(allowed, key=lambda entry: (order.index(entry.group), entry.order))


def statements(actor: Actor) -> list[tuple[str, str, tuple[Any, ...]]]:
    """What counts the numbers behind the entries: name, SQL that gives one number up to `COUNTED_AT_MOST`, parameters.

    A name can stand there several times; its numbers are added up.
    """
    asked = [
        (entry.url_name, rows.order_by()[:COUNTED_AT_MOST].values("pk"))
        for entry in entries(actor)
        if entry.pending
        for rows in entry.pending(actor)
    ]
    return [(name, *_counting(rows)) for name, rows in asked]


def _counting(rows: QuerySet) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return "(SELECT 0)", ()
    return f"(SELECT COUNT(*) FROM ({sql}) counted)", tuple(values)  # noqa: S608 - Django made it, values stay apart


def counts(actor: Actor) -> dict[str, int]:
    """The numbers behind the entries by `url_name`; one query for all."""
    asked = statements(actor)
    found = dict.fromkeys([name for name, _sql, _values in asked], 0)
    if asked:
        with connection.cursor() as cursor:
            parts, values = [sql for _name, sql, _values in asked], [v for _name, _sql, values in asked for v in values]
            cursor.execute("SELECT " + ", ".join(parts), values)
            for (name, _sql, _values), number in zip(asked, cursor.fetchone(), strict=True):
                found[name] += number
    return found
