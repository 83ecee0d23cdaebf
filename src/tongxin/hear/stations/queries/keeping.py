"""Reads of a station's check lists; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from tongxin.hear.concerns import policy as concerns
from tongxin.kernel import options
from tongxin.kernel.actor import Actor

from ..lists import CHECKLISTS
from ..models import Station, StationCheck


def readable_concerns(actor: Actor, station: Station, year: int) -> set[int]:
    """Which of the concerns that were said at a station in a year the actor may open."""
    first, last = (timezone.make_aware(datetime(y, 1, 1)) for y in (year, year + 1))
    said = station.concerns.filter(said_at__gte=first, said_at__lt=last)
    return set(concerns.read.filter(actor, said).values_list("pk", flat=True))


@dataclass(frozen=True)
class Item:
    """One thing of a check list with its newest finding."""

    list: str
    code: str
    label: str
    source: str
    check: StationCheck | None


def checklists(station: Station, until: date | None = None) -> list[tuple[Any, list[Item]]]:
    """Five on the wall, five haves, four functions: each thing with its newest evidence, or with what was known of it
    at the end of a day; one query."""
    newest: dict[tuple[str, str], StationCheck] = {}
    checks = station.checks.filter(on__lte=until) if until else station.checks.all()
    for check in checks.select_related("picture", "created_by").order_by("id"):
        newest[check.list, check.code] = check
    found = []
    for key in CHECKLISTS:
        items = [
            Item(key, choice.code, choice.label, choice.source, newest.get((key, choice.code)))
            for choice in options.choices(station.assembly_id, key)
        ]
        found.append((options.list_definition(key).label, items))
    return found
