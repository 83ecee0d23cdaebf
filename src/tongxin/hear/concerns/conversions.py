"""How later rooms carry a concern further: as a brief, a proposal, a topic of consultation.

A room registers its move from `AppConfig.ready()` and reports back with `converted_outcome` when something came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.forms import MoveForm
from tongxin.kernel.rules import Rule
from tongxin.kernel.workflow import Move

from . import policy
from .actions import reach_triage
from .clocks import HANDLE_CLOCK
from .models import Concern
from .workflow import CONCERNS, UNDECIDED


def register_conversion(
    name: str,
    label: Any,
    past: Any,
    *,
    act: Callable[..., Any],
    source: str,
    who: Rule = policy.handle,
    form: type[MoveForm] = MoveForm,
    icon: str = "arrow-up-right",
    hint: Any = "",
) -> Move:
    """Add a move that carries a concern into another room; returns it.

    `act(concern, by, now, **cleaned)` makes the other room's record (through the door) and returns the facts for the
    journal; `past` may name them as `{fact}`. The concern waits in `converted` until `converted_outcome` is called.
    """
    move = Move(
        name, label, past, UNDECIDED, "converted", who, source, form=form, act=_carried(act),
        meets=("triage", "handle"), starts=(HANDLE_CLOCK,), icon=icon, hint=hint,
    )  # fmt: skip
    CONCERNS.add(move)
    return move


def _carried(act: Callable[..., Any]) -> Callable[..., Any]:
    """The `act` with what every decision on a concern does: it counts as triaged."""

    def acting(concern: Concern, by: Actor, now: datetime, **cleaned: Any) -> Any:
        reach_triage(concern, now)
        return act(concern, by, now, **cleaned)

    return acting


def converted_outcome(concern: Concern, by: Actor, *, result: str, text: str, now: datetime | None = None) -> Concern:
    """What came of it in the other room: the concern goes on to `outcome`, and the person is to be told.

    `result` is a code of the list `concerns.result`. Raises like `door.perform`.
    """
    return door.perform(concern, "settle", by, {"result": result, "text": text}, now=now)
