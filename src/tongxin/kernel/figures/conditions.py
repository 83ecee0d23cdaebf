"""Conditions as values of SQL."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Q,
    Value,
    When,
)


def holds(q: Q) -> Any:
    """`q` as a yes or no for every row; what SQL leaves undecided is no."""
    if not q:
        return Value(True)
    return Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())


def how_many(q: Q) -> Count:
    return Count("pk", filter=q) if q else Count("pk")
