"""What one room tells the others without knowing them: a duty turn was done, a visit became a concern.

A room announces inside its own transaction; whoever listens acts in the same one, so that a fact is recorded once and
everything that follows from it stands or falls with it. Listeners register from `AppConfig.ready()`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .actor import Actor


@dataclass(frozen=True)
class Event:
    """`name` is `room.what`; `record` is what it happened to, `data` what a listener needs of it."""

    name: str
    record: Any
    by: Actor
    at: datetime
    data: dict[str, Any]


_LISTENERS: dict[str, list[Callable[[Event], object]]] = defaultdict(list)


def listen(name: str, listener: Callable[[Event], object]) -> None:
    """Call the listener for every event of this name, in the order of registering."""
    if listener not in _LISTENERS[name]:
        _LISTENERS[name].append(listener)


def announce(name: str, record: Any, by: Actor, at: datetime, **data: Any) -> None:
    """Tell all listeners now; what one raises undoes the whole move."""
    event = Event(name, record, by, at, data)
    for listener in _LISTENERS[name]:
        listener(event)
