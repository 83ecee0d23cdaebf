"""Turns kept apart: a wish that costs no fairness, breaks no rule, and is told where it is not had."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.test_rota import worlds
from tongxin.insight.rota import measures, solver, spacing
from tongxin.insight.rota.solver import Pool, Problem, Settled, Slot

FIRST = date(2026, 1, 5)


def year(people: int, weeks: int = 52, **more) -> Problem:
    """One seat a week, everybody alike."""
    slots = [Slot(n, "here", FIRST + timedelta(days=7 * n)) for n in range(weeks)]
    return Problem(slots, {"here": Pool({}, "all", 1, "all")}, {"all": frozenset(range(people))}, 31, **more)


def of_people(problem: Problem, chosen: dict) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for slot in problem.slots:
        found.setdefault(chosen[slot.key], []).append(slot.day)
    return {person: sorted(days) for person, days in found.items()}


@given(worlds, st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_fairness_kept_turns_and_rules_are_as_without_the_wish(problem: Problem, apart: int) -> None:
    plain = solver.solve(problem)
    plan = solver.solve(replace(problem, apart=apart))
    assert measures.faults(problem, plan.chosen) == []
    assert (plan.proven, plan.kept, plan.open) == (plain.proven, plain.kept, plain.open)
    assert measures.score(problem, plan.chosen) == measures.score(problem, plain.chosen)
    assert plan.loads == plain.loads
    assert measures.gap(problem, plan.chosen) <= 1


@given(worlds, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_what_stays_closer_is_told(problem: Problem, apart: int) -> None:
    plan = solver.solve(replace(problem, apart=apart))
    days: dict[int, set] = {}
    for person, day in [(p, s.day) for s in problem.slots for p in [plan.chosen.get(s.key)] if p is not None]:
        days.setdefault(person, set()).add(day)
    for turn in problem.settled:
        days.setdefault(turn.person, set()).add(turn.day)
    fixed = {(s.person, s.day) for s in problem.settled}
    short = {
        (person, a, b)
        for person, mine in days.items()
        for a, b in pairwise(sorted(mine))
        if (b - a).days < apart and not {(person, a), (person, b)} <= fixed
    }
    assert {(c.person, c.first, c.second) for c in plan.close} == short


def test_nobody_has_all_turns_in_one_month() -> None:
    problem = year(13, apart=14)  # four turns each
    plan = solver.solve(problem)
    assert plan.close == []
    for days in of_people(problem, plan.chosen).values():
        assert len(days) == 4
        assert max(Counter((day.year, day.month) for day in days).values()) == 1
        assert min((b - a).days for a, b in pairwise(days)) >= 28


def test_a_wish_that_cannot_be_had_is_relaxed_and_told() -> None:
    plan = solver.solve(year(2, weeks=6, apart=15))  # with two people nobody rests more than a fortnight
    assert len(plan.chosen) == 6
    assert len(plan.close) == 4
    assert {pair.days for pair in plan.close} <= {7, 14, 21}


def test_turns_before_and_after_count() -> None:
    day = FIRST + timedelta(days=7)
    problem = year(2, weeks=2, apart=10, around={0: (FIRST - timedelta(days=3),)})
    plan = solver.solve(problem)
    assert plan.chosen[0] == 1  # the other one was here three days ago
    settled = year(2, weeks=2, apart=10, settled=[Settled("x", 0, day + timedelta(days=2))], loads={1: 1})
    assert solver.solve(settled).chosen == {0: 0, 1: 1}


@pytest.mark.parametrize("days", [1, 28])
def test_a_better_fit_is_never_given_up_for_distance(days: int) -> None:
    slots = [Slot(n, place, FIRST + timedelta(days=gap)) for n, (place, gap) in enumerate(
        (("own", 0), ("own", days), ("far", 60), ("far", 90))
    )]  # fmt: skip
    pools = {"own": Pool({0: 0}, "all", 1, "all"), "far": Pool({1: 0}, "all", 1, "all")}
    plan = solver.solve(Problem(slots, pools, {"all": frozenset((0, 1))}, 31, apart=30))
    assert plan.chosen == {0: 0, 1: 0, 2: 1, 3: 1}
    assert [(pair.person, pair.days) for pair in plan.close] == [(0, days)]  # and it is told


def fit(problem: Problem, chosen: dict) -> int:
    pools = problem.pools
    return sum(problem.distance(pools[s.pool], chosen[s.key]) for s in problem.slots if s.key in chosen)


@given(worlds, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_people_fit_as_well_as_without_the_wish(problem: Problem, apart: int) -> None:
    plain = solver.solve(problem).chosen
    assert fit(problem, spacing.spread(replace(problem, apart=apart), plain)) <= fit(problem, plain)


def test_without_a_wish_nothing_is_moved() -> None:
    problem = year(3, weeks=9)
    plan = solver.solve(problem)
    assert plan.close == []
    assert spacing.close(problem, plan.chosen) == []
