"""The forms of the room's moves: the same check for pages, the demo and whatever comes later."""

from . import appointments, away, duty, fields, keeping, places, rota

__all__ = ["appointments", "away", "duty", "fields", "keeping", "places", "rota"]
