"""What the home shows of concerns to those who decide nothing about them: what is late, or what they brought in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tongxin.kernel.actor import Actor
from tongxin.kernel.home import Panel
from tongxin.kernel.rules import Gate
from tongxin.people import roles

from . import queries

SHOWN = 5


def late(actor: Actor) -> dict[str, Any] | None:
    """The longest overdue ones; None when nothing is."""
    return _panel(actor, queries.Filters(overdue=True), "?overdue=1")


def brought(actor: Actor) -> dict[str, Any] | None:
    """The newest that a member or station wrote down or received, and where they stand; None when there are none."""
    return _panel(actor, queries.Filters(q=""), "")


def _panel(actor: Actor, filters: queries.Filters, address: str) -> dict[str, Any] | None:
    found = queries.queue(actor, filters).concerns[:SHOWN]
    if not found:
        return None
    rows = [(concern, queries.state_of(actor, concern), queries.due_of(actor, concern)) for concern in found]
    return {"rows": rows, "url": reverse("concerns:queue") + address, "late": filters.overdue}


PANELS = (
    Panel(
        "concerns/panel.html",
        Gate(lambda actor: actor.has(roles.LEADER, roles.SECRETARY_GENERAL), ""),
        late,
        order=2,
    ),
    Panel(
        "concerns/panel.html",
        Gate(lambda actor: actor.has(roles.MEMBER, roles.STATION) and not actor.has(roles.OFFICE, roles.LEADER), ""),
        brought,
        order=20,
    ),
)
