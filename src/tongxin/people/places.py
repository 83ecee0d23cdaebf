"""Which county a member belongs to. Rooms that know better than the register of seats say so here, so that others can
ask without knowing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from .models import Member

_KNOWN: list[Callable[[], Any]] = []


def know(county: Callable[[], Any]) -> None:
    """`county` makes an expression over members: the county's assembly, or null. What is known first goes first."""
    if county not in _KNOWN:
        _KNOWN.append(county)


def county_of_member() -> Any:
    """What rooms know; else the county in whose own assembly the same person sits."""
    seats = Member.objects.filter(
        person=OuterRef("person"), state__in=("active", "leave"), assembly__parent=OuterRef("assembly")
    )
    seat = Subquery(seats.order_by("pk").values("assembly")[:1])
    return Coalesce(*(county() for county in _KNOWN), seat) if _KNOWN else seat
