"""Entering honours, and putting awards and honours right, through the door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongxin.carry.recognition.actions import stored
from tongxin.kernel import door
from tongxin.kernel.actor import Actor

from . import policy
from .models import Honour, ReportAward

AWARD_FIELDS = ("name", "issuer", "level", "grade", "year", "on", "note", "void")
HONOUR_FIELDS = ("kind", "occasion", "issuer", "on", "note")


def award(found: ReportAward, by: Actor, told: dict[str, Any], *, version: int | None = None) -> ReportAward:
    """Change what stands of a prize; a file that is sent takes the place of the one kept."""
    changes = {name: told[name] for name in AWARD_FIELDS}
    if told.get("evidence"):
        changes["evidence"] = stored(told["evidence"], found, by)
    return door.revise(found, by, changes, policy.correct_award, version=version)


def enter_honour(by: Actor, told: dict[str, Any], *, now: datetime | None = None) -> Honour:
    made = Honour(assembly=by.assembly, **{name: told[name] for name in HONOUR_FIELDS})
    return door.establish(made, by, policy.keep_honours, now=now)


def honour(found: Honour, by: Actor, told: dict[str, Any], *, version: int | None = None) -> Honour:
    changes = {name: told[name] for name in (*HONOUR_FIELDS, "void")}
    return door.revise(found, by, changes, policy.keep_honours, version=version)
