"""Addresses of the room."""

from . import duty, places

__all__ = ["duty", "places"]
