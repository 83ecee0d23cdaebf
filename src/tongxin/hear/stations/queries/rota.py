"""Reads of rotas, their rules and what a plan proposes; never writes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.people.models import Member
from tongxin.people.workflow import MEMBER

from .. import policy
from ..models import DutyTurn, Rota, RotaPlan, RotaRule, Station, Unavailability

CHANGES = 200  # changes of a plan on its page


def rota(actor: Actor, pk: int) -> Rota:
    """A rota the actor may plan. Raises `NotAllowed` for all others."""
    found = policy.plan.filter(actor, Rota.objects.all()).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.plan.reason)
    return found


def rules_of(station: Station, today: date) -> list[RotaRule]:
    """The rules in force or to come, in the order they were entered."""
    return list(station.rules.filter(Q(to_on=None) | Q(to_on__gte=today)).order_by("id"))


def rotas(actor: Actor) -> list[Rota]:
    rows = policy.plan.filter(actor, Rota.objects.all())
    return list(rows.annotate(turns_made=Count("turns", filter=~Q(turns__state__in=DutyTurn.GONE))))


def newest_plan(rota: Rota) -> RotaPlan | None:
    return rota.plans.order_by("-id").first()


def loads(rota: Rota) -> list[dict[str, Any]]:
    """How many turns each member has in a rota, most first."""
    rows = rota.turns.exclude(state__in=DutyTurn.GONE).filter(member__isnull=False)
    named: Any = rows.values("member_id", name=F("member__person__name"))
    return list(named.annotate(n=Count("pk")).order_by("-n", "name"))


def absences(rota: Rota) -> list[Unavailability]:
    """When members cannot come in a rota's time, by name."""
    rows = Unavailability.objects.filter(assembly=rota.assembly_id, dropped_on=None, from_on__lte=rota.to_on)
    rows = rows.filter(Q(to_on=None) | Q(to_on__gte=rota.from_on), member__state="active")
    return list(rows.select_related("member__person").order_by("member__person__name", "from_on", "pk"))


def in_question(rota: Rota, plan: RotaPlan) -> dict[str, Any]:
    """A plan's result in names: stations, members and rules that it mentions; three queries. `more` changes are not
    shown."""
    result = plan.result
    every = result.get("changes", [])
    shown = every[:CHANGES]
    entries = [*result.get("open", []), *shown]
    stations = Station.objects.in_bulk({entry["station"] for entry in entries})
    members = Member.objects.select_related("person").in_bulk(
        {c[k] for c in shown for k in ("before", "after") if c[k]} | {c["member"] for c in result.get("close", [])}
    )
    rules = RotaRule.objects.in_bulk({entry["rule"] for entry in result.get("open", [])})
    changes = [
        {**c, "station": stations.get(c["station"]), "on": date.fromisoformat(c["on"]),
         "before": members.get(c["before"]), "after": members.get(c["after"]), "left": _left(members.get(c["before"]))}
        for c in shown
    ]  # fmt: skip
    gaps = [
        {**entry, "station": stations.get(entry["station"]), "rule": rules.get(entry["rule"]),
         "days": sorted(Counter(date.fromisoformat(day) for day in entry["days"]).items())}
        for entry in result.get("open", [])
    ]  # fmt: skip
    close = [
        {**pair, "member": members.get(pair["member"]), "on": date.fromisoformat(pair["on"]),
         "again": date.fromisoformat(pair["again"])}
        for pair in result.get("close", [])
    ]  # fmt: skip
    return {"changes": changes, "more": len(every) - len(shown), "open": gaps, "close": close}


def _left(member: Member | None) -> str:
    """Why somebody's turn goes to another: resigned, on leave; "" for whoever is in office."""
    return "" if member is None or member.state == "active" else str(MEMBER.state(member.state).label)
