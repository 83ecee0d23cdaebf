"""Who is on duty when: a fair plan, found and proven by HiGHS. Pure: it knows no tables.

The plan of a period is an integer program over places, people and days. Hard: each slot takes one eligible person,
nobody twice a day, at most so many turns a month, not on days somebody cannot come; what is settled already stays.
Wanted, each before the next: as many slots filled as possible; the sum of the squared loads as small as possible, which
leaves nobody two turns ahead of somebody who could take one over; few changes to an earlier plan; people where they
fit best; the turns of one person apart (`spacing`).

A whole year at once is large, so it is solved in two steps. The *year* counts days only by their number in each month:
its optimum bounds what any plan can reach. The *months* then place the year's shares on days. When they realise the
bound, the plan is proven optimal; when they cannot, the *whole* program decides.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..integer import Model, Unsolved
from .measures import may, score
from .spacing import Close, close, spread

Month = tuple[int, int]
KEEP, FIT = 40, 1  # what a kept turn and one step of better fit are worth; both far below fairness
FAIR = 1000


@dataclass(frozen=True)
class Slot:
    """One seat of one day. Seats of the same place, day and pool are interchangeable."""

    key: Hashable
    pool: Hashable
    day: date

    @property
    def month(self) -> Month:
        return self.day.year, self.day.month


@dataclass(frozen=True)
class Pool:
    """Who may take the slots of a place: `fits` with how far each is from the best fit (0), and everybody of `crowd`
    ("" for nobody else) at the distance `others`. `kind` is the crowd that could take them if fitting did not count.
    """

    fits: Mapping[int, int]
    crowd: str = ""
    others: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Settled:
    """A turn that stays as it is: it counts, and its person is not free that day."""

    key: Hashable
    person: int
    day: date


@dataclass
class Problem:
    """All that a plan must heed. `away` names for each wish its person and days; `earlier` is who held a slot before;
    `loads` are turns to reckon with that lie outside the period, `around` days of such turns shortly before or after
    it. `apart` days are wished between two turns of the same person, 0 for no such wish."""

    slots: list[Slot]
    pools: Mapping[Hashable, Pool]
    crowds: Mapping[str, frozenset[int]]
    per_month: int
    away: Mapping[Hashable, tuple[int, frozenset[date]]] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    earlier: Mapping[Hashable, int] = field(default_factory=dict)
    loads: Mapping[int, int] = field(default_factory=dict)
    apart: int = 0
    around: Mapping[int, tuple[date, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wishes: dict[tuple[int, date], list[Hashable]] = defaultdict(list)
        for wish, (person, days) in self.away.items():
            for day in days:
                self.wishes[person, day].append(wish)
        self.taken: dict[tuple[int, date], Hashable] = {(s.person, s.day): s.key for s in self.settled}
        self.used = Counter((s.person, (s.day.year, s.day.month)) for s in self.settled)
        self.base = Counter(self.loads) + Counter(s.person for s in self.settled)
        # People and places enter the program by the order of their numbers only: the same plan whatever these are.
        self.fitting = {key: sorted(pool.fits.items()) for key, pool in self.pools.items()}
        self.crowd = {name: sorted(crowd) for name, crowd in self.crowds.items()}

    def free(self, person: int, day: date) -> bool:
        return (person, day) not in self.wishes and (person, day) not in self.taken

    def room(self, person: int, month: Month) -> int:
        """How many more turns somebody may take in a month."""
        return max(self.per_month - self.used[person, month], 0)

    def people_of(self, pool: Pool) -> Iterable[int]:
        return {**dict.fromkeys(pool.fits), **dict.fromkeys(self.crowds.get(pool.crowd, ()))}

    def distance(self, pool: Pool, person: int) -> int:
        return pool.fits.get(person, pool.others)


@dataclass
class Plan:
    """`chosen` says who takes each slot; `open` are slots nobody takes. `proven`: no plan fills more slots, and none
    that fills as many is fairer. `kept` of `keepable` earlier turns stay with the same person. `close` are turns of one
    person that follow sooner than wished; of these nothing is proven."""

    chosen: dict[Hashable, int]
    open: list[Hashable]
    loads: dict[int, int]
    proven: bool
    seconds: float
    kept: int = 0
    keepable: int = 0
    close: list[Close] = field(default_factory=list)


def solve(problem: Problem, *, seconds: float = 300, progress: Callable[[int], None] | None = None) -> Plan:
    """The fairest plan. Beyond `seconds` the best one found is returned, and not called proven."""
    began = time.perf_counter()
    told = progress or (lambda percent: None)
    chosen: dict[Hashable, int] = {}
    proven = True
    parts = _parts(problem)
    for n, part in enumerate(parts):
        share = (lambda p, n=n: told(round((n * 100 + p) / len(parts)))) if progress else told
        found, sure = _solve_part(part, max(seconds - (time.perf_counter() - began), 5), share)
        chosen |= found
        proven = proven and sure
    if problem.apart:
        chosen = spread(problem, chosen)
    told(100)
    loads = Counter(problem.base)
    loads.update(chosen.values())
    people = {p for pool in problem.pools.values() for p in problem.people_of(pool)}
    return Plan(
        chosen,
        [slot.key for slot in problem.slots if slot.key not in chosen],
        {person: loads[person] for person in people | set(problem.base)},
        proven,
        time.perf_counter() - began,
        sum(chosen.get(key) == person for key, person in problem.earlier.items()),
        len(problem.earlier),
        close(problem, chosen) if problem.apart else [],
    )


def _parts(problem: Problem) -> list[Problem]:
    """The problem cut where nobody could serve on both sides (leaders and members, say)."""
    group: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        while group.setdefault(node, node) != node:
            group[node] = group[group[node]]
            node = group[node]
        return node

    for key, pool in problem.pools.items():
        for person in problem.people_of(pool):
            group[root(("person", person))] = root(("pool", key))
    slots: dict[Hashable, list[Slot]] = defaultdict(list)
    for slot in problem.slots:
        slots[root(("pool", slot.pool))].append(slot)
    rest = (problem.pools, problem.crowds, problem.per_month, problem.away, problem.settled)
    return [
        Problem(mine, *rest, {s.key: problem.earlier[s.key] for s in mine if s.key in problem.earlier}, problem.loads)
        for mine in slots.values()
    ]


def _solve_part(problem: Problem, seconds: float, told: Callable[[int], None]) -> tuple[dict[Hashable, int], bool]:
    year = _Year(problem)
    bound = year.solve(seconds)
    told(30)
    wants = bool(problem.earlier) or any(pool.fits for pool in problem.pools.values())
    shares = year.solve(seconds, wants=True) if wants else bound
    if shares.score != bound.score:
        shares = bound  # the wishes outweighed fairness, which they must never
    told(50)
    chosen: dict[Hashable, int] = {}
    months = sorted({slot.month for slot in problem.slots})
    for n, month in enumerate(months):
        chosen |= _Days(problem, [s for s in problem.slots if s.month == month]).solve(seconds, shares.of_month[month])
        told(50 + round(45 * (n + 1) / len(months)))
    if score(problem, chosen) == bound.score:
        return chosen, True
    whole = _Days(problem, problem.slots)
    try:
        better = whole.solve(seconds)
    except Unsolved:
        return chosen, False
    if problem.earlier:
        kinder = _Days(problem, problem.slots, FAIR)
        try:
            liked = kinder.solve(seconds)
        except Unsolved:
            liked = better
        if score(problem, liked) == score(problem, better):
            better = liked
    return better, True


@dataclass
class _Shares:
    """How many turns each person takes in each month, and what that is worth."""

    of_month: dict[Month, Counter]
    score: tuple[int, int]


def _loads(model: Model, problem: Problem, people: Iterable[int], most: Counter, weight: int) -> dict[int, int]:
    """For each person a row that every turn enters and that ever dearer units leave: 1, 3, 5 … for squares."""
    rows = {}
    for person in people:
        row = rows[person] = model.row(0, 0)
        base = problem.base[person]
        for step in range(most[person]):
            model.column(weight * (2 * (base + step) + 1), 1, ((row, -1),))
    return rows


class _Year:
    """Places and people by month: days are only counted."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.by_pool: dict[tuple[Hashable, Month], Counter] = defaultdict(Counter)
        self.by_crowd: dict[tuple[str, Month], set[date]] = defaultdict(set)
        for slot in problem.slots:
            self.by_pool[slot.pool, slot.month][slot.day] += 1
            if crowd := problem.pools[slot.pool].crowd:
                self.by_crowd[crowd, slot.month].add(slot.day)
        self.people = sorted({p for key, _m in self.by_pool for p in problem.people_of(problem.pools[key])})
        self.months = sorted({month for _key, month in self.by_pool})

    def solve(self, seconds: float, *, wants: bool = False) -> _Shares:
        """`wants`: earlier turns and good fits count too, after fairness. Raises `Unsolved`."""
        problem, model = self.problem, Model()
        fair = FAIR if wants else 1
        most = Counter({p: sum(problem.room(p, m) for m in self.months) for p in self.people})
        loads = _loads(model, problem, self.people, most, fair)
        unfilled = fair * (4 * max((most[p] + problem.base[p] for p in self.people), default=0) + 8)
        # A person's month: turns come in, at most so many go on to the load.
        gates = {(p, m): model.row(0, 0) for p in self.people for m in self.months}
        through = {
            (p, m): model.column(0, problem.room(p, m), ((row, -1), (loads[p], 1))) for (p, m), row in gates.items()
        }
        hubs = self._hubs(model, gates)
        keeps = self._keepable() if wants else Counter()
        left_open = []
        for (key, month), days in self.by_pool.items():
            pool = problem.pools[key]
            row = model.row(days.total(), days.total())
            left_open.append(model.column(unfilled, days.total(), ((row, 1),)))
            for person, distance in problem.fitting[key]:
                free = sum(problem.free(person, day) for day in days)
                if free:
                    model.column(FIT * distance if wants else 0, free, ((row, 1), (gates[person, month], 1)))
            if pool.crowd:
                model.column(FIT * pool.others if wants else 0, days.total(), ((row, 1), (hubs[pool.crowd, month], 1)))
            for person in [p for (k, m, p) in keeps if (k, m) == (key, month)]:
                cost = FIT * problem.distance(pool, person) - KEEP
                model.column(cost, keeps[key, month, person], ((row, 1), (gates[person, month], 1)))
        values = model.solve(seconds)
        of_month: dict[Month, Counter] = defaultdict(Counter)
        totals = Counter(problem.base)
        for (person, month), column in through.items():
            of_month[month][person] = values[column]
            totals[person] += values[column]
        worth = sum(values[c] for c in left_open), sum(totals[p] ** 2 for p in self.people)
        return _Shares(of_month, worth)

    def _hubs(self, model: Model, gates: dict) -> dict[tuple[str, Month], int]:
        """Where the slots that everybody may take meet everybody, so that not every pair needs a column."""
        hubs = {}
        for (crowd, month), days in self.by_crowd.items():
            row = hubs[crowd, month] = model.row(0, 0)
            for person in self.problem.crowd[crowd]:
                if free := sum(self.problem.free(person, day) for day in days):
                    model.column(0, free, ((row, -1), (gates[person, month], 1)))
        return hubs

    def _keepable(self) -> Counter:
        kept: Counter = Counter()
        for slot in self.problem.slots:
            person = self.problem.earlier.get(slot.key)
            if person is not None and may(self.problem, slot, person):
                kept[slot.pool, slot.month, person] += 1
        return kept


class _Days:
    """Places and people by day: the program as it is, for one month with given shares or for the whole period."""

    def __init__(self, problem: Problem, slots: list[Slot], fair: int = 1) -> None:
        self.problem, self.slots, self.fair = problem, slots, fair
        self.seats: dict[tuple[Hashable, date], list[Slot]] = defaultdict(list)
        for slot in slots:
            self.seats[slot.pool, slot.day].append(slot)
        self.people = sorted({p for key, _d in self.seats for p in problem.people_of(problem.pools[key])})

    def solve(self, seconds: float, shares: Counter | None = None) -> dict[Hashable, int]:
        """Who takes each slot; slots nobody takes are missing. Raises `Unsolved`."""
        problem, model = self.problem, Model()
        months = sorted({slot.month for slot in self.slots})
        most = Counter({p: sum(problem.room(p, m) for m in months) for p in self.people})
        wants = shares is not None or self.fair > 1
        enter = self._ends(model, months, most, shares)
        unfilled = self.fair * (4 * max((most[p] + problem.base[p] for p in self.people), default=0) + 8)
        unfilled = max(unfilled, 10 * KEEP * 100) if shares is not None else unfilled
        day_rows: dict[tuple[int, date], int] = {}

        def entry(person: int, day: date) -> int:
            """One person's day: one turn at most."""
            if (person, day) not in day_rows:
                row = day_rows[person, day] = model.row(0, 0)
                model.column(0, 1, ((row, -1), (enter[person, (day.year, day.month)], 1)))
            return day_rows[person, day]

        hubs: dict[tuple[str, date], int] = {}
        hub_columns: dict[tuple[str, date], list[tuple[int, int]]] = defaultdict(list)
        pairs: list[tuple[int, tuple[Hashable, date], int, bool]] = []
        through: list[tuple[int, tuple[Hashable, date]]] = []
        for (key, day), seats in self.seats.items():
            pool, row = problem.pools[key], model.row(len(seats), len(seats))
            model.column(unfilled, len(seats), ((row, 1),))
            for person, distance in problem.fitting[key]:
                if problem.free(person, day):
                    cost = FIT * distance if wants else 0
                    pairs.append(
                        (model.column(cost, 1, ((row, 1), (entry(person, day), 1))), (key, day), person, False)
                    )
            if pool.crowd:
                if (pool.crowd, day) not in hubs:
                    hub = hubs[pool.crowd, day] = model.row(0, 0)
                    for person in problem.crowd[pool.crowd]:
                        if problem.free(person, day):
                            column = model.column(0, 1, ((hub, -1), (entry(person, day), 1)))
                            hub_columns[pool.crowd, day].append((column, person))
                cost = FIT * pool.others if wants else 0
                through.append((model.column(cost, len(seats), ((row, 1), (hubs[pool.crowd, day], 1))), (key, day)))
            if wants:
                pairs += self._kept(model, (key, day), row, entry)
        values = model.solve(seconds)
        return self._seated(values, pairs, through, hub_columns)

    def _kept(self, model: Model, place: tuple[Hashable, date], row: int, entry: Callable[[int, date], int]) -> list:
        """A column of its own for each earlier turn, so that keeping it is worth something."""
        problem, found = self.problem, []
        for slot in self.seats[place]:
            person = problem.earlier.get(slot.key)
            if person is not None and may(problem, slot, person):
                cost = FIT * problem.distance(problem.pools[slot.pool], person) - KEEP
                found.append((model.column(cost, 1, ((row, 1), (entry(person, slot.day), 1))), place, person, True))
        return found

    def _ends(self, model: Model, months: list[Month], most: Counter, shares: Counter | None) -> dict:
        """Where a person's days lead: to the month's given share, or through its cap to the load."""
        enter = {}
        loads = {} if shares is not None else _loads(model, self.problem, self.people, most, self.fair)
        for person in self.people:
            for month in months:
                row = enter[person, month] = model.row(0, 0)
                if shares is not None:
                    model.column(0, shares[person], ((row, -1),))
                else:
                    model.column(0, self.problem.room(person, month), ((row, -1), (loads[person], 1)))
        return enter

    def _seated(self, values: Any, pairs: list, through: list, hub_columns: dict) -> dict[Hashable, int]:
        """Put names on seats: kept ones on their own, the others on what is left."""
        given: dict[tuple[Hashable, date], list[int]] = defaultdict(list)
        chosen: dict[Hashable, int] = {}
        for column, place, person, kept in pairs:
            if not values[column]:
                continue
            if kept:
                own = next(
                    s for s in self.seats[place] if self.problem.earlier.get(s.key) == person and s.key not in chosen
                )
                chosen[own.key] = person
            else:
                given[place].append(person)
        waiting = {spot: [p for column, p in found if values[column]] for spot, found in hub_columns.items()}
        for column, place in through:
            crowd = self.problem.pools[place[0]].crowd
            for _seat in range(values[column]):
                given[place].append(waiting[crowd, place[1]].pop())
        for place, people in given.items():
            left = [s for s in self.seats[place] if s.key not in chosen]
            for slot, person in zip(left, people, strict=False):
                chosen[slot.key] = person
        return chosen
