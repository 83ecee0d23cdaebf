"""Turns of one person kept apart: two people change places where that helps, and nothing else is lost. Pure.

It begins where the fair plan is found and proven. A change of places leaves everybody as many turns as before, so the
proof of fairness holds; it never undoes a turn that stays with whoever had it, nor makes the two together fit worse:
whoever belongs to a station is there for its people, on whatever day. The spacing itself is a wish: it is brought
about as far as changes of places go, and what stays closer is told.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from .measures import may

if TYPE_CHECKING:
    from .solver import Problem, Slot

ROUNDS = 3  # the third finds next to nothing any more
TRIES = 60  # places tried for one turn
LOOKS = 600  # and looked at, those included where somebody would fit worse
MUCH = 8  # how much more a day short of the wish counts than one short of an even spread


@dataclass(frozen=True)
class Close:
    """Two turns of one person with fewer days between them than wished."""

    person: int
    first: date
    second: date

    @property
    def days(self) -> int:
        return (self.second - self.first).days


def close(problem: Problem, chosen: Mapping[Hashable, int]) -> list[Close]:
    """The turns of a plan that follow sooner than wished, the soonest first; settled ones alone are not the plan's."""
    days: dict[int, dict[date, bool]] = defaultdict(dict)
    for person, found in _settled(problem).items():
        days[person] |= dict.fromkeys(found, False)
    for slot in problem.slots:
        if slot.key in chosen:
            days[chosen[slot.key]][slot.day] = True
    pairs = [
        Close(person, a, b)
        for person, mine in days.items()
        for a, b in pairwise(sorted(mine))
        if (mine[a] or mine[b]) and (b - a).days < problem.apart
    ]
    return sorted(pairs, key=lambda pair: (pair.days, pair.first, pair.person))


def spread(problem: Problem, chosen: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """The same plan with people's turns further apart; every load stays as it is."""
    return _Spreader(problem, chosen).run()


def _settled(problem: Problem) -> dict[int, list[date]]:
    """The days on which somebody has a turn that this plan does not touch."""
    found = defaultdict(list, {person: list(days) for person, days in problem.around.items()})
    for turn in problem.settled:
        found[turn.person].append(turn.day)
    return found


class _Spreader:
    def __init__(self, problem: Problem, chosen: Mapping[Hashable, int]) -> None:
        self.problem, self.chosen = problem, dict(chosen)
        self.days: dict[int, list[int]] = defaultdict(list)
        self.months: Counter = Counter(problem.used)
        self.places: dict[int, list[Slot]] = defaultdict(list)
        self.mine: dict[int, list[Slot]] = defaultdict(list)
        for person, fixed in _settled(problem).items():
            self.days[person] += [day.toordinal() for day in fixed]
        for slot in problem.slots:
            if slot.key not in self.chosen:
                continue
            person = self.chosen[slot.key]
            self.days[person].append(slot.day.toordinal())
            self.months[person, slot.month] += 1
            if problem.earlier.get(slot.key) != person:  # what stays with whoever had it does not move
                self.places[slot.day.toordinal()].append(slot)
                self.mine[person].append(slot)
        for found in self.days.values():
            found.sort()
        days = sorted(self.places)
        span = days[-1] - days[0] + 1 if days else 0
        self.ordered = sorted(self.places)
        # Half of what an even spread would be: everything at once is not to be had, and the wish counts first.
        self.even = {p: max(problem.apart, span // (2 * len(found))) for p, found in self.days.items() if found}
        self.short = {even: self._table(even) for even in set(self.even.values())}

    def _table(self, even: int) -> list[int]:
        """What two turns so many days apart cost; nothing from the last entry on."""
        apart = self.problem.apart
        return [MUCH * max(0, apart - days) + max(0, even - days) for days in range(max(apart, even) + 1)]

    def run(self) -> dict[Hashable, int]:
        for _round in range(ROUNDS):
            if not any([self._move(person) for person in sorted(self.mine)]):
                break
        return self.chosen

    def _move(self, person: int) -> bool:
        """Give somebody's crowded turns away for others; whether any was."""
        moved = False
        for slot in list(self.mine[person]):
            day = slot.day.toordinal()
            if self._worth(person, day, without=day) and self._exchange(person, slot):
                moved = True
        return moved

    def _exchange(self, person: int, slot: Slot) -> bool:
        day, tries, looks = slot.day.toordinal(), 0, 0
        now = self._worth(person, day, without=day)
        for worth, other_day in self._better(person, day):
            for there in self.places[other_day]:
                other = self.chosen[there.key]
                looks += 1
                if looks > LOOKS:
                    return False
                if self._fit_worse(person, slot, other, there):
                    continue
                tries += 1
                if tries > TRIES:
                    return False
                if now - worth + self._gain(other, other_day, day) > 0 and self._may(person, slot, other, there):
                    self._swap(person, slot, other, there)
                    return True
        return False

    def _fit_worse(self, person: int, slot: Slot, other: int, there: Slot) -> bool:
        """Whether the two together fit worse where they would go."""
        here, far = self.problem.pools[slot.pool], self.problem.pools[there.pool]
        distance = self.problem.distance
        before = distance(here, person) + distance(far, other)
        return distance(far, person) + distance(here, other) > before

    def _better(self, person: int, day: int) -> list[tuple[int, int]]:
        """Days that keep more distance from the person's other turns than this one does, the best first."""
        now, short = self._worth(person, day, without=day), self.short[self.even[person]]
        rest = [each for each in self.days[person] if each != day]
        at, last, found = 0, len(short) - 1, []
        for other in self.ordered:
            while at < len(rest) and rest[at] < other:
                at += 1
            after = rest[at] - other if at < len(rest) else last
            if not after:
                continue
            before = other - rest[at - 1] if at else last
            worth = short[min(before, last)] + short[min(after, last)]
            if worth < now:
                found.append((worth, other))
        return sorted(found)

    def _gain(self, person: int, old: int, new: int) -> int:
        """What it is worth to somebody to come on the new day instead of the old one."""
        return self._worth(person, old, without=old) - self._worth(person, new, without=old)

    def _worth(self, person: int, day: int, *, without: int) -> int:
        """How much too close a day is to the person's other turns, leaving out the one on `without`."""
        days, short = self.days[person], self.short[self.even[person]]
        last = len(short) - 1
        at = bisect_left(days, day)
        left, right = at - 1, at
        if left >= 0 and days[left] == without:
            left -= 1
        if right < len(days) and days[right] == without:
            right += 1
        found = short[min(day - days[left], last)] if left >= 0 else 0
        return found + (short[min(days[right] - day, last)] if right < len(days) else 0)

    def _may(self, person: int, slot: Slot, other: int, there: Slot) -> bool:
        """Whether the two may change places: no rule and no limit is broken."""
        problem, months = self.problem, self.months
        if other == person or slot.day.toordinal() in self.days[other] or there.day.toordinal() in self.days[person]:
            return False
        if slot.month != there.month and (
            months[person, there.month] >= problem.per_month or months[other, slot.month] >= problem.per_month
        ):
            return False
        return may(problem, there, person) and may(problem, slot, other)

    def _swap(self, person: int, slot: Slot, other: int, there: Slot) -> None:
        self.chosen[slot.key], self.chosen[there.key] = other, person
        for who, old, new in ((person, slot, there), (other, there, slot)):
            self.days[who].remove(old.day.toordinal())
            insort(self.days[who], new.day.toordinal())
            self.months[who, old.month] -= 1
            self.months[who, new.month] += 1
            self.mine[who].remove(old)
            # A turn that comes back to whoever had it before stays there.
            if self.problem.earlier.get(new.key) == who:
                self.places[new.day.toordinal()].remove(new)
            else:
                self.mine[who].append(new)
