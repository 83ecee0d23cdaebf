"""`tongxin bench rota`: how long a proven fair year of duty takes, and how fair the plain way is on the same input."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date, timedelta
from typing import Any

from tongxin.insight.rota import measures, solver

from .report import Report

STATIONS, MEMBERS, LEADERS, SECTORS = 76, 240, 8, 24
FIRST, DAYS = date(2026, 1, 1), 365
PER_MONTH = 3
APART = 14
SEED = 1158


def measure(report: Report, times: tuple[int, ...]) -> None:
    """Plan the year at each size; no database is touched."""
    table = report.table(
        f"{STATIONS} stations, {MEMBERS} members, a year, at most {PER_MONTH} turns a month",
        "size", "turns", "seconds", "proven", "turns each", "largest avoidable difference", "in turn: difference",
        f"less than {APART} days apart",
    )  # fmt: skip
    for size in times:
        problem = world(size)
        report.say(f"{size}×: {len(problem.slots):,} turns …")
        began = time.perf_counter()
        plan = solver.solve(problem, seconds=1200)
        seconds = time.perf_counter() - began
        if wrong := measures.faults(problem, plan.chosen):
            raise RuntimeError(f"the plan breaks a rule: {wrong[0]}")
        plain = measures.in_turn(problem)
        told: dict[str, Any] = {
            "turns": len(problem.slots),
            "open": len(plan.open),
            "proven": plan.proven,
            "loads": _loads(problem, plan.chosen),
            "gap": measures.gap(problem, plan.chosen),
            "close": len(plan.close),
            "plain_open": len(problem.slots) - len(plain),
            "plain_loads": _loads(problem, plain),
            "plain_gap": measures.gap(problem, plain),
        }
        report.add(f"rota: {size}×", seconds, "s", **told)
        report.add(f"rota: {size}×, difference in turns", told["gap"], "turns", told["plain_gap"])
        table.add_row(
            f"{size}×", f"{told['turns']:,}", f"{seconds:.1f}", "yes" if plan.proven else "no",
            "–".join(map(str, told["loads"])), str(told["gap"]), str(told["plain_gap"]), f"{told['close']:,}",
        )  # fmt: skip
    again(report)
    report.show(table)


def again(report: Report) -> None:
    """A member falls out for the whole year: how much of the plan stays."""
    problem = world(1)
    plan = solver.solve(problem)
    gone = next(iter(plan.chosen.values()))
    days = frozenset(slot.day for slot in problem.slots)
    changed = solver.Problem(
        problem.slots, problem.pools, problem.crowds, problem.per_month, {**problem.away, "gone": (gone, days)}, [],
        plan.chosen, apart=APART,
    )  # fmt: skip
    began = time.perf_counter()
    fresh = solver.solve(changed)
    least = sum(person == gone for person in plan.chosen.values())
    report.add(
        "rota: again without one member", time.perf_counter() - began, "s",
        changed=len(plan.chosen) - fresh.kept, at_least=least, proven=fresh.proven,
    )  # fmt: skip


def world(size: int) -> solver.Problem:
    """`size` times the city: every station once a week, leaders once a month at some, members with wishes."""
    dice = random.Random(SEED)  # noqa: S311 - the same input every time
    people = MEMBERS * size
    leaders = frozenset(range(LEADERS * size))
    members = frozenset(range(LEADERS * size, people))
    sector = {person: dice.randrange(SECTORS) for person in members}
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    pools: dict[Any, solver.Pool] = {}
    slots: list[solver.Slot] = []
    for station in range(STATIONS * size):
        own = dice.randrange(SECTORS) if dice.random() < 0.5 else None
        fits = {person: 1 for person in members if sector[person] == own}
        fits |= dict.fromkeys(dice.sample(sorted(members), 3), 0)
        pools[station, "member"] = solver.Pool(fits, "member", 3)
        weekday = dice.randrange(5)
        slots += [solver.Slot((station, d), (station, "member"), d) for d in days if d.weekday() == weekday]
        if station % 12 == 0:
            pools[station, "leader"] = solver.Pool({}, "leader", 3)
            first = [d for d in days if d.weekday() == 1 and d.day <= 7]
            slots += [solver.Slot((station, d, "leader"), (station, "leader"), d) for d in first]
    return solver.Problem(
        slots, pools, {"member": members, "leader": leaders}, PER_MONTH, _away(dice, sorted(members), days), apart=APART
    )


def _away(dice: random.Random, members: list[int], days: list[date]) -> dict[Any, tuple[int, frozenset[date]]]:
    """Two in five are away for some days, one in five never comes on a certain weekday."""
    away: dict[Any, tuple[int, frozenset[date]]] = {}
    for person in members:
        if dice.random() < 0.4:
            first = dice.randrange(DAYS)
            away[person, "trip"] = (person, frozenset(days[first : first + dice.randint(3, 40)]))
        if dice.random() < 0.2:
            weekday = dice.randrange(5)
            away[person, "weekday"] = (person, frozenset(d for d in days if d.weekday() == weekday))
    return away


def _loads(problem: solver.Problem, chosen: Any) -> tuple[int, int]:
    """The fewest and most turns of a member."""
    counts = Counter(chosen.values())
    loads = [counts[person] for person in problem.crowds["member"]]
    return min(loads), max(loads)
