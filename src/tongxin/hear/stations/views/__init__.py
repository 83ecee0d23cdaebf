"""The pages of the room: stations, duty, absences, requests for appointments, rotas, what is kept about a station."""

from . import appointments, away, duty, feeds, keeping, places, rota

__all__ = ["appointments", "away", "duty", "feeds", "keeping", "places", "rota"]
