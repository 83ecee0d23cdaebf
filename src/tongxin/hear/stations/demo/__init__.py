"""The room's part of the demo: the stations, and their year of duty."""

from . import duty, places

__all__ = ["duty", "places"]
