"""From rules and wishes to a rota: what the solver is asked, and what it proposes (`publishing` carries it out).

A plan is a proposal (`RotaPlan`) and changes no turn until the rota is published. Confirmed and kept turns are settled:
working out again never touches them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tongxin.insight.rota import measures, solver
from tongxin.insight.rota.conflicts import Conflict, Explanation
from tongxin.kernel.actor import Actor
from tongxin.people.models import Member

from ..models import DutyTurn, Rota, RotaPlan, RotaRule, Unavailability
from ..models.duty import Who
from .pools import LEADING, pools
from .resting import unpublished
from .rule_days import days_of
from .seating import still_to_fill
from .shares import before
from .vacancies import gone

SECONDS = 300  # how long the solver may look
CLOSE = 20  # turns too close that are named
EXPLAINED = 200  # open slots looked into; more of them have the same few reasons


@dataclass(frozen=True)
class Seat:
    """One seat of one day as a rule wants it; `key` is the same when the rota is worked out again."""

    station: int
    day: date
    begins: time
    ends: time
    number: int
    who: str
    rule: int

    @property
    def key(self) -> tuple:
        return self.station, self.day, self.begins, self.number, self.who


def seats(rota: Rota, today: date) -> list[Seat]:
    """All seats that the rules want between today and the rota's end; not numbered yet."""
    first, found = max(rota.from_on, today), []
    rules = RotaRule.objects.filter(assembly=rota.assembly_id, station__state="active").order_by("station_id", "id")
    for rule in rules:
        start, end = max(first, rule.from_on), min(rota.to_on, rule.to_on or rota.to_on)
        if start > end:
            continue
        for day in days_of(rule, start, end, rota.holidays):
            for n in range(rule.seats):
                found.append(Seat(rule.station_id, day, rule.begins, rule.ends, n, rule.who, rule.pk))
    return found


def open_places(rota: Rota) -> list[int]:
    """The stations that are open and have rules for turns."""
    rules = RotaRule.objects.filter(assembly=rota.assembly_id, station__state="active")
    with_turns = rules.exclude(kind=RotaRule.Kind.APPOINTMENT)
    return list(with_turns.order_by("station").values_list("station", flat=True).distinct())


@dataclass
class Question:
    """The problem with what is needed to read its answer."""

    problem: solver.Problem
    seats: dict[tuple, Seat]
    turns: dict[tuple, DutyTurn]  # turns that may still change, by their seat
    settled: dict[int, DutyTurn]
    absences: dict[int, Unavailability]
    people: dict[int, Member]
    begins: date  # of the rota
    retimed: dict[int, Seat]  # confirmed turns whose rule has another end now


def may_change(turn: DutyTurn) -> bool:
    """Whether working out again may touch a turn: nobody has confirmed it, or whoever did is no longer in office."""
    return turn.state == "scheduled" or (turn.state == "confirmed" and bool(turn.member) and gone(turn))


def question(rota: Rota, now: datetime) -> Question:
    """What the solver is asked about a rota now; a handful of queries."""
    today = timezone.localdate(now)
    people = {
        m.pk: m
        for m in Member.objects.filter(assembly=rota.assembly_id, state="active").select_related("person", "sector")
    }
    first, last = max(rota.from_on, today), rota.to_on
    counted_from = min(rota.from_on, first.replace(day=1))  # the month's limit counts what was before in it
    turns: dict[tuple, DutyTurn] = {}
    settled: dict[int, DutyTurn] = {}
    there = DutyTurn.objects.filter(assembly=rota.assembly_id, on__gte=counted_from, on__lte=last)
    for turn in there.exclude(state__in=DutyTurn.GONE).select_related("station", "member__person"):
        if turn.rota_id == rota.pk and turn.on >= first and may_change(turn):
            turns[turn.station_id, turn.on, turn.begins, turn.seat, turn.who] = turn
        else:
            settled[turn.pk] = turn
    still, other_ends = still_to_fill(seats(rota, today), turns.values(), settled.values())
    wanted = {seat.key: seat for seat in still}
    absences = {a.pk: a for a in Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None)}
    days = sorted({seat.day for seat in wanted.values()})
    problem = solver.Problem(
        [solver.Slot(seat.key, (seat.station, seat.who), seat.day) for seat in wanted.values()],
        pools(rota, {(s.station, s.who) for s in wanted.values()}, people, today),
        {
            Who.MEMBER: frozenset(pk for pk, m in people.items() if m.duty not in LEADING),
            Who.LEADER: frozenset(pk for pk, m in people.items() if m.duty in LEADING),
        },
        rota.per_month,
        {
            pk: (absence.member_id, covered)
            for pk, absence in absences.items()
            if absence.member_id in people and (covered := frozenset(d for d in days if absence.covers(d)))
        },
        [solver.Settled(pk, t.member_id, t.on) for pk, t in settled.items() if t.member_id in people],
        {key: turn.member_id for key, turn in turns.items() if turn.member_id in people and key in wanted},
        before(rota, people, LEADING)
        - Counter(t.member_id for t in settled.values() if t.member_id and t.on < rota.from_on),
        rota.apart_days,
        around(rota, counted_from),
    )
    retimed = {
        pk: seat
        for pk, seat in other_ends.items()
        if settled[pk].rota_id == rota.pk and settled[pk].state == "confirmed" and settled[pk].on >= first
    }
    return Question(problem, wanted, turns, settled, absences, people, rota.from_on, retimed)


def around(rota: Rota, begins: date) -> dict[int, tuple[date, ...]]:
    """The days of turns that lie so near the rota's time that its own are to keep a distance from them."""
    apart = timedelta(days=rota.apart_days)
    near = Q(on__gte=begins - apart, on__lt=begins) | Q(on__gt=rota.to_on, on__lte=rota.to_on + apart)
    rows = DutyTurn.objects.filter(near, assembly=rota.assembly_id, member__isnull=False)
    found: dict[int, tuple[date, ...]] = {}
    for member, day in rows.exclude(state__in=DutyTurn.GONE).order_by("on").values_list("member", "on"):
        found[member] = (*found.get(member, ()), day)
    return found


# --- Working it out --------------------------------------------------------------------------------------------------


def ask(rota: Rota, by: Actor, now: datetime) -> RotaPlan:
    """A plan that waits to be worked out; `work_out` does it."""
    return RotaPlan.objects.create(rota=rota, asked_at=now, asked_by_id=by.user_id)


def work_out(plan: RotaPlan, now: datetime | None = None) -> RotaPlan:
    """Ask the solver and keep its proposal. All or nothing: a plan that fails leaves no proposal."""
    now = now or timezone.now()
    RotaPlan.objects.filter(pk=plan.pk).update(status=RotaPlan.Status.RUNNING, progress=0)
    try:
        asked = question(plan.rota, now)
        found = solver.solve(asked.problem, seconds=SECONDS, progress=_teller(plan))
        plan.slots = _proposal(asked, found)
        plan.result = _result(asked, found) | {
            "unpublished": unknown_year(plan.rota, now), "stations": open_places(plan.rota),
        }  # fmt: skip
    except Exception:
        RotaPlan.objects.filter(pk=plan.pk).update(status=RotaPlan.Status.FAILED)
        raise
    plan.status, plan.ready_at, plan.progress = RotaPlan.Status.READY, timezone.now(), 100
    plan.save()
    return plan


def unknown_year(rota: Rota, now: datetime) -> int | None:
    """The first year of the rota whose holidays nobody knows yet; None where they do not matter."""
    if rota.holidays == Rota.Holidays.KEEP:
        return None
    return unpublished(max(rota.from_on, timezone.localdate(now)), rota.to_on)


def _teller(plan: RotaPlan) -> Callable[[int], None]:
    """Tells the page how far the solver is, at most every five percent."""
    last = [0]

    def tell(percent: int) -> None:
        if percent >= last[0] + 5:
            last[0] = percent
            RotaPlan.objects.filter(pk=plan.pk).update(progress=min(percent, 99))

    return tell


def _proposal(asked: Question, found: solver.Plan) -> list[dict[str, Any]]:
    rows = []
    for key, seat in sorted(asked.seats.items(), key=lambda item: (item[1].day, item[1].begins, item[1].station)):
        turn = asked.turns.get(key)
        rows.append(
            {
                "station": seat.station, "on": seat.day.isoformat(), "begins": f"{seat.begins:%H:%M}",
                "ends": f"{seat.ends:%H:%M}", "seat": seat.number, "who": seat.who, "rule": seat.rule,
                "member": found.chosen.get(key), "turn": turn.pk if turn else None,
            }
        )  # fmt: skip
    return rows


def _result(asked: Question, found: solver.Plan) -> dict[str, Any]:
    problem = asked.problem
    gone = [turn for key, turn in asked.turns.items() if key not in asked.seats]
    changes = [
        {"turn": turn.pk, "station": turn.station_id, "on": turn.on.isoformat(), "before": turn.member_id,
         "after": found.chosen.get(key) if key in asked.seats else None, "gone": key not in asked.seats,
         "ends": _ends(turn, asked.seats.get(key))}
        for key, turn in asked.turns.items()
        if key not in asked.seats or found.chosen.get(key) != turn.member_id or asked.seats[key].ends != turn.ends
    ]  # fmt: skip
    retimed = [(asked.settled[pk], seat) for pk, seat in asked.retimed.items()]
    changes += [
        {"turn": turn.pk, "station": turn.station_id, "on": turn.on.isoformat(), "before": turn.member_id,
         "after": turn.member_id, "gone": False, "ends": _ends(turn, seat)}
        for turn, seat in retimed
    ]  # fmt: skip
    return {
        "proven": found.proven,
        "seconds": round(found.seconds, 1),
        "slots": len(asked.seats),
        "filled": len(found.chosen),
        "settled": len(asked.settled),
        "gap": measures.gap(problem, found.chosen),
        "groups": _groups(asked, found),
        "apart": problem.apart,
        "close": [
            {"member": pair.person, "on": pair.first.isoformat(), "again": pair.second.isoformat(), "days": pair.days}
            for pair in found.close[:CLOSE]
        ],
        "close_n": len(found.close),
        "kept": found.kept,
        "keepable": found.keepable,
        "gone": len(gone),
        "retimed": [{"turn": t.pk, "ends": f"{seat.ends:%H:%M}", "rule": seat.rule} for t, seat in retimed],
        "changes": sorted(changes, key=lambda c: (c["on"], c["station"])),
        "open": _open(asked, found),
    }


def _ends(turn: DutyTurn, seat: Seat | None) -> list[str]:
    """The end a turn has and the one its rule gives it now, where they differ."""
    return [f"{turn.ends:%H:%M}", f"{seat.ends:%H:%M}"] if seat is not None and seat.ends != turn.ends else []


def _groups(asked: Question, found: solver.Plan) -> list[dict[str, Any]]:
    """The least and the most turns of one person: in the rota's time, and in the year that ends with it (the rota's
    own turns with what each had before) where there was something before."""
    problem, groups = asked.problem, []
    here = Counter(found.chosen.values())
    here.update(turn.member_id for turn in asked.settled.values() if turn.member_id and turn.on >= asked.begins)
    for who, crowd in problem.crowds.items():
        there = [pk for pk in crowd if pk in found.loads]
        if not there or not any(pool.crowd == who or set(pool.fits) & crowd for pool in problem.pools.values()):
            continue
        group = {"who": who, "people": len(there), **_range("", [here[pk] for pk in there])}
        if any(found.loads[pk] > here[pk] for pk in there):
            group |= _range("year_", [found.loads[pk] for pk in there])
        groups.append(group)
    return groups


def _range(name: str, loads: list[int]) -> dict[str, int]:
    return {f"{name}least": min(loads), f"{name}most": max(loads)}


def _open(asked: Question, found: solver.Plan) -> list[dict[str, Any]]:
    """Slots nobody takes, those with the same reason together."""
    explanation = Explanation(asked.problem, found.chosen)
    by_key = {slot.key: slot for slot in asked.problem.slots}
    reasons: dict[tuple, dict[str, Any]] = {}
    for n, key in enumerate(found.open):
        seat = asked.seats[key]  # type: ignore[index]
        conflict = explanation.of(by_key[key]) if n < EXPLAINED else []
        mark = (seat.station, seat.rule, seat.day.isoformat()[:7], tuple(conflict))
        entry = reasons.setdefault(
            mark,
            {"station": seat.station, "rule": seat.rule, "who": seat.who, "days": [],
             "why": [_reason(asked, c) for c in conflict]},
        )  # fmt: skip
        entry["days"].append(seat.day.isoformat())
    return sorted(reasons.values(), key=lambda entry: (entry["days"][0], entry["station"]))


def _reason(asked: Question, conflict: Conflict) -> dict[str, Any]:
    """One constraint of a conflict, as plain facts that a page puts into words."""
    if conflict.kind == "wish":
        absence = asked.absences[conflict.key]  # type: ignore[index]
        return {
            "kind": "wish", "who": str(asked.people[absence.member_id]), "from": absence.from_on.isoformat(),
            "to": absence.to_on.isoformat() if absence.to_on else "", "weekdays": absence.weekdays,
        }  # fmt: skip
    if conflict.kind == "settled":
        turn = asked.settled[conflict.key]  # type: ignore[index]
        return {
            "kind": "settled", "who": str(turn.member), "on": turn.on.isoformat(),
            "station": str(turn.station),
        }  # fmt: skip
    return {"kind": conflict.kind, "per_month": asked.problem.per_month}
