"""Who may do what in the contact room, and which rows they see (domain §2.3, §2.10).

Constituents are personal data: a member sees those linked to the member, a convener and a committee's staff those of
their sectors (masked), the office and the leaders those of the assembly (masked). An upper assembly sees none.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import roles
from tongxin.people.models import CommitteeSector
from tongxin.people.policy import SEES_ALL, own_assembly

from .models import ConstituentLink

OVERSEERS = (*SEES_ALL, roles.COMMITTEE, roles.CONVENER)
READERS = (*OVERSEERS, roles.MEMBER)

DESK = Gate(lambda actor: actor.has(*READERS), _("Contact with constituents is for members, conveners and the office."))
MINE = Gate(lambda actor: actor.has(roles.MEMBER), _("This page shows a member's own constituents."))
RECORDING = Gate(
    lambda actor: actor.has(roles.MEMBER, roles.OFFICE),
    _("Contacts are recorded by members, or by the office for them."),
)
ENROLLING = Gate(
    lambda actor: actor.has(roles.MEMBER, roles.OFFICE, roles.CONVENER),
    _("People are enrolled by members, conveners and the office."),
)
OVERSIGHT = Gate(
    lambda actor: actor.has(*OVERSEERS), _("The register is for the office, leaders, committees and conveners.")
)
ARRANGING = Gate(
    lambda actor: actor.has(roles.OFFICE, roles.CONVENER),
    _("Giving people to members is for the office and the sectors' conveners."),
)
MERGING = Gate(
    lambda actor: actor.has(roles.OFFICE, roles.COMMITTEE),
    _("Two entries of one person are merged by the office, or by the committee that looks after the sector."),
)


def _sectors_of_committees(actor: Actor) -> QuerySet | list[int]:
    """The sectors that the actor's committees look after today."""
    held = actor.scopes(roles.COMMITTEE)
    if not held:
        return []
    today = timezone.localdate()
    rows = CommitteeSector.objects.filter(Q(to_on=None) | Q(to_on__gt=today), committee__in=held, from_on__lte=today)
    return rows.values_list("sector_id", flat=True)


def _of_sectors(actor: Actor, field: str, *, committees: bool = True) -> Q:
    """The rows of the actor's assembly whose `field` is a sector that the actor convenes or serves."""
    convened = actor.scopes(roles.CONVENER)
    mine = [Q(assembly_id=actor.assembly_id, **{f"{field}__in": convened})] if convened else []
    if committees and actor.has(roles.COMMITTEE):
        mine.append(Q(assembly_id=actor.assembly_id, **{f"{field}__in": _sectors_of_committees(actor)}))
    return either(*mine)


def seats(actor: Actor) -> list[int]:
    """The ids of the actor's own seats as a member."""
    return actor.scopes(roles.MEMBER)


def _own(actor: Actor, field: str = "member_id") -> Q:
    held = seats(actor)
    return Q(assembly_id=actor.assembly_id, **{f"{field}__in": held}) if held else NOTHING


def _linked(actor: Actor) -> Q:
    """The constituents linked to the actor today.

    The ids are kept with the actor, who lives for one request: a page's many buttons then ask once.
    """
    held = seats(actor)
    if not held:
        return NOTHING
    links = ConstituentLink.objects.filter(member_id__in=held, to_on=None).values_list("constituent_id", flat=True)
    ids = actor.facts.setdefault("contact.linked", links)
    return Q(assembly_id=actor.assembly_id, pk__in=ids)


def _met(actor: Actor) -> Q:
    return either(_own(actor), own_assembly(actor, roles.OFFICE))


# Whose people a contact may name: one's own, and for the office those of its assembly.
met_links = Rule(_met, _("Only one's own people, and for the office those of its assembly, can be met."))


def _seen(actor: Actor) -> Q:
    return either(own_assembly(actor, *SEES_ALL), _of_sectors(actor, "sector_id"), _linked(actor))


def _arranged(actor: Actor) -> Q:
    return either(own_assembly(actor, roles.OFFICE), _of_sectors(actor, "sector_id", committees=False))


def _merged(actor: Actor) -> Q:
    served = Q(assembly_id=actor.assembly_id, sector_id__in=_sectors_of_committees(actor))
    return either(own_assembly(actor, roles.OFFICE), *([served] if actor.has(roles.COMMITTEE) else []))


# Constituents

read = Rule(_seen, _("This person is not among those you see."))
enrol = Rule(
    lambda actor: own_assembly(actor, roles.OFFICE, roles.MEMBER, roles.CONVENER),
    _("People are enrolled by members, conveners and the office of their own assembly."),
)
tend = Rule(
    lambda actor: either(own_assembly(actor, roles.OFFICE), _linked(actor)),
    _("This is for the member who keeps contact with the person, and for the office."),
)
name = Rule(_linked, _("The whole name is shown to the member who keeps contact with the person."))
reveal = Rule(tend.rows, _("The contact details are for the linked member and the office."))
arrange = Rule(_arranged, ARRANGING.reason)
# Whoever enrols somebody who is known already may link that person instead; the form asks for the proof (`joining`).
join = Rule(
    lambda actor: own_assembly(actor, roles.OFFICE, roles.MEMBER, roles.CONVENER),
    _("Members link people of their own assembly only."),
)
leave = Rule(
    lambda actor: either(_arranged(actor), _linked(actor)),
    _("A link is ended by the linked member, the sector's convener or the office."),
)
merge = Rule(_merged, MERGING.reason)  # asked of both entries
erase = Rule(
    lambda actor: own_assembly(actor, roles.OFFICE),
    _("Erasing somebody is for the office, at the person's wish or when the time is over."),
)
system_only = Rule(lambda actor: Q() if actor.is_system else NOTHING, _("This happens by itself."))

# Contact records

read_record = Rule(
    lambda actor: either(own_assembly(actor, *SEES_ALL), _of_sectors(actor, "member__sector_id"), _own(actor)),
    _("This contact is not among those you see."),
)
record = Rule(_met, _("A contact is recorded by the member who had it, or by the office for a member."))
void = Rule(_met, _("A wrong record is voided by its member or the office."))

# Areas, plans, links of members

read_area = Rule(
    lambda actor: own_assembly(actor, *SEES_ALL, roles.COMMITTEE, roles.CONVENER, roles.MEMBER),
    _("Areas are seen by members and staff of their assembly."),
)
manage_area = Rule(_arranged, _("Areas are kept by the office and the convener of the sector."))
plan = Rule(
    lambda actor: either(
        _own(actor), own_assembly(actor, roles.OFFICE), _of_sectors(actor, "member__sector_id", committees=False)
    ),
    _("A plan is made by the member, the convener or the office."),
)
read_plan = Rule(read_record.rows, _("This plan is not among those you see."))
answer_for = Rule(
    lambda actor: either(own_assembly(actor, roles.OFFICE), _of_sectors(actor, "member__sector_id", committees=False)),
    _("Who answers for an area is settled by the office and the convener of the member's sector."),
)


def members_of(actor: Actor) -> Q:
    """The members for whom the actor may enrol, link and record: his own seat, his sectors', or all."""
    if actor.assembly_id is None:
        return Q() if actor.is_system else NOTHING
    here = Q(assembly_id=actor.assembly_id)
    if actor.is_system or actor.has(roles.OFFICE):
        return here
    return either(
        *([here & Q(pk__in=seats(actor))] if seats(actor) else []),
        *([here & Q(sector_id__in=actor.scopes(roles.CONVENER))] if actor.scopes(roles.CONVENER) else []),
    )


def members_seen(actor: Actor) -> Q:
    """The members whose contacts the actor may look at."""
    here = own_assembly(actor, *SEES_ALL)
    if here != NOTHING:
        return here
    own: Any = Q(assembly_id=actor.assembly_id, pk__in=seats(actor)) if seats(actor) else NOTHING
    return either(_of_sectors(actor, "sector_id"), own)
