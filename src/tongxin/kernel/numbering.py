"""Gapless numbers per assembly, series and period, safe under concurrency.

The counter's row is locked until the caller's transaction ends: a number that was taken is either used or given back.
"""

from __future__ import annotations

from django.db import transaction

from .models import Sequence


def lock(assembly_id: int, series: str, period: str = "") -> Sequence:
    """The counter's row, locked until the transaction ends. Must run inside `transaction.atomic()`."""
    key = {"assembly_id": assembly_id, "series": series, "period": period}
    found = Sequence.objects.select_for_update().filter(**key).first()
    if found is None:
        # Two first comers: one inserts, the other's insert is ignored; then both queue for the lock.
        Sequence.objects.bulk_create([Sequence(**key)], ignore_conflicts=True)
        found = Sequence.objects.select_for_update().get(**key)
    return found


def take(assembly_id: int, series: str, period: str, count: int = 1) -> int:
    """Take `count` consecutive numbers and return the first."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number must be taken in the transaction that uses it")
    counter = lock(assembly_id, series, period)
    counter.value += count
    counter.save(update_fields=["value"])
    return counter.value - count + 1
