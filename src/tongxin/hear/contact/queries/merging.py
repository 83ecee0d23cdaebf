"""Two entries of one person: which may be the same, and what merging them would come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from tongxin.hear.concerns.models import Concern
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed

from .. import lists, policy
from ..actions import merging
from ..forms.merging import OPEN
from ..models import Constituent, ConstituentLink, ContactPerson
from .people import known_by

OFFERED = 20


@dataclass
class Side:
    """One of the two entries as the preview shows it."""

    person: Constituent
    links: list[ConstituentLink]
    contacts: int = 0
    concerns: int = 0

    @property
    def current(self) -> list[ConstituentLink]:
        return [link for link in self.links if link.to_on is None]


@dataclass
class Preview:
    """Both entries, and what stands afterwards in the one that is kept."""

    kept: Side
    closed: Side
    standing: merging.Standing
    links: list[ConstituentLink]
    contacts: int
    numbers: list[str]
    purposes: list[str]
    dropped: list[Constituent]

    @property
    def sides(self) -> list[Side]:
        return [self.kept, self.closed]

    @property
    def number(self) -> str:
        """The number that stays when there is nothing to choose."""
        if len(self.numbers) != 1:
            return ""
        return (self.kept if self.numbers == ["kept"] else self.closed).person.phone


def mergeable(actor: Actor) -> Any:
    """The entries that the actor may merge."""
    rows = policy.merge.filter(actor, Constituent.objects.filter(assembly=actor.assembly, state__in=OPEN))
    return rows.select_related("assembly", "sector", "county")


def candidates(actor: Actor, person: Constituent, words: str) -> list[Constituent]:
    """Who may be the same: of the same name or number, or as the words say."""
    alike = Q(name_index=person.name_index)
    if person.phone_index:
        alike |= Q(phone_index=person.phone_index)
    rows = mergeable(actor).exclude(pk=person.pk).filter(known_by(words) if words else alike)
    return list(rows.order_by("-pk")[:OFFERED])


def pair(actor: Actor, kept: int, closed: int) -> tuple[Constituent, Constituent]:
    """The two entries. Raises `NotAllowed` when they are one, or the actor may not merge either."""
    found = mergeable(actor).in_bulk([kept, closed])
    if len(found) < 2:
        raise NotAllowed(policy.merge.reason)
    return found[kept], found[closed]


def preview(kept: Constituent, closed: Constituent) -> Preview:
    """What merging would come to; three queries."""
    both = {person.pk: Side(person, []) for person in (kept, closed)}
    links = ConstituentLink.objects.filter(constituent__in=both).select_related("member__person", "member__sector")
    for link in links.order_by("from_on", "id"):
        both[link.constituent_id].links.append(link)
    met = ContactPerson.objects.filter(constituent__in=both, record__state="recorded")
    records: dict[int, set[int]] = {pk: set() for pk in both}
    for person, record in met.values_list("constituent", "record"):
        records[person].add(record)
    raised = Concern.objects.filter(raised_at__record__people__constituent__in=both).order_by()
    counted = dict(raised.values_list("raised_at__record__people__constituent").annotate(n=Count("pk", distinct=True)))
    for pk, side in both.items():
        side.contacts, side.concerns = len(records[pk]), counted.get(pk, 0)
    stands = merging.standing(kept, closed)
    # Copies, since uniting stretches them while the sides show them as they are.
    copies = [ConstituentLink(**{f.attname: getattr(link, f.attname) for f in link._meta.concrete_fields})
              for side in both.values() for link in side.links]  # fmt: skip
    members = {link.member_id: link.member for side in both.values() for link in side.links}
    united = [link for link, _taken in merging.unite(copies) if link.to_on is None and stands.state == "active"]
    for link in united:
        link.member = members[link.member_id]
    return Preview(
        both[kept.pk],
        both[closed.pk],
        stands,
        united,
        len(set().union(*records.values())),
        merging.numbers(kept, closed),
        lists.labels(kept.assembly_id, lists.PURPOSES_LIST, stands.consented.consent_for),
        merging.dropped(kept, closed),
    )
