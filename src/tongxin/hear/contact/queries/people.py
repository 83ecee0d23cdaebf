"""The register of constituents and the story of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from tongxin.hear.concerns import policy as concern_policy
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.fields import PhoneField
from tongxin.kernel.text import whole_number
from tongxin.people.models import Member
from tongxin.people.workflow import IN_OFFICE

from .. import joining, lists, policy
from ..actions import forgetting
from ..forms.merging import OPEN
from ..indexes import name_index, phone_index
from ..models import Constituent, ConstituentLink, ContactRecord
from . import records
from .paging import Slice, page_number

CONTACTS_SHOWN = 20


@dataclass(frozen=True)
class Filters:
    """What the register's address asks for; unknown values are left out, so that an old bookmark still opens."""

    q: str = ""
    sector: str = ""
    county: str = ""
    member: str = ""
    state: str = ""
    only: str = ""  # "several", "nobody", "old" or "alike"
    page: int = 1

    ONLY = ("several", "nobody", "old", "alike")

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        ids = {name: v for name in ("sector", "county", "member") if whole_number(v := get.get(name, ""))}
        only = get.get("only", "") if get.get("only") in cls.ONLY else ""
        state = get.get("state", "") if get.get("state") in ("moved", "withdrawn", "erased", "merged") else ""
        return cls(q=get.get("q", "").strip()[:60], only=only, state=state, page=page_number(get), **ids)

    @property
    def narrowed(self) -> bool:
        return any((self.q, self.sector, self.county, self.member, self.state, self.only))


def readable(actor: Actor) -> QuerySet[Constituent]:
    return policy.read.filter(actor, Constituent.objects.all())


def get(actor: Actor, pk: int) -> Constituent:
    """Somebody the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    found = readable(actor).select_related("assembly", "sector", "county").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def offered(actor: Actor, pk: int, key: str) -> Constituent:
    """Somebody of the actor's assembly who was found as a twin. Raises `NotAllowed` for whom no such key was made."""
    found = Constituent.objects.filter(assembly=actor.assembly, pk=pk).select_related("assembly", "sector").first()
    if found is None or not joining.holds(actor, found, key):
        raise NotAllowed(policy.join.reason)
    return found


def links_of(person: Constituent) -> list[ConstituentLink]:
    """The person's links in force."""
    return list(person.links.filter(to_on=None).select_related("member__person").order_by("from_on", "id"))


def links_from(actor: Actor, member: Member) -> list[ConstituentLink]:
    """A member's links in force that the actor may hand over."""
    allowed = policy.arrange.filter(actor, Constituent.objects.filter(state="active"))
    rows = ConstituentLink.objects.filter(member=member, to_on=None, constituent__in=allowed.values("pk"))
    return list(rows.select_related("constituent__sector").order_by("from_on", "id"))


def register(actor: Actor, filters: Filters, today: date | None = None) -> Slice:
    """Who is enrolled, by sector; each with the links in force as `now`."""
    rows = readable(actor).filter(state=filters.state or "active")
    for name in ("sector", "county"):
        if value := getattr(filters, name):
            rows = rows.filter(**{f"{name}_id": int(value)})
    current = ConstituentLink.objects.filter(to_on=None)
    if filters.member:
        rows = rows.filter(pk__in=current.filter(member_id=int(filters.member)).values("constituent_id"))
    if filters.q:
        rows = rows.filter(known_by(filters.q))
    here = current.filter(constituent=OuterRef("pk"))
    if filters.only == "nobody":
        rows = rows.filter(~Exists(here))
    elif filters.only == "several":
        rows = rows.filter(
            pk__in=current.values("constituent_id").annotate(n=Count("pk")).filter(n__gt=1).values("constituent_id")
        )
    elif filters.only == "old":
        stale = int(options.parameter(actor.assembly_id, lists.STALE_DAYS))
        day = date.fromordinal((today or timezone.localdate()).toordinal() - stale)
        rows = rows.filter(Exists(here), ~Exists(here.filter(last_on__gte=day)))
    elif filters.only == "alike":
        rows = rows.filter(_alike(actor))
    links = current.select_related("member__person").order_by("from_on", "id")
    rows = rows.select_related("sector", "county").prefetch_related(Prefetch("links", queryset=links, to_attr="now"))
    return Slice.of(rows.order_by("sector__position", "sector_id", "id"), filters.page)


def _alike(actor: Actor) -> Q:
    """Perhaps enrolled twice: somebody else of the assembly, also one who moved away or withdrew, has the same number,
    or the same name and no other place."""
    others = Constituent.objects.filter(assembly=actor.assembly, state__in=OPEN).exclude(pk=OuterRef("pk"))
    same_name = others.filter(name_index=OuterRef("name_index"))
    same_place = same_name.filter(Q(place=OuterRef("place")) | Q(place=""))
    same_phone = others.filter(phone_index=OuterRef("phone_index"))
    by_name = Q(Exists(same_place)) | Q(Q(place=""), Exists(same_name))
    return by_name | Q(~Q(phone_index=""), Exists(same_phone))


def known_by(words: str) -> Q:
    """Somebody with this whole name or number, found by blind indexes; or with the words in place or occupation."""
    found = Q(name_index=name_index(words)) | Q(place__icontains=words) | Q(occupation__icontains=words)
    try:
        phone = PhoneField(required=False).clean(words)
    except ValidationError:
        phone = ""
    return found | Q(phone_index=phone_index(phone)) if phone else found


def waiting(actor: Actor) -> QuerySet[ConstituentLink]:
    """The links of members who left: their people wait to be handed over."""
    allowed = policy.arrange.filter(actor, Constituent.objects.filter(state="active"))
    rows = ConstituentLink.objects.filter(to_on=None, constituent__in=allowed.values("pk"))
    return rows.exclude(member__state__in=IN_OFFICE)


def pending(actor: Actor) -> list[QuerySet]:
    """Behind the navigation's number."""
    return [waiting(actor)] if policy.ARRANGING(actor) else []


@dataclass(frozen=True)
class Leaver:
    """A member who left, and how many people wait."""

    member: Member
    people: int


def leavers(actor: Actor) -> list[Leaver]:
    counted = dict(waiting(actor).order_by().values_list("member").annotate(n=Count("pk")))
    members = Member.objects.filter(pk__in=counted).select_related("person", "sector").order_by("left_on", "pk")
    return [Leaver(member, counted[member.pk]) for member in members]


@dataclass
class Story:
    """All that a constituent's page shows."""

    links: list[ConstituentLink]
    contacts: list[ContactRecord]
    concerns: list[Concern]

    @property
    def current(self) -> list[ConstituentLink]:
        return [link for link in self.links if link.to_on is None]

    @property
    def past(self) -> list[ConstituentLink]:
        return [link for link in self.links if link.to_on is not None]


def story(actor: Actor, person: Constituent) -> Story:
    """Links, contacts and what was raised; contacts and concerns as far as the actor may read them. Three queries."""
    links = person.links.select_related("member__person", "member__sector", "created_by").order_by("from_on", "id")
    contacts = records.readable(actor).filter(people__constituent=person).order_by("-on", "-id")[:CONTACTS_SHOWN]
    return Story(list(links), list(contacts), _raised(actor, person))


def _raised(actor: Actor, person: Constituent) -> list[Concern]:
    """What the person raised: told at a contact, or under the person's number. Under an earlier number (two entries
    were merged, a wrong one was put right) only what also bears the name."""
    if not concern_policy.DESK(actor):
        return []
    at_contacts = Q(raised_at__record__people__constituent=person)
    numbers = [index for index in (person.phone_index, *person.earlier_phones) if index]
    raised = Concern.objects.filter(at_contacts | Q(assembly=person.assembly, phone_index__in=numbers))
    seen = concern_policy.read.filter(actor, raised).distinct().order_by("-id")[:CONTACTS_SHOWN]
    return [
        concern
        for concern in seen
        if concern.phone_index not in person.earlier_phones or concern.speaker_name in person.names
    ]


def namesakes(actor: Actor, person: Constituent) -> list[Concern]:
    """Concerns that only name somebody like the person as who spoke: erasing leaves them, so the eraser looks first."""
    return list(concern_policy.read.filter(actor, forgetting.namesakes(person)))
