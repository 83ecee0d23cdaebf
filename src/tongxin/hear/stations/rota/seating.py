"""Which seat of an hour is whose: a rota's turns fill the seats that its rules want, appointments stand beside them.

Seats of one station, day and hour are told apart by their number, whoever sits there: no two turns have the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from itertools import count
from typing import TYPE_CHECKING, Any

from ..models import DutyTurn

if TYPE_CHECKING:
    from .planning import Seat

Place = tuple  # station, day, beginning


def place_of(turn: DutyTurn) -> Place:
    return turn.station_id, turn.on, turn.begins


def still_to_fill(wanted: Iterable[Seat], changing: Iterable[DutyTurn], settled: Iterable[DutyTurn]) -> list[Seat]:
    """The seats that no settled turn of a rota fills, numbered from the first that is free.

    Turns that may still change keep their number, so that working out again finds them.
    """
    filled, numbers = Counter[Any](), defaultdict[Any, set[int]](set)
    own = defaultdict[Any, list[int]](list)
    for turn in settled:
        numbers[place_of(turn)].add(turn.seat)
        filled[place_of(turn), turn.who] += turn.rota_id is not None
    for turn in changing:
        numbers[place_of(turn)].add(turn.seat)
        own[place_of(turn), turn.who].append(turn.seat)
    found = []
    for seat in wanted:
        place: Place = (seat.station, seat.day, seat.begins)
        if filled[place, seat.who]:
            filled[place, seat.who] -= 1
        elif own[place, seat.who]:
            found.append(replace(seat, number=_take_lowest(own[place, seat.who])))
        else:
            found.append(replace(seat, number=_take_free(numbers[place])))
    return found


def fresh_rows(slots: Iterable[dict[str, Any]], others: Iterable[DutyTurn]) -> list[dict[str, Any]]:
    """The rows of a plan that have no turn yet, fitted to the `others` that hold a seat now.

    A seat that a rota filled while the plan lay there needs nobody more; one that an appointment took is had under
    another number. Whoever has a turn of those on a day is not sent a second time: that row stays open.
    """
    held = {(*_written(turn.station_id, turn.on, turn.begins), turn.seat): turn for turn in others}
    busy = {(turn.member_id, turn.on.isoformat()) for turn in held.values()}
    numbers: dict[Place, set[int]] = defaultdict(set)
    for key in held:
        numbers[key[:-1]].add(key[-1])
    rows = list(slots)
    for row in rows:
        numbers[row["station"], row["on"], row["begins"]].add(row["seat"])
    found = []
    for row in rows:
        place = row["station"], row["on"], row["begins"]
        there = held.get((*place, row["seat"]))
        if row["turn"] is not None or (there and there.rota_id is not None and there.who == row["who"]):
            continue
        number = _take_free(numbers[place]) if there else row["seat"]
        member = None if (row["member"], row["on"]) in busy else row["member"]
        found.append(row | {"seat": number, "member": member})
    return found


def _written(station: int, day: Any, begins: time) -> tuple:
    """A place as a plan's rows write it."""
    return station, day.isoformat(), f"{begins:%H:%M}"


def _take_lowest(numbers: list[int]) -> int:
    numbers.sort()
    return numbers.pop(0)


def _take_free(numbers: set[int]) -> int:
    """The first number that is not among these; it is then."""
    free = next(n for n in count() if n not in numbers)
    numbers.add(free)
    return free
