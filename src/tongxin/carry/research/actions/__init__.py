"""What the room's moves change beyond the state. Called only by the door."""

from . import handling, reports

__all__ = ["handling", "reports"]
