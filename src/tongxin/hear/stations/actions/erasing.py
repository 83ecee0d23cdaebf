"""Whoever is forgotten goes from the free texts of turns and of requests for appointments, in which nobody is to be
named and somebody may be all the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.personal import blot_out

from ..models import Appointment, DutyTurn

TEXTS: dict[type, tuple[str, ...]] = {DutyTurn: ("summary", "purpose"), Appointment: ("matter", "reply", "purpose")}


def without(record: DutyTurn | Appointment, name: str, phone: str) -> dict[str, str]:
    """Those texts of the record that hold the name or number, without it."""
    texts = {field: getattr(record, field) for field in TEXTS[type(record)]}
    return {field: clean for field, text in texts.items() if (clean := blot_out(text, name, phone)) != text}


def clear(record: DutyTurn | Appointment, name: str, phone: str) -> None:
    for field, text in without(record, name, phone).items():
        setattr(record, field, text)


def blot(rows: QuerySet[Any], names: Iterable[tuple[str, str]], now: datetime) -> None:
    """Take each of the names with its number out of those rows that hold it, through the door."""
    for record in rows.select_related("assembly").distinct():
        for name, phone in names:
            if without(record, name, phone):
                told = {"name": name, "phone": phone}
                record = door.perform(record, "blot", system("erasure", record.assembly), told, now=now)
