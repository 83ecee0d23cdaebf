"""Giving many people to members in one act: all of one member's to another, or a whole sector's dealt out evenly.

Both are planned first and shown; what is then done is exactly what was shown, all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.people.models import Member, Sector
from tongxin.people.workflow import IN_OFFICE

from . import policy
from .models import Constituent, ConstituentLink

SALT = "contact.dealing"
SHOWN_FOR = 3600  # seconds a preview can be carried out


class Changed(Exception):
    """Something changed since the preview was shown; nothing was done."""


@dataclass(frozen=True)
class Step:
    """One person goes to a member; `link` is the one that ends, None for somebody nobody keeps contact with."""

    constituent: Constituent
    to: Member
    link: ConstituentLink | None = None


@dataclass
class Share:
    """What one member has afterwards: who stays and who is new."""

    member: Member
    kept: list[Constituent] = field(default_factory=list)
    new: list[Step] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.kept) + len(self.new)

    def has(self, constituent: Constituent) -> bool:
        return constituent in self.kept or any(step.constituent == constituent for step in self.new)


@dataclass
class Plan:
    """A whole sector dealt out: every member in office with an even share."""

    sector: Sector
    shares: list[Share]

    @property
    def steps(self) -> list[Step]:
        return [step for share in self.shares for step in share.new]

    @property
    def total(self) -> int:
        return sum(share.size for share in self.shares)

    @property
    def sealed(self) -> str:
        """The plan as a form carries it; nobody can change it on the way."""
        steps = [(s.constituent.pk, s.link.pk if s.link else 0, s.to.pk) for s in self.steps]
        return signing.dumps({"sector": self.sector.pk, "steps": steps}, salt=SALT, compress=True)


def plan(actor: Actor, sector: Sector) -> Plan:
    """Deal the sector's people out evenly; whoever can stay with the same member stays."""
    here = Member.objects.filter(assembly=actor.assembly, sector=sector, state__in=IN_OFFICE)
    shares = [Share(member) for member in here.select_related("person", "sector").order_by("person__name", "pk")]
    if not shares:
        return Plan(sector, [])
    links, free = _held(actor, sector)
    quota = _quotas(shares, links, len(links) + len(free))
    by_member = {share.member.pk: share for share in shares}
    pool: list[Step] = []
    for link in links:
        share = by_member.get(link.member_id)
        if share and len(share.kept) < quota[link.member_id] and not share.has(link.constituent):
            share.kept.append(link.constituent)
        else:
            pool.append(Step(link.constituent, link.member, link))
    pool += [Step(person, shares[0].member) for person in free]
    for step in pool:
        share = _neediest(shares, quota, step)
        if step.link and share.member.pk == step.link.member_id:
            share.kept.append(step.constituent)  # nobody else can take the person: all others have him already
            continue
        share.new.append(Step(step.constituent, share.member, step.link))
    return Plan(sector, shares)


def _held(actor: Actor, sector: Sector) -> tuple[list[ConstituentLink], list[Constituent]]:
    """The links of the sector's members (also of those who left) that the actor may move, and who has no link."""
    allowed = policy.arrange.filter(actor, Constituent.objects.filter(state="active"))
    in_force = ConstituentLink.objects.filter(to_on=None)
    links = in_force.filter(assembly=actor.assembly, member__sector=sector, constituent__in=allowed.values("pk"))
    nobodys = allowed.filter(~Exists(in_force.filter(constituent=OuterRef("pk"))), sector=sector)
    rows = links.select_related("member__person", "constituent__sector").order_by("from_on", "id")
    return list(rows), list(nobodys.select_related("sector").order_by("pk"))


def _quotas(shares: list[Share], links: list[ConstituentLink], total: int) -> dict[int, int]:
    """How many each member is to have: equal, the odd ones to those who have most already, so that few move."""
    least, odd = divmod(total, len(shares))
    having = {share.member.pk: sum(link.member_id == share.member.pk for link in links) for share in shares}
    order = sorted(having, key=lambda pk: -having[pk])
    return {pk: least + (place < odd) for place, pk in enumerate(order)}


def _neediest(shares: list[Share], quota: dict[int, int], step: Step) -> Share:
    """Who lacks most, and does not have this person already."""
    fitting = [share for share in shares if not share.has(step.constituent)] or shares
    return min(fitting, key=lambda share: share.size - quota[share.member.pk])


def unseal(actor: Actor, sealed: str) -> list[Step]:
    """The steps of a preview. Raises `Changed` when it is too old or what it names is no longer as it was."""
    try:
        told = signing.loads(sealed, salt=SALT, max_age=SHOWN_FOR)
    except signing.BadSignature:
        raise Changed from None
    people = Constituent.objects.select_related("assembly", "sector").in_bulk([row[0] for row in told["steps"]])
    rows = ConstituentLink.objects.filter(to_on=None).select_related("member__person")
    links = rows.in_bulk([row[1] for row in told["steps"] if row[1]])
    members = Member.objects.filter(assembly=actor.assembly, state__in=IN_OFFICE).select_related("person")
    known = members.in_bulk([row[2] for row in told["steps"]])
    steps = []
    for person, link, to in told["steps"]:
        if person not in people or people[person].state != "active" or to not in known or (link and link not in links):
            raise Changed
        steps.append(Step(people[person], known[to], links.get(link)))
    return steps


def carry_out(steps: Iterable[Step], by: Actor, on: date, reason: str, now: datetime | None = None) -> int:
    """Do all steps or none; returns how many. Raises what the door raises."""
    done = 0
    with transaction.atomic():
        for step in steps:
            data: dict[str, Any] = {"on": on, "reason": reason}
            if step.link is None:
                door.perform(step.constituent, "link", by, data | {"member": step.to.pk}, now=now)
            else:
                given = data | {"link": step.link.pk, "to": step.to.pk}
                door.perform(step.constituent, "hand_over", by, given, now=now)
            done += 1
    return done


def all_of(actor: Actor, member: Member, to: Member) -> list[Step]:
    """All people of one member for another."""
    allowed = policy.arrange.filter(actor, Constituent.objects.filter(state="active"))
    links = ConstituentLink.objects.filter(member=member, to_on=None, constituent__in=allowed.values("pk"))
    rows = links.select_related("constituent__assembly", "constituent__sector", "member__person").order_by("id")
    return [Step(link.constituent, to, link) for link in rows]


def reason_of(kind: str) -> str:
    """Why links end when many are moved at once."""
    return _("the sector's people were dealt out anew") if kind == "sector" else _("the member has left")
