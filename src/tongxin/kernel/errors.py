"""What the door refuses with. `kernel.web` turns each into a page, the command line into a sentence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied


class DoorError(Exception):
    """A change that was not made; nothing was written."""


class NotAllowed(DoorError):
    """The actor may not make this move. To the outside it is as if the move did not exist (404)."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


class IllegalMove(DoorError):
    """The record's state does not allow the move (409); `possible` are the moves the actor may make instead."""

    def __init__(self, record: Any, move: str, possible: list) -> None:
        super().__init__(f"“{move}” is not possible in state “{record.state}”")
        self.record, self.move, self.possible = record, move, possible


class Invalid(DoorError):
    """The move's data did not pass its form; `form` is bound and holds what was typed."""

    def __init__(self, form: Any) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
        self.form = form


class Stale(DoorError):
    """Somebody changed the record since the form was shown (409). `entry` is their journal entry."""

    def __init__(self, record: Any, entry: Any) -> None:
        super().__init__(f"{record} was changed meanwhile")
        self.record, self.entry = record, entry


class GateClosed(PermissionDenied):
    """The page is not for this actor (403, with the reason)."""
