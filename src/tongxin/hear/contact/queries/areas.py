"""Responsibility areas and who answers for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number
from tongxin.people.models import Member
from tongxin.people.workflow import IN_OFFICE

from .. import policy
from ..models import AreaMember, ResponsibilityArea
from .paging import Slice, page_number


def listing(actor: Actor, get: Mapping[str, str]) -> Slice:
    """The areas in use (or those ended), by sector; each with `n_members`."""
    rows = policy.read_area.filter(actor, ResponsibilityArea.objects.all()).filter(
        closed_on__isnull=get.get("ended") != "1"
    )
    if whole_number(get.get("sector", "")):
        rows = rows.filter(sector_id=int(get["sector"]))
    if words := get.get("q", "").strip()[:60]:
        rows = rows.filter(name__icontains=words)
    rows = rows.annotate(n_members=Count("members", filter=Q(members__to_on=None)))
    rows = rows.select_related("sector", "county", "leader__person")
    return Slice.of(rows.order_by("sector__position", "sector_id", "name", "id"), page_number(get))


def get(actor: Actor, pk: int) -> ResponsibilityArea:
    rows = policy.read_area.filter(actor, ResponsibilityArea.objects.all())
    found = rows.select_related("assembly", "sector", "county", "leader__person").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_area.reason)
    return found


def holders(area: ResponsibilityArea) -> list[AreaMember]:
    """Who answers and answered for it, those of today first."""
    rows = area.members.select_related("member__person", "member__sector").order_by("from_on", "id")
    return sorted(rows, key=lambda held: held.to_on is not None)


def running(area: ResponsibilityArea, pk: int) -> AreaMember:
    """Who answers for the area today, by the id of that fact. Raises `NotAllowed` for what has ended."""
    found = area.members.filter(pk=pk, to_on=None).select_related("member__person").first()
    if found is None:
        raise NotAllowed(policy.manage_area.reason)
    return found


def mine(actor: Actor) -> AreaMember | None:
    rows = AreaMember.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    return rows.select_related("area__sector", "area__county").first()


def without(actor: Actor) -> QuerySet[Member]:
    """Members in office without an area."""
    held = AreaMember.objects.filter(to_on=None, member=OuterRef("pk"))
    return Member.objects.filter(policy.members_of(actor), ~Exists(held), state__in=IN_OFFICE)
