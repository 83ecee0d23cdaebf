"""From rules and wishes to a rota: what the solver is asked, what it proposes, and carrying it out.

A plan is a proposal (`RotaPlan`) and changes no turn until the rota is published. Confirmed and kept turns are settled:
working out again never touches them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tongxin.insight.rota import measures, solver
from tongxin.insight.rota.conflicts import Conflict, Explanation
from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.people.models import Member

from ..models import DutyTurn, Rota, RotaPlan, RotaRule, Unavailability
from ..models.duty import Who
from .pools import LEADING, pools
from .resting import unpublished
from .rule_days import days_of
from .seating import fresh_rows, still_to_fill
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


@dataclass(frozen=True)
class Done:
    """What publishing changed."""

    made: int
    changed: int
    cancelled: int


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
    wanted = {seat.key: seat for seat in still_to_fill(seats(rota, today), turns.values(), settled.values())}
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
    return Question(problem, wanted, turns, settled, absences, people, rota.from_on)


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
        plan.result = _result(asked, found) | {"unpublished": unknown_year(plan.rota, now)}
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
         "after": found.chosen.get(key) if key in asked.seats else None, "gone": key not in asked.seats}
        for key, turn in asked.turns.items()
        if key not in asked.seats or found.chosen.get(key) != turn.member_id
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
        "changes": sorted(changes, key=lambda c: (c["on"], c["station"])),
        "open": _open(asked, found),
    }


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


# --- Carrying it out -------------------------------------------------------------------------------------------------


def ready(rota: Rota) -> RotaPlan | None:
    """The newest plan, if it is finished and not published yet."""
    newest = rota.plans.order_by("-id").first()
    return newest if newest and newest.status == RotaPlan.Status.READY else None


def carry_out(rota: Rota, by: Actor, now: datetime) -> Done:
    """Make the turns what the newest plan proposes. All or nothing; runs inside the door's transaction."""
    from ..workflow.duty import TURNS

    plan = ready(rota)
    assert plan is not None  # noqa: S101 - the form saw to it
    today = timezone.localdate(now)
    others: list[DutyTurn] = []
    there: dict[int, DutyTurn] = {}
    every = DutyTurn.objects.filter(assembly=rota.assembly_id, on__gte=rota.from_on, on__lte=rota.to_on)
    for turn in every.exclude(state__in=DutyTurn.GONE).select_related("member"):
        if turn.rota_id == rota.pk and turn.on >= today and may_change(turn):
            there[turn.pk] = turn
        else:
            others.append(turn)
    busy = {(turn.member_id, turn.on.isoformat()) for turn in others}
    _leave_open(rota, plan.slots)
    named = {row["turn"] for row in plan.slots}
    # First whatever frees people, then whatever needs them: a day's two turns may have changed hands.
    cancelled = _cancel((t for pk, t in there.items() if pk not in named), by, now)
    for turn in list(there.values()):
        if turn.pk in named and turn.member and gone(turn):
            there[turn.pk] = door.perform(turn, "free", by, now=now)
    moved = [row for row in plan.slots if row["turn"] in there and there[row["turn"]].member_id != row["member"]]
    wanted = {(row["member"], row["on"]) for row in moved}
    for row in moved:
        turn = there[row["turn"]]
        if row["member"] is None or (turn.member_id, row["on"]) in wanted:
            there[turn.pk] = door.perform(turn, "vacate", by, now=now)
    people = {m.pk: m for m in Member.objects.filter(pk__in=[r["member"] for r in moved if r["member"]])}
    for row in moved:
        if row["member"] and (row["member"], row["on"]) not in busy:
            door.perform(there[row["turn"]], "assign", by, {"member": people[row["member"]]}, now=now)
    fields = ("station", "rule", "on", "begins", "ends", "seat", "who", "member")
    rows = ({"rota": rota, **{k: row[k] for k in fields}} for row in fresh_rows(plan.slots, others))
    made = door.begin_many(TURNS, "schedule", by, rows, now=now)
    RotaPlan.objects.filter(pk=plan.pk).update(status=RotaPlan.Status.PUBLISHED)
    return Done(made, len(moved), cancelled)


def _leave_open(rota: Rota, slots: list[dict[str, Any]]) -> None:
    """Take out whoever left, or entered an absence, since the plan was worked out: the turn stays open."""
    active = set(Member.objects.filter(assembly=rota.assembly_id, state="active").values_list("pk", flat=True))
    away: dict[int, list[Unavailability]] = defaultdict(list)
    for absence in Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None):
        away[absence.member_id].append(absence)
    for row in slots:
        on, member = date.fromisoformat(row["on"]), row["member"]
        if member is not None and (member not in active or any(each.covers(on) for each in away[member])):
            row["member"] = None


def _cancel(turns: Iterable[DutyTurn], by: Actor, now: datetime) -> int:
    count = 0
    for turn in turns:
        door.perform(turn, "cancel", by, {"reason": "轮值规则有变"}, now=now)
        count += 1
    return count


def publish_now(rota: Rota, by: Actor, now: datetime) -> Rota:
    """Work out and publish in one go, for commands and the demo."""
    with transaction.atomic():
        door.perform(rota, "work_out", by, now=now)
        work_out(rota.plans.order_by("-id")[0], now)
        return door.perform(rota, "publish", by, now=now)
