"""Rows of several kinds in one query: their ids first, then the records of those kinds that have any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Value


def first_of_each(rows: Iterable[QuerySet], limit: int) -> dict[str, Any]:
    """Of each set of rows (of different models) the ids of the first `limit`, in no order, by the kind's name.

    One query, whatever the number of kinds; a kind without rows is missing. A single kind needs none of its own: the
    ids are those of its rows, still to be asked for.
    """
    rows = list(rows)
    if len(rows) == 1:
        return {rows[0].model._meta.label_lower: rows[0][:limit].values("pk")}
    parts = [
        each.model._default_manager.filter(pk__in=each[:limit].values("pk"))
        .order_by()
        .values_list(Value(each.model._meta.label_lower), "pk")
        for each in rows
    ]
    found: dict[str, list[int]] = defaultdict(list)
    if parts:
        for kind, pk in parts[0].union(*parts[1:], all=True):
            found[kind].append(pk)
    return dict(found)
