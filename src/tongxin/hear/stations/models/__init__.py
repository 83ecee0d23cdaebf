"""The room's tables: the places, who is on duty when, and what is kept about a place."""

from .appointments import Appointment
from .duty import DutyTurn, DutyVisit, Rota, RotaPlan, RotaRule, Unavailability
from .keeping import CalendarFeed, StationCheck
from .places import Station, StationMember

__all__ = [
    "Appointment",
    "CalendarFeed",
    "DutyTurn",
    "DutyVisit",
    "Rota",
    "RotaPlan",
    "RotaRule",
    "Station",
    "StationCheck",
    "StationMember",
    "Unavailability",
]
