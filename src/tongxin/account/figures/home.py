"""What the home of a leader shows of the year: a few numbers, each of which opens."""

from __future__ import annotations

from typing import Any

from tongxin.kernel.actor import Actor
from tongxin.kernel.home import Panel
from tongxin.kernel.rules import Gate
from tongxin.people import roles

from . import queries

CODES = ("C01", "C03", "C04", "C06", "C08")  # heard, answered, answered in time, satisfied, still open


def load(actor: Actor) -> dict[str, Any] | None:
    """This year's numbers of the chain; None before there is an assembly."""
    about = queries.asked(actor, "", None)
    if about is None:
        return None
    lines = {answer.figure.code: queries.line(about, answer) for answer in queries.answers(about)}
    return {"lines": [lines[code] for code in CODES if code in lines], "year": about.scope.year}


PANEL = Panel(
    "figures/panel.html",
    Gate(lambda actor: actor.has(roles.LEADER, roles.SECRETARY_GENERAL), ""),
    load,
    order=1,
)
