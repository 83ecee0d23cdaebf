"""The solver of duty rotas against random little worlds, and against every possible plan where there are few."""

import itertools
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.insight.rota import measures, solver
from tongxin.insight.rota.conflicts import CAP, FIT, NOBODY, Conflict, Explanation
from tongxin.insight.rota.solver import Pool, Problem, Settled, Slot

FIRST = date(2026, 3, 2)


def world(seed: int, people: int, places: int, days: int, *, tight: bool = False) -> Problem:
    """A random problem; `tight` ones often have no complete plan."""
    dice = random.Random(seed)
    everybody = frozenset(range(people))
    pools = {}
    for place in range(places):
        fits = {p: dice.randint(0, 1) for p in dice.sample(range(people), dice.randint(1, people))}
        pools[place] = Pool(fits, "all" if dice.random() < 0.5 else "", 2, "all")
    calendar = [FIRST + timedelta(days=3 * n) for n in range(days)]
    slots = [
        Slot((place, n, seat), place, day)
        for place in range(places)
        for n, day in enumerate(calendar)
        for seat in range(dice.choice((0, 1, 1, 2)))
    ]
    away = {
        f"wish-{n}": (
            dice.randrange(people),
            frozenset(dice.sample(calendar, dice.randint(1, max(1, days // (1 if tight else 3))))),
        )
        for n in range(dice.randint(0, people))
    }  # fmt: skip
    settled, kept = [], set()
    for slot in dice.sample(slots, min(len(slots), 2)):
        person = dice.randrange(people)
        if not any((s.person, s.day) == (person, slot.day) for s in settled):
            settled.append(Settled(slot.key, person, slot.day))
            kept.add(slot.key)
    left = [s for s in slots if s.key not in kept]
    earlier = {s.key: dice.randrange(people) for s in left if dice.random() < 0.3}
    return Problem(left, pools, {"all": everybody}, dice.randint(1, 3), away, settled, earlier)


worlds = st.builds(
    world,
    st.integers(0, 2**32),
    people=st.integers(1, 7),
    places=st.integers(1, 4),
    days=st.integers(1, 14),
    tight=st.booleans(),
)


@given(worlds)
@settings(max_examples=150, deadline=None)
def test_a_plan_heeds_every_hard_rule_and_nobody_could_hand_a_turn_to_one_with_two_fewer(problem: Problem) -> None:
    plan = solver.solve(problem)
    assert measures.faults(problem, plan.chosen) == []
    assert plan.proven
    assert measures.gap(problem, plan.chosen) <= 1
    assert sorted(map(str, [*plan.chosen, *plan.open])) == sorted(str(s.key) for s in problem.slots)


@given(
    st.builds(world, st.integers(0, 2**32), people=st.integers(1, 3), places=st.integers(1, 2), days=st.integers(1, 3))
)
@settings(max_examples=60, deadline=None)
def test_no_other_plan_fills_more_or_is_fairer_or_keeps_more(problem: Problem) -> None:
    slots = problem.slots[:6]
    problem = Problem(
        slots, problem.pools, problem.crowds, problem.per_month, problem.away, problem.settled,
        {s.key: problem.earlier[s.key] for s in slots if s.key in problem.earlier},
    )  # fmt: skip
    people = sorted({p for pool in problem.pools.values() for p in problem.people_of(pool)})
    best = None
    for names in itertools.product([None, *people], repeat=len(slots)):
        chosen = {s.key: p for s, p in zip(slots, names, strict=True) if p is not None}
        if measures.faults(problem, chosen):
            continue
        kept = sum(chosen.get(key) == person for key, person in problem.earlier.items())
        rank = (*measures.score(problem, chosen), -kept)
        best = rank if best is None else min(best, rank)
    plan = solver.solve(problem)
    assert (*measures.score(problem, plan.chosen), -plan.kept) == best


@given(worlds)
@settings(max_examples=80, deadline=None)
def test_whoever_is_equally_available_has_as_many_turns_give_or_take_one(problem: Problem) -> None:
    alike = Problem(problem.slots, problem.pools, problem.crowds, problem.per_month)
    plan = solver.solve(alike)
    groups: dict = {}
    for person in range(7):
        mark = tuple(person in set(alike.people_of(pool)) for pool in alike.pools.values())
        groups.setdefault(mark, []).append(Counter(plan.chosen.values())[person])
    for mark, counts in groups.items():
        if any(mark):
            assert max(counts) - min(counts) <= 1 or set(counts) == {0}


@given(worlds)
@settings(max_examples=80, deadline=None)
def test_each_open_slot_is_explained_by_a_conflict_of_which_nothing_can_be_spared(problem: Problem) -> None:
    plan = solver.solve(problem)
    explanation = Explanation(problem, plan.chosen)
    for slot in problem.slots:
        if slot.key not in plan.open:
            continue
        conflict = explanation.of(slot)
        assert conflict
        if conflict == [Conflict(NOBODY)]:
            continue
        # What the conflict names is enough: no plan of that month fills all that was filled and this slot too …
        assert _most(problem, plan.chosen, slot, set(conflict)) == 0
        # … and whatever one spares of it opens a way.
        for spared in conflict:
            assert _most(problem, plan.chosen, slot, set(conflict) - {spared}) == 1


def _most(problem: Problem, chosen: dict, slot: Slot, active: set) -> int:
    """Solve the month anew under the named constraints only: 1 when the slot is filled beside all that were."""
    wishes = {key: value for key, value in problem.away.items() if Conflict("wish", key) in active}
    settled = []
    for n, turn in enumerate(problem.settled):
        # A turn that does not stand in the way still counts in its month: it is put on a day without slots.
        day = turn.day if Conflict("settled", turn.key) in active else turn.day + timedelta(days=1 + n)
        settled.append(Settled(turn.key, turn.person, day if day.month == turn.day.month else turn.day.replace(day=1)))
    slots = [s for s in problem.slots if s.month == slot.month and (s.key in chosen or s.key == slot.key)]
    pools = problem.pools
    if Conflict(FIT) not in active:
        pools = {key: Pool(pool.fits, "all", 2) for key, pool in pools.items()}
    cap = problem.per_month if Conflict(CAP) in active else 99
    small = Problem(slots, pools, problem.crowds, cap, wishes, settled)
    return len(solver.solve(small).chosen) - (len(slots) - 1)


def test_the_plain_way_keeps_the_rules_too_but_is_not_as_fair() -> None:
    problem = world(7, 7, 4, 14)
    plain, plan = measures.in_turn(problem), solver.solve(problem)
    assert measures.faults(problem, plain) == []
    assert measures.score(problem, plan.chosen) <= measures.score(problem, plain)


def test_a_month_that_days_make_impossible_is_decided_by_the_whole_program() -> None:
    """By the month there is room for all; by the day two places want the same one person."""
    days = [FIRST, FIRST + timedelta(days=1)]
    slots = [Slot((place, day), place, day) for place in "ab" for day in days]
    problem = Problem(
        slots, {"a": Pool({1: 0, 2: 0}), "b": Pool({1: 0, 2: 0})}, {}, 9, {"w": (2, frozenset([days[0]]))}
    )
    plan = solver.solve(problem)
    assert (plan.proven, len(plan.open), measures.faults(problem, plan.chosen)) == (True, 1, [])
    assert Explanation(problem, plan.chosen).of(next(s for s in slots if s.key in plan.open)) == [Conflict("wish", "w")]


def test_progress_only_ever_grows_to_the_end() -> None:
    told: list[int] = []
    solver.solve(world(3, 5, 3, 9), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 100


def test_nothing_to_plan_is_a_plan() -> None:
    plan = solver.solve(Problem([], {}, {}, 2))
    assert (plan.chosen, plan.open, plan.proven) == ({}, [], True)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_problem_has_the_same_plan(seed: int) -> None:
    problem = world(seed, 6, 3, 9)
    assert solver.solve(problem).chosen == solver.solve(problem).chosen
