"""What happens to a rota beyond its state. Called only by the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongxin.kernel.actor import Actor

from ..models import Rota
from ..rota import planning, publishing
from .duty import Facts


def draft(by: Actor, now: datetime, **told: Any) -> Rota:
    return Rota(assembly=by.assembly, **told)


def adjust(rota: Rota, by: Actor, now: datetime, **told: Any) -> Facts:
    for name, value in told.items():
        setattr(rota, name, value)
    return {}


def ask_for_plan(rota: Rota, by: Actor, now: datetime) -> Facts:
    planning.ask(rota, by, now)
    return {}


def publish(rota: Rota, by: Actor, now: datetime) -> Facts:
    rota.published_at = now
    return {}


def carry_out(rota: Rota, by: Actor, now: datetime) -> Facts:
    """All that the newest plan proposes, or nothing of it."""
    done = publishing.carry_out(rota, by, now)
    return {"made": done.made, "changed": done.changed, "cancelled": done.cancelled}
