"""The figures of the room: stations, and what happens at them."""

from . import duty, places

__all__ = ["duty", "places"]
