"""Carrying a plan out: the turns become what it proposes, unless what it was worked out from has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.text import joined
from tongxin.people.models import Member

from ..models import DutyTurn, Rota, RotaPlan, RotaRule, Station, Unavailability
from .planning import may_change, open_places
from .seating import fresh_rows
from .vacancies import gone

Row = dict[str, Any]  # one seat of a plan, as `RotaPlan.slots` keeps it
NAMED = 5  # stations and members named in a sentence


@dataclass(frozen=True)
class Done:
    """What publishing changed."""

    made: int
    changed: int
    cancelled: int


def ready(rota: Rota) -> RotaPlan | None:
    """The newest plan, if it is finished and not published yet."""
    newest = rota.plans.order_by("-id").first()
    return newest if newest and newest.status == RotaPlan.Status.READY else None


# --- Whether it still holds ------------------------------------------------------------------------------------------


def outdated(rota: Rota, plan: RotaPlan) -> str:
    """What has changed since the plan was asked for, so that it is to be worked out again; "" for nothing."""
    found = [*_rules_since(rota, plan), *_stations_since(rota, plan), *_absent_since(rota, plan)]
    if rota.updated_at > plan.asked_at:
        found.append(_("The frame of the rota was changed."))
    if not found:
        return ""
    return joined([*found, _("The plan does not know of it yet: work it out again, then publish it.")])


def _rules_since(rota: Rota, plan: RotaPlan) -> list[str]:
    rules = RotaRule.objects.filter(assembly=rota.assembly_id).exclude(kind=RotaRule.Kind.APPOINTMENT)
    known = {row["rule"]: row["station"] for row in plan.slots}
    changed = set(rules.filter(updated_at__gt=plan.asked_at, from_on__lte=rota.to_on).values_list("station", flat=True))
    removed = known.keys() - set(rules.filter(pk__in=known).values_list("pk", flat=True))
    changed |= {known[pk] for pk in removed}
    words = _("Rules were changed: %(stations)s.")
    return [words % {"stations": _names(Station.objects.filter(pk__in=changed))}] if changed else []


def _stations_since(rota: Rota, plan: RotaPlan) -> list[str]:
    """Stations with rules that are open now and were not, or the other way round."""
    before = plan.result.get("stations")
    changed = set(open_places(rota)) ^ set(before) if before is not None else set()
    words = _("Stations were closed or opened: %(stations)s.")
    return [words % {"stations": _names(Station.objects.filter(pk__in=changed))}] if changed else []


def _absent_since(rota: Rota, plan: RotaPlan) -> list[str]:
    """Members who said since that they cannot come on a day the plan gives them."""
    rows = Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None, updated_at__gt=plan.asked_at)
    days = defaultdict(list)
    for row in plan.slots:
        days[row["member"]].append(date.fromisoformat(row["on"]))
    since = rows.select_related("member__person")
    names = {str(each.member) for each in since if any(each.covers(day) for day in days[each.member_id])}
    words = _("Cannot come any more on days that the plan gives them: %(members)s.")
    return [words % {"members": _names(names)}] if names else []


def _names(found: Iterable[Any]) -> str:
    every = sorted(map(str, found))
    return _(", ").join(every[:NAMED]) + ("…" if len(every) > NAMED else "")


# --- Carrying it out -------------------------------------------------------------------------------------------------


def carry_out(rota: Rota, by: Actor, now: datetime) -> Done:
    """Make the turns what the newest plan proposes; days that are over meanwhile stay as they are. All or nothing; runs
    inside the door's transaction."""
    from ..workflow.duty import TURNS

    plan = ready(rota)
    assert plan is not None  # noqa: S101 - the form saw to it
    today = timezone.localdate(now)
    # Nobody is given an appointment meanwhile: the forms of those lock the member, too.
    people = {m.pk: m for m in Member.objects.select_for_update().filter(assembly=rota.assembly_id).order_by("pk")}
    slots = [row for row in plan.slots if row["on"] >= today.isoformat()]
    there, others = _turns(rota, today)
    _leave_open(rota, slots, people)
    retimed = _retime_settled(plan, others, by, now)
    named = {row["turn"] for row in slots}
    # First whatever frees people, then whatever needs them: a day's two turns may have changed hands.
    cancelled = _cancel((t for pk, t in there.items() if pk not in named), by, now)
    for turn in list(there.values()):
        if turn.pk in named and turn.member and gone(turn):
            there[turn.pk] = door.perform(turn, "free", by, now=now)
    changed = _reassign(slots, there, others, people, by, now)
    fields = ("station", "rule", "on", "begins", "ends", "seat", "who", "member")
    rows = ({"rota": rota, **{k: row[k] for k in fields}} for row in fresh_rows(slots, others))
    made = door.begin_many(TURNS, "schedule", by, rows, now=now)
    RotaPlan.objects.filter(pk=plan.pk).update(status=RotaPlan.Status.PUBLISHED)
    return Done(made, changed + retimed, cancelled)


def _turns(rota: Rota, today: date) -> tuple[dict[int, DutyTurn], list[DutyTurn]]:
    """The rota's turns that may still change, by their id, and all others of its time."""
    there: dict[int, DutyTurn] = {}
    others: list[DutyTurn] = []
    every = DutyTurn.objects.filter(assembly=rota.assembly_id, on__gte=rota.from_on, on__lte=rota.to_on)
    for turn in every.exclude(state__in=DutyTurn.GONE).select_related("member"):
        if turn.rota_id == rota.pk and turn.on >= today and may_change(turn):
            there[turn.pk] = turn
        else:
            others.append(turn)
    return there, others


def _reassign(
    slots: list[Row], there: dict[int, DutyTurn], others: list[DutyTurn], people: dict[int, Member], by: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Turns that are there get the members and the end that the plan gives them; returns how many changed."""
    busy = {(turn.member_id, turn.on.isoformat()) for turn in others}
    kept = [row for row in slots if row["turn"] in there]
    moved = [row for row in kept if there[row["turn"]].member_id != row["member"]]
    longer = [row for row in kept if f"{there[row['turn']].ends:%H:%M}" != row["ends"]]
    wanted = {(row["member"], row["on"]) for row in moved}
    for row in moved:
        turn = there[row["turn"]]
        if row["member"] is None or (turn.member_id, row["on"]) in wanted:
            there[turn.pk] = door.perform(turn, "vacate", by, now=now)
    for row in longer:
        turn = there[row["turn"]]
        there[turn.pk] = door.perform(turn, "retime", by, {"ends": row["ends"], "rule": row["rule"]}, now=now)
    for row in moved:
        if row["member"] and (row["member"], row["on"]) not in busy:
            door.perform(there[row["turn"]], "assign", by, {"member": people[row["member"]]}, now=now)
    return len({row["turn"] for row in [*moved, *longer]})


def _retime_settled(plan: RotaPlan, others: list[DutyTurn], by: Actor, now: datetime) -> int:
    """Confirmed turns whose rule has another end now; their members are told. One that would meet another turn of its
    member's stays as it is."""
    found = {entry["turn"]: entry for entry in plan.result.get("retimed", [])}
    done = 0
    for turn in others:
        entry = found.get(turn.pk)
        if entry is None or turn.state != "confirmed" or turn.on < timezone.localdate(now):
            continue
        ends = time.fromisoformat(entry["ends"])
        mine = (t for t in others if t.pk != turn.pk and (t.member_id, t.on) == (turn.member_id, turn.on))
        if not any(turn.begins < t.ends and t.begins < ends for t in mine):
            door.perform(turn, "retime", by, {"ends": ends, "rule": entry["rule"]}, now=now)
            done += 1
    return done


def _leave_open(rota: Rota, slots: list[Row], people: dict[int, Member]) -> None:
    """Take out whoever left, or entered an absence, since the plan was worked out: the turn stays open."""
    away: dict[int, list[Unavailability]] = defaultdict(list)
    for absence in Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None):
        away[absence.member_id].append(absence)
    for row in slots:
        on, member = date.fromisoformat(row["on"]), row["member"]
        if member is not None and (people[member].state != "active" or any(each.covers(on) for each in away[member])):
            row["member"] = None


def _cancel(turns: Iterable[DutyTurn], by: Actor, now: datetime) -> int:
    count = 0
    for turn in turns:
        door.perform(turn, "cancel", by, {"reason": "轮值规则有变"}, now=now)
        count += 1
    return count
