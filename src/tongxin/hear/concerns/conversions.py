"""How later rooms carry a concern further: as a brief, a proposal, a topic of consultation.

A room registers its move from `AppConfig.ready()` and reports back with `converted_outcome` when something came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.forms import MoveForm
from tongxin.kernel.rules import Gate, Rule
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
        meets=("triage",), starts=(HANDLE_CLOCK,), icon=icon, hint=hint,
    )  # fmt: skip
    CONCERNS.add(move)
    return move


@dataclass(frozen=True)
class Room:
    """What the desk offers of a room that carries concerns further.

    `together` is the route of a page that carries several at once (their ids as `id` in the address), offered under
    `label`; `places(actor, concern)` says where a concern went, as (words, address) pairs, as far as the
    actor may see it.
    """

    label: Any
    icon: str
    moves: tuple[str, ...]
    together: str
    gate: Gate
    places: Callable[[Actor, Concern], list[tuple[str, str]]]


_ROOMS: list[Room] = []


def register_room(room: Room) -> None:
    """Called once by the room, beside `register_conversion`."""
    _ROOMS.append(room)


def offered(actor: Actor) -> list[Room]:
    """The rooms into which the actor may carry several concerns at once."""
    return [room for room in _ROOMS if room.gate(actor)]


def places(actor: Actor, concern: Concern, verbs: set[str]) -> list[tuple[str, str]]:
    """Where a concern went by the moves in `verbs`, as far as the actor may see it; no query when it went nowhere."""
    return [place for room in _ROOMS if verbs & set(room.moves) for place in room.places(actor, concern)]


def _carried(act: Callable[..., Any]) -> Callable[..., Any]:
    """The `act` with what every decision on a concern does: it counts as triaged."""

    def acting(concern: Concern, by: Actor, now: datetime, **cleaned: Any) -> Any:
        reach_triage(concern, now)
        return act(concern, by, now, **cleaned)

    return acting


def given_up(concern: Concern, by: Actor, *, reason: str, now: datetime | None = None) -> Concern:
    """Nothing came of it in the other room: the concern waits to be handled again, and who looks after it is told.

    `by` is a system actor named for what gave it up. Raises like `door.perform`.
    """
    return door.perform(concern, "release", by, {"reason": reason}, now=now)


def told_before(concern: Concern) -> bool:
    """Whether what came of it was told, or waits to be told by a call: what comes later can be added."""
    return concern.answered_at is not None or concern.state == "outcome"


def told_more(concern: Concern, by: Actor, *, result: str, text: str, now: datetime | None = None) -> Concern:
    """More came of it in the other room after `converted_outcome`: it stands on the receipt page, beside the first
    answer. Raises like `door.perform`.
    """
    return door.perform(concern, "tell_more", by, {"result": result, "text": text}, now=now)


def converted_outcome(concern: Concern, by: Actor, *, result: str, text: str, now: datetime | None = None) -> Concern:
    """What came of it in the other room: the concern goes on to `outcome`, and the person is to be told.

    `result` is a code of the list `concerns.result`. Raises like `door.perform`.
    """
    return door.perform(concern, "settle", by, {"result": result, "text": text}, now=now)
