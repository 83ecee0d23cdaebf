"""Why a slot stays open: the smallest set of wishes and rules that together rule it out. Pure.

In a month a slot can be filled beside those that are filled exactly when a chain of hand-overs leads from it to
somebody with room left. Where none does, the constraints that cut the chains are tried one after the other: what can
be dropped without opening a way is not needed for the conflict (deletion filtering).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

from .solver import Month, Problem, Slot

CAP, FIT, NOBODY = "cap", "fit", "nobody"


@dataclass(frozen=True)
class Conflict:
    """One constraint of a minimal set. `kind`: "wish" (`key` names it), "settled" (a turn that stays, `key` names it),
    "cap" (at most so many turns a month), "fit" (only members of the sector), or, alone, "nobody": the rule asks for
    more people than there are on one day."""

    kind: str
    key: Hashable = None


class Explanation:
    """Explains the open slots of one plan."""

    def __init__(self, problem: Problem, chosen: Mapping[Hashable, int]) -> None:
        self.problem, self.chosen = problem, chosen
        self.by_month: dict[Month, list[Slot]] = defaultdict(list)
        for slot in problem.slots:
            self.by_month[slot.month].append(slot)
        self.everybody = {p for pool in problem.pools.values() for p in problem.people_of(pool)}

    def of(self, slot: Slot) -> list[Conflict]:
        """The minimal conflict of an open slot, the widest rules dropped first where there is a choice."""
        ways = _Ways(self, slot)
        needed = self._cut(ways)
        if not ways.blocked(needed):
            # Only hand-overs the month's plan already rules out are left; say so by all that touches them.
            needed = ways.all()
        if ways.blocked(set()):
            return [Conflict(NOBODY)]
        for conflict in sorted(needed, key=lambda c: ({CAP: 0, FIT: 1}.get(c.kind, 2), str(c.key))):
            if ways.blocked(needed - {conflict}):
                needed = needed - {conflict}
        return sorted(needed, key=lambda c: ({CAP: 2, FIT: 3}.get(c.kind, 0), str(c.key)))

    def _cut(self, ways: _Ways) -> set[Conflict]:
        """The constraints on the edge of what can be reached: all others may go at once."""
        slots, _people = ways.reach(ways.all())
        found = {Conflict(CAP), Conflict(FIT)}
        for slot in slots:
            for person in self.everybody:
                found |= ways.against(slot, person)
        return found


class _Ways:
    """Chains of hand-overs in the month of one open slot."""

    def __init__(self, explanation: Explanation, start: Slot) -> None:
        self.problem, self.start = explanation.problem, start
        self.month = start.month
        self.slots = explanation.by_month[self.month]
        self.holder = {s.key: explanation.chosen[s.key] for s in self.slots if s.key in explanation.chosen}
        self.held: dict[int, list[Slot]] = defaultdict(list)
        self.on_day: dict[tuple[int, date], Slot] = {}
        for slot in self.slots:
            if (person := self.holder.get(slot.key)) is not None:
                self.held[person].append(slot)
                self.on_day[person, slot.day] = slot
        self.counts: Counter = Counter({p: len(s) for p, s in self.held.items()})
        self.everybody = explanation.everybody
        self.settled_by_key = {s.key: s for s in self.problem.settled}

    def all(self) -> set[Conflict]:
        days = {slot.day for slot in self.slots}
        found = {Conflict(CAP), Conflict(FIT)}
        for (_person, day), wishes in self.problem.wishes.items():
            if day in days:
                found |= {Conflict("wish", wish) for wish in wishes}
        found |= {Conflict("settled", s.key) for s in self.problem.settled if s.day in days}
        return found

    def against(self, slot: Slot, person: int) -> set[Conflict]:
        """What keeps somebody from a slot."""
        found = {Conflict("wish", wish) for wish in self.problem.wishes.get((person, slot.day), ())}
        if (taken := self.problem.taken.get((person, slot.day))) is not None:
            found.add(Conflict("settled", taken))
        return found

    def blocked(self, active: set[Conflict]) -> bool:
        """Whether the slot cannot be filled while these constraints hold."""
        return not self._search(active)[0]

    def reach(self, active: set[Conflict]) -> tuple[list[Slot], set[int]]:
        return self._search(active)[1:]

    def _search(self, active: set[Conflict]) -> tuple[bool, list[Slot], set[int]]:
        seen = {self.start.key}
        people: set[int] = set()
        slots, line = [self.start], deque([self.start])
        while line:
            slot = line.popleft()
            for person in self._candidates(slot, active):
                there = self.on_day.get((person, slot.day))
                if there is not None:  # somebody on duty elsewhere that day could come here instead
                    onward = [there]
                elif Conflict(CAP) not in active or self.counts[person] < self.problem.room(person, self.month):
                    return True, slots, people
                elif person in people:
                    continue
                else:
                    people.add(person)
                    onward = self.held[person]
                for other in onward:
                    if other.key not in seen:
                        seen.add(other.key)
                        slots.append(other)
                        line.append(other)
        return False, slots, people

    def _candidates(self, slot: Slot, active: set[Conflict]) -> list[int]:
        pool = self.problem.pools[slot.pool]
        kin = self.problem.people_of(pool) if Conflict(FIT) in active else self._alike(slot)
        holder = self.holder.get(slot.key)
        return [p for p in kin if p != holder and not (self.against(slot, p) & active)]

    def _alike(self, slot: Slot) -> set[int]:
        """Everybody who takes turns of this kind anywhere: members where a member is asked for, leaders for leaders."""
        pool = self.problem.pools[slot.pool]
        return {*self.problem.people_of(pool), *self.problem.crowds.get(pool.kind or pool.crowd, ())}
