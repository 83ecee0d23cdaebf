"""The members for whom the actor looks or arranges, their own seat, and the leaders with their sectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.people.models import LeaderSector, Member
from tongxin.people.queries import in_force

from .. import policy
from ..models import ContactRecord


def own_seat(actor: Actor) -> Member | None:
    """The actor's own seat as a member."""
    held = policy.seats(actor)
    rows = Member.objects.filter(pk__in=held, assembly=actor.assembly).select_related("person", "sector")
    return rows.first() if held else None


def seen(actor: Actor, pk: int) -> Member:
    """A member whose contacts the actor may look at. Raises `NotAllowed` for all others."""
    return _member(policy.members_seen(actor), pk)


def arranged(actor: Actor, pk: int) -> Member:
    """A member for whose people the actor arranges, also one who left. Raises `NotAllowed` for all others."""
    return _member(policy.members_of(actor), pk)


def _member(allowed: Q, pk: int) -> Member:
    found = Member.objects.filter(allowed, pk=pk).select_related("person", "sector", "assembly").first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


@dataclass
class LeadersSector:
    """A sector a leader keeps contact with: how often and when last the leader met its people."""

    link: LeaderSector
    this_month: int = 0
    this_year: int = 0
    last_on: date | None = None


def leaders(actor: Actor, today: date) -> list[tuple[Member, list[LeadersSector]]]:
    """The leaders with their sectors and the contacts they had there; two queries."""
    links = LeaderSector.objects.filter(in_force(today, end="to_on"), assembly=actor.assembly)
    links = links.select_related("member__person", "sector").order_by("member__duty", "member_id", "sector__position")
    found = [LeadersSector(link) for link in links]
    by_key = {(each.link.member_id, each.link.sector_id): each for each in found}
    rows = ContactRecord.objects.filter(member__in={each.link.member_id for each in found}, state="recorded")
    month = today.replace(day=1)
    met = (
        rows.order_by()
        .values_list("member", "sector")
        .annotate(
            last=Max("on"),
            year=Count("pk", filter=Q(on__year=today.year)),
            month=Count("pk", filter=Q(on__gte=month)),
        )
    )
    for member, sector, last, year, this_month in met:
        if each := by_key.get((member, sector)):
            each.last_on, each.this_year, each.this_month = last, year, this_month
    groups: dict[int, tuple[Member, list[LeadersSector]]] = {}
    for each in found:
        groups.setdefault(each.link.member_id, (each.link.member, []))[1].append(each)
    return list(groups.values())
