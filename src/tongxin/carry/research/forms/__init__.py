"""The forms of the room's moves: the report itself, and what is handed on to a body."""

from . import handling, reports

__all__ = ["handling", "reports"]
