"""The pages of the room: the triage desk, and taking in a list."""

from . import desk, importing

__all__ = ["desk", "importing"]
