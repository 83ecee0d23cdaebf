"""Whose line of the 1158 check somebody sees, and whom they may remind (domain §2.10).

A member sees their own line, a convener the sector, a committee its sectors, county staff the members whose area lies
in the county, office and leaders everybody. An upper assembly sees figures only.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import policy as people_policy
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import CommitteeSector, Member
from tongxin.people.policy import SEES_ALL, own_assembly

from ..models import AreaMember

LOOKERS = (*SEES_ALL, roles.COMMITTEE, roles.CONVENER, roles.COUNTY)

CHECK = Gate(
    lambda actor: actor.has(*LOOKERS, roles.MEMBER),
    _("The 1158 check is for members, conveners, committees, the office and leaders."),
)
CIRCLE = Gate(
    lambda actor: actor.has(*LOOKERS),
    _("The concentric circle is for leaders, the office, committees and conveners."),
)
KEEPS_LISTS = Gate(people_policy.MANAGERS.opens, people_policy.MANAGERS.reason)
REMIND = Gate(
    lambda actor: actor.has(*SEES_ALL, roles.CONVENER),
    _("Reminding is for conveners, the office and leaders."),
)


def _scoped(actor: Actor, field: str, ids: QuerySet | list[int]) -> Q:
    return Q(assembly_id=actor.assembly_id, **{f"{field}__in": ids})


def _of_committee(actor: Actor) -> Q:
    held = actor.scopes(roles.COMMITTEE)
    now = people.in_force(timezone.localdate(), end="to_on")
    links = CommitteeSector.objects.filter(now, committee__in=held)
    return _scoped(actor, "sector_id", links.values_list("sector_id", flat=True)) if held else NOTHING


def _of_county(actor: Actor) -> Q:
    """By the area a member answers for; by a seat in the county's own assembly where there is no such area."""
    held = actor.scopes(roles.COUNTY)
    if not held:
        return NOTHING
    placed = AreaMember.objects.filter(to_on=None, area__county__isnull=False)
    here = placed.filter(area__county__in=held).values_list("member_id", flat=True)
    seats = Member.objects.filter(assembly__in=held, state__in=("active", "leave")).values_list("person_id", flat=True)
    sitting = Member.objects.filter(assembly=actor.assembly, person_id__in=seats)
    elsewhere = sitting.exclude(pk__in=placed.values("member_id")).values_list("pk", flat=True)
    return either(_scoped(actor, "pk", here), _scoped(actor, "pk", elsewhere))


def _of_sector(actor: Actor) -> Q:
    held = actor.scopes(roles.CONVENER)
    return _scoped(actor, "sector_id", held) if held else NOTHING


def _own(actor: Actor) -> Q:
    held = actor.scopes(roles.MEMBER)
    return _scoped(actor, "pk", held) if held else NOTHING


see = Rule(
    lambda actor: either(
        own_assembly(actor, *SEES_ALL), _of_sector(actor), _of_committee(actor), _of_county(actor), _own(actor)
    ),
    _("This member is not among those whose contacts you see."),
)
remind = Rule(lambda actor: either(own_assembly(actor, *SEES_ALL), _of_sector(actor)), REMIND.reason)


def _for_member(actor: Actor) -> Q:
    """The same over reminders."""
    held = actor.scopes(roles.CONVENER)
    own = Q(assembly_id=actor.assembly_id, member__sector_id__in=held) if held else NOTHING
    return either(own_assembly(actor, *SEES_ALL), own)


reminding = Rule(_for_member, REMIND.reason)
read_reminder = Rule(
    lambda actor: either(
        _for_member(actor),
        _scoped(actor, "member_id", actor.scopes(roles.MEMBER)) if actor.has(roles.MEMBER) else NOTHING,
    ),
    _("This reminder is not among those you see."),
)
