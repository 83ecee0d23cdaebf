"""What the moves of the room change beyond the state. Called only by the door; `now` is passed in."""

from . import appointments, duty, places, rota

__all__ = ["appointments", "duty", "places", "rota"]
