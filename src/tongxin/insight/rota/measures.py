"""What a rota is worth, looked for without any solver: its faults, its fairness, the plain way to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .solver import Problem, Slot


def may(problem: Problem, slot: Slot, person: int) -> bool:
    """Whether somebody may take a slot: of its pool, not away, not on duty elsewhere that day already."""
    pool = problem.pools[slot.pool]
    belongs = person in pool.fits or person in problem.crowds.get(pool.crowd, ())
    return belongs and problem.free(person, slot.day)


def score(problem: Problem, chosen: Mapping[Hashable, int]) -> tuple[int, int]:
    """(open slots, sum of squared loads): smaller is better, the first before the second."""
    loads = Counter(problem.base)
    loads.update(chosen.values())
    people = {p for slot in problem.slots for p in problem.people_of(problem.pools[slot.pool])}
    return len(problem.slots) - len(chosen), sum(loads[p] ** 2 for p in people)


def faults(problem: Problem, chosen: Mapping[Hashable, int]) -> list[str]:
    """What a plan does that it must not; looked for without any solver."""
    found = []
    days: Counter = Counter((s.person, s.day) for s in problem.settled)
    months: Counter = Counter(problem.used)
    for slot in problem.slots:
        person = chosen.get(slot.key)
        if person is None:
            continue
        if not may(problem, slot, person):
            found.append(f"{person} cannot take {slot.key}")
        days[person, slot.day] += 1
        months[person, slot.month] += 1
    found += [f"{person} is on duty twice on {day}" for (person, day), n in days.items() if n > 1]
    touched = {(chosen[s.key], s.month) for s in problem.slots if s.key in chosen}
    found += [f"{p} has {months[p, m]} turns in {m}" for p, m in touched if months[p, m] > problem.per_month]
    return found


def gap(problem: Problem, chosen: Mapping[Hashable, int]) -> int:
    """The largest difference in turns between somebody and one who could take one of these turns over, 0 when none."""
    loads = Counter(problem.base)
    loads.update(chosen.values())
    busy = {(s.person, s.day) for s in problem.settled}
    months: Counter = Counter(problem.used)
    for slot in problem.slots:
        if (person := chosen.get(slot.key)) is not None:
            busy.add((person, slot.day))
            months[person, slot.month] += 1
    worst = 0
    for slot in problem.slots:
        holder = chosen.get(slot.key)
        if holder is None or loads[holder] <= worst:
            continue
        for other in problem.people_of(problem.pools[slot.pool]):
            more = loads[holder] - loads[other]
            if more <= worst or other == holder or (other, slot.day) in busy:
                continue
            if may(problem, slot, other) and months[other, slot.month] < problem.per_month:
                worst = more
    return worst


def in_turn(problem: Problem) -> dict[Hashable, int]:
    """The plain way, to compare with: day by day, whoever comes next in the list and can."""
    chosen: dict[Hashable, int] = {}
    days = {(s.person, s.day) for s in problem.settled}
    months: Counter = Counter(problem.used)
    pointer: Counter = Counter()
    for slot in sorted(problem.slots, key=lambda s: (s.day, str(s.key))):
        pool = problem.pools[slot.pool]
        people = sorted(problem.people_of(pool))
        line = pool.crowd or slot.pool
        for step in range(len(people)):
            person = people[(pointer[line] + step) % len(people)]
            if (person, slot.day) in days or not problem.free(person, slot.day):
                continue
            if months[person, slot.month] < problem.per_month:
                chosen[slot.key] = person
                days.add((person, slot.day))
                months[person, slot.month] += 1
                pointer[line] = (pointer[line] + step + 1) % len(people)
                break
    return chosen
