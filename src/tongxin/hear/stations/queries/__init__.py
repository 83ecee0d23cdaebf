"""Reads of the room, one module for each subject. Nothing here writes."""

from . import appointments, calendar, duty, keeping, places, rota

__all__ = ["appointments", "calendar", "duty", "keeping", "places", "rota"]
