"""Reasons and notes that go into the journal, from which nobody can take anything: without any constituent's name.

Whoever explains why a link ends may speak of somebody else: of a colleague's people, of a neighbour's. So all whom the
members named in the move know are blotted out, those of their committee's sectors too, and whatever looks like a
telephone number.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from tongxin.insight.telephones import without_telephones
from tongxin.kernel.actor import Actor
from tongxin.kernel.personal import blot_out
from tongxin.people.models import CommitteeSector, Member

from ..models import Constituent, ConstituentLink

Named = list[tuple[list[str], str]]  # every spelling of a name, and the number


def impersonal(reason: str, by: Actor, now: datetime, *members: Member) -> str:
    """The reason without names and numbers of whom the members, or their committees' other members, keep contact."""
    if not reason:
        return reason
    for names, phone in _known(by, now, members):
        if phone:
            reason = blot_out(reason, "", phone)
        for name in names:
            if name in reason:
                reason = blot_out(reason, name, "")
    return without_telephones(reason)


def _known(by: Actor, now: datetime, members: tuple[Member, ...]) -> Named:
    """Whom to look for. One who deals out a whole sector asks for the same people again: they are kept with a user's
    actor, who lives for one request."""
    key = f"contact.named {sorted(member.pk for member in members)}"
    if key in by.facts:
        return by.facts[key]
    found = [(person.names, person.phone) for person in _near(now, members)]
    if by.is_user:
        by.facts[key] = found
    return found


def _near(now: datetime, members: tuple[Member, ...]) -> QuerySet[Constituent]:
    """The people whom the members know or knew, and those of all sectors of the committees that look after theirs."""
    today = timezone.localdate(now)
    running = CommitteeSector.objects.filter(Q(to_on=None) | Q(to_on__gt=today), from_on__lte=today)
    committees = running.filter(sector__in=[member.sector_id for member in members]).values("committee")
    sectors = running.filter(committee__in=committees).values("sector")
    links = ConstituentLink.objects.filter(Q(member__in=members) | Q(member__sector__in=sectors))
    known = Q(pk__in=links.values("constituent")) | Q(sector__in=sectors)
    rows = Constituent.objects.filter(known, assembly__in={member.assembly_id for member in members})
    return rows.exclude(name_index="").only("name", "earlier_names", "phone")
