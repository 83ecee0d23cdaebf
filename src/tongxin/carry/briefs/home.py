"""What the home shows of briefs to those who write them: where each stands."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tongxin.kernel.actor import Actor
from tongxin.kernel.home import Panel
from tongxin.kernel.rules import Gate
from tongxin.people import roles

from . import policy, queries

SHOWN = 4


def mine(actor: Actor) -> dict[str, Any] | None:
    """The writer's newest texts; None for somebody who has written none."""
    found = queries.mine(actor)[:SHOWN]
    rows = [(brief, queries.state_of(actor, brief)) for brief in found]
    return {"rows": rows, "url": reverse("briefs:mine")} if rows else None


PANEL = Panel(
    "briefs/panel.html",
    Gate(lambda actor: actor.has(roles.MEMBER, roles.STATION) and not policy.is_staff(actor), ""),
    mine,
    order=21,
)
