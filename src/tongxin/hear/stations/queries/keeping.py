"""Reads of a station's check lists; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongxin.kernel import options

from ..lists import CHECKLISTS
from ..models import Station, StationCheck


@dataclass(frozen=True)
class Item:
    """One thing of a check list with its newest finding."""

    list: str
    code: str
    label: str
    source: str
    check: StationCheck | None


def checklists(station: Station) -> list[tuple[Any, list[Item]]]:
    """Five on the wall, five haves, four functions: each thing with its newest evidence; one query."""
    newest: dict[tuple[str, str], StationCheck] = {}
    for check in station.checks.select_related("picture", "created_by").order_by("id"):
        newest[check.list, check.code] = check
    found = []
    for key in CHECKLISTS:
        items = [
            Item(key, choice.code, choice.label, choice.source, newest.get((key, choice.code)))
            for choice in options.choices(station.assembly_id, key)
        ]
        found.append((options.list_definition(key).label, items))
    return found
