"""The processes of the room: a station, a turn of duty, a rota, a request for an appointment (domain §2.4)."""

from . import appointments, duty, places, rota

__all__ = ["appointments", "duty", "places", "rota"]
