"""Which seat of an hour is whose: a rota's turns fill the seats that its rules want, appointments stand beside them.

Seats of one station, day and hour are told apart by their number, whoever sits there: no two turns have the same.
"""

from __future__ import annotations

from collections import defaultdict
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


def still_to_fill(
    wanted: Iterable[Seat], changing: Iterable[DutyTurn], settled: Iterable[DutyTurn]
) -> tuple[list[Seat], dict[int, Seat]]:
    """The seats that no settled turn of a rota fills, numbered from the first that is free; and the settled turns by
    their id that fill a seat which ends at another time now.

    Turns that may still change keep their number, so that working out again finds them. Where several stand at one
    hour, each is matched first to a seat that ends when it does.
    """
    numbers: dict[Place, set[int]] = defaultdict(set)
    groups: list[dict[tuple, list[DutyTurn]]] = []
    for turns in (settled, changing):
        held: dict[tuple, list[DutyTurn]] = defaultdict(list)
        for turn in turns:
            numbers[place_of(turn)].add(turn.seat)
            if turn.rota_id is not None:
                held[(*place_of(turn), turn.who)].append(turn)
        for there in held.values():
            there.sort(key=lambda turn: turn.seat)
        groups.append(held)
    seats = list(wanted)
    of_settled = _match(seats, groups[0], {})
    of_changing = _match(seats, groups[1], of_settled)
    found = []
    for n, seat in enumerate(seats):
        if n in of_changing:
            found.append(replace(seat, number=of_changing[n].seat))
        elif n not in of_settled:
            found.append(replace(seat, number=_take_free(numbers[seat.station, seat.day, seat.begins])))
    return found, {turn.pk: seats[n] for n, turn in of_settled.items() if turn.ends != seats[n].ends}


def _match(seats: list[Seat], held: dict[tuple, list[DutyTurn]], taken: dict[int, DutyTurn]) -> dict[int, DutyTurn]:
    """Which turn fills which seat, by the seat's place in the list; none that is taken already."""
    found: dict[int, DutyTurn] = {}
    for same_end in (True, False):
        for n, seat in enumerate(seats):
            there = held.get((seat.station, seat.day, seat.begins, seat.who), [])
            fits = next((turn for turn in there if not same_end or turn.ends == seat.ends), None)
            if fits is not None and n not in found and n not in taken:
                there.remove(fits)
                found[n] = fits
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


def _take_free(numbers: set[int]) -> int:
    """The first number that is not among these; it is then."""
    free = next(n for n in count() if n not in numbers)
    numbers.add(free)
    return free
