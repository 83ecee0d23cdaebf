"""Reads of the contact room. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from tongxin.hear.concerns import policy as concern_policy
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options, search
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.fields import PhoneField
from tongxin.kernel.text import whole_number
from tongxin.people.models import LeaderSector, Member
from tongxin.people.queries import in_force
from tongxin.people.workflow import IN_OFFICE

from . import lists, policy
from .actions import name_index, phone_index
from .models import (
    AreaMember,
    Constituent,
    ConstituentLink,
    ContactConcern,
    ContactFile,
    ContactPerson,
    ContactPlan,
    ContactRecord,
    ContactTask,
    ResponsibilityArea,
)

PAGE = 30
LAST_PAGE = 400
CONTACTS_SHOWN = 20


@dataclass
class Slice:
    """One page of rows; has what the pager asks of a page. Nobody needs the exact number of all pages."""

    rows: list[Any]
    number: int
    more: bool

    @classmethod
    def of(cls, rows: QuerySet, number: int) -> Slice:
        start = (number - 1) * PAGE
        found = list(rows[start : start + PAGE + 1])
        return cls(found[:PAGE], number, len(found) > PAGE)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.more

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1


def page_number(get: Mapping[str, str]) -> int:
    page = get.get("page", "")
    return min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 6 else 1


# My people


@dataclass(frozen=True)
class Near:
    """Somebody a member keeps contact with. `days` since the last contact; None when there was none yet."""

    link: ConstituentLink
    days: int | None
    freshness: str

    @property
    def person(self) -> Constituent:
        return self.link.constituent

    @property
    def tone(self) -> str:
        return lists.TONES[self.freshness]

    @property
    def arc(self) -> int:
        """How much of the ring is filled, in per cent of the time after which somebody is out of touch."""
        return 100 if self.days is None else max(2, min(100, round(self.days * 100 / self.stale)))

    @property
    def stale(self) -> int:
        return int(options.parameter(self.link.assembly_id, lists.STALE_DAYS)) or 1


def near(links: QuerySet[ConstituentLink] | list[ConstituentLink], today: date) -> list[Near]:
    """Links with the days since the last contact."""
    found = []
    for link in links:
        days = lists.days_since(link.last_on, today)
        found.append(Near(link, days, lists.freshness(days, link.assembly_id)))
    return found


def mine(actor: Actor, today: date | None = None) -> list[Near]:
    """The actor's own people, in the order of linking; one query."""
    rows = ConstituentLink.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    rows = (
        rows.filter(assembly=actor.assembly).select_related("constituent__sector", "member").order_by("from_on", "id")
    )
    return near(rows, today or timezone.localdate())


def panel(actor: Actor) -> dict[str, Any] | None:
    """What stands on a member's home."""
    people = mine(actor)
    return {"people": people, "short": short_of(actor, len(people))}


def short_of(actor: Actor, having: int) -> int:
    """How many people a member still lacks."""
    return max(0, int(options.parameter(actor.assembly_id, lists.LINKS_MIN)) - having)


def own_seat(actor: Actor) -> Member | None:
    """The actor's own seat as a member."""
    held = policy.seats(actor)
    rows = Member.objects.filter(pk__in=held, assembly=actor.assembly).select_related("person", "sector")
    return rows.first() if held else None


def member_seen(actor: Actor, pk: int) -> Member:
    """A member whose contacts the actor may look at. Raises `NotAllowed` for all others."""
    return _member(policy.members_seen(actor), pk)


def member_arranged(actor: Actor, pk: int) -> Member:
    """A member for whose people the actor arranges, also one who left. Raises `NotAllowed` for all others."""
    return _member(policy.members_of(actor), pk)


def _member(allowed: Q, pk: int) -> Member:
    found = Member.objects.filter(allowed, pk=pk).select_related("person", "sector", "assembly").first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


# Constituents


@dataclass(frozen=True)
class Filters:
    """What the register's address asks for; unknown values are left out, so that an old bookmark still opens."""

    q: str = ""
    sector: str = ""
    county: str = ""
    member: str = ""
    state: str = ""
    only: str = ""  # "several", "nobody" or "old"
    page: int = 1

    ONLY = ("several", "nobody", "old")

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        ids = {name: v for name in ("sector", "county", "member") if whole_number(v := get.get(name, ""))}
        only = get.get("only", "") if get.get("only") in cls.ONLY else ""
        state = get.get("state", "") if get.get("state") in ("moved", "withdrawn", "erased") else ""
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


def known(actor: Actor, pk: int) -> Constituent:
    """Anybody of the actor's assembly; only for whom a page has proved that he was found as a twin."""
    found = Constituent.objects.filter(assembly=actor.assembly, pk=pk).select_related("assembly", "sector").first()
    if found is None:
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
        rows = rows.filter(_known_by(filters.q))
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
    links = current.select_related("member__person").order_by("from_on", "id")
    rows = rows.select_related("sector", "county").prefetch_related(Prefetch("links", queryset=links, to_attr="now"))
    return Slice.of(rows.order_by("sector__position", "sector_id", "id"), filters.page)


def _known_by(words: str) -> Q:
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
    contacts = records(actor).filter(people__constituent=person).order_by("-on", "-id")[:CONTACTS_SHOWN]
    raised = Concern.objects.filter(raised_at__record__people__constituent=person)
    if person.phone_index:
        raised = raised | Concern.objects.filter(assembly=person.assembly, phone_index=person.phone_index)
    seen = concern_policy.read.filter(actor, raised) if concern_policy.DESK(actor) else Concern.objects.none()
    return Story(list(links), list(contacts), list(seen.distinct().order_by("-id")[:CONTACTS_SHOWN]))


# Contact records


@dataclass(frozen=True)
class Wanted:
    """What the address of the list of records asks for."""

    q: str = ""
    sector: str = ""
    member: str = ""
    channel: str = ""
    task: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    void: bool = False
    raised: bool = False
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Wanted:
        ids = {name: v for name in ("sector", "member") if whole_number(v := get.get(name, ""))}
        source = get.get("source", "") if get.get("source") in ContactRecord.Source.values else ""
        return cls(
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            channel=get.get("channel", "")[:40],
            task=get.get("task", "")[:40],
            source=source,
            since=_day(get.get("since", "")),
            until=_day(get.get("until", "")),
            void=get.get("void") == "1",
            raised=get.get("raised") == "1",
            page=page_number(get),
            **ids,
        )

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.__dict__.items() if name != "page")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def records(actor: Actor) -> QuerySet[ContactRecord]:
    """The records the actor may see, with their member."""
    rows = policy.read_record.filter(actor, ContactRecord.objects.all())
    return rows.select_related("member__person", "member__sector")


def listing(actor: Actor, wanted: Wanted) -> Slice:
    """The records that fit, the newest first; each with `n_people` and `n_raised`."""
    rows = records(actor).filter(state="voided" if wanted.void else "recorded")
    for name in ("channel", "source"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.member:
        rows = rows.filter(member_id=int(wanted.member))
    if wanted.sector:
        rows = rows.filter(member__sector_id=int(wanted.sector))
    if wanted.task:
        rows = rows.filter(Exists(ContactTask.objects.filter(record=OuterRef("pk"), task=wanted.task)))
    if wanted.since:
        rows = rows.filter(on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(on__lte=wanted.until)
    if wanted.raised:
        rows = rows.filter(Exists(ContactConcern.objects.filter(record=OuterRef("pk"))))
    if wanted.q:
        rows = search.matching(rows, wanted.q)
    people = Prefetch("people", queryset=_people(actor), to_attr="with_whom")
    return Slice.of(rows.prefetch_related(people, "raised").order_by("-on", "-id"), wanted.page)


def _people(actor: Actor) -> QuerySet[ContactPerson]:
    """Whom records met, each with `mine`: whether the actor keeps contact with the person."""
    own = ConstituentLink.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    linked = Exists(own.filter(constituent=OuterRef("constituent")))
    return ContactPerson.objects.select_related("constituent__sector").annotate(mine=linked).order_by("id")


def get_record(actor: Actor, pk: int) -> ContactRecord:
    """A record the actor may see. Raises `NotAllowed` for all others."""
    found = records(actor).select_related("assembly", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_record.reason)
    return found


def met(actor: Actor, contact: ContactRecord) -> list[ContactPerson]:
    return list(_people(actor).filter(record=contact))


def raised(actor: Actor, contact: ContactRecord) -> list[tuple[Concern, bool]]:
    """What was raised there, each with whether the actor may open it; one query."""
    found = Concern.objects.filter(raised_at__record=contact).order_by("id")
    if not concern_policy.DESK(actor):
        return [(concern, False) for concern in found]
    return [(concern, concern_policy.read.allows(actor, concern)) for concern in found]


def file_of(contact: ContactRecord, pk: int) -> ContactFile:
    found = contact.files.select_related("file").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_record.reason)
    return found


def by_token(token: str) -> ContactRecord | None:
    """The record that was made of the form with this token."""
    return ContactRecord.objects.filter(token=token).select_related("member__person").first() if token else None


# Areas


def areas(actor: Actor, get: Mapping[str, str]) -> Slice:
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


def get_area(actor: Actor, pk: int) -> ResponsibilityArea:
    rows = policy.read_area.filter(actor, ResponsibilityArea.objects.all())
    found = rows.select_related("assembly", "sector", "county", "leader__person").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_area.reason)
    return found


def area_members(area: ResponsibilityArea) -> list[AreaMember]:
    """Who answers and answered for it, those of today first."""
    rows = area.members.select_related("member__person", "member__sector").order_by("from_on", "id")
    return sorted(rows, key=lambda held: held.to_on is not None)


def running(area: ResponsibilityArea, pk: int) -> AreaMember:
    """Who answers for the area today, by the id of that fact. Raises `NotAllowed` for what has ended."""
    found = area.members.filter(pk=pk, to_on=None).select_related("member__person").first()
    if found is None:
        raise NotAllowed(policy.manage_area.reason)
    return found


def my_area(actor: Actor) -> AreaMember | None:
    rows = AreaMember.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    return rows.select_related("area__sector", "area__county").first()


def without_area(actor: Actor) -> QuerySet[Member]:
    """Members in office without an area."""
    held = AreaMember.objects.filter(to_on=None, member=OuterRef("pk"))
    return Member.objects.filter(policy.members_of(actor), ~Exists(held), state__in=IN_OFFICE)


# Plans


@dataclass
class Progress:
    """A member's plan of a year (None when there is none) and what was done so far."""

    member: Member
    plan: ContactPlan | None
    contacts: int = 0
    channels: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()

    @property
    def planned_channels(self) -> list[tuple[str, bool]]:
        return [(code, code in self.channels) for code in (self.plan.channels if self.plan else [])]

    @property
    def planned_tasks(self) -> list[tuple[str, bool]]:
        return [(code, code in self.tasks) for code in (self.plan.tasks if self.plan else [])]

    @property
    def channels_done(self) -> int:
        return sum(done for _code, done in self.planned_channels)

    @property
    def tasks_done(self) -> int:
        return sum(done for _code, done in self.planned_tasks)


def plans(actor: Actor, year: int, get: Mapping[str, str]) -> tuple[Slice, list[Progress]]:
    """The members the actor looks after, each with plan and progress; four queries."""
    rows = Member.objects.filter(policy.members_seen(actor), state__in=IN_OFFICE)
    if whole_number(get.get("sector", "")):
        rows = rows.filter(sector_id=int(get["sector"]))
    plan = ContactPlan.objects.filter(member=OuterRef("pk"), year=year)
    if get.get("only") == "none":
        rows = rows.filter(~Exists(plan))
    rows = rows.select_related("person", "sector").order_by("sector__position", "person__name", "id")
    found = Slice.of(rows, page_number(get))
    return found, progress(found.rows, year)


def progress(members: list[Member], year: int) -> list[Progress]:
    """Plan and progress of members in a year; three queries."""
    ids = [member.pk for member in members]
    plans = {plan.member_id: plan for plan in ContactPlan.objects.filter(member__in=ids, year=year)}
    rows = ContactRecord.objects.filter(member__in=ids, state="recorded", on__year=year).order_by()
    counts: dict[int, int] = defaultdict(int)
    channels: dict[int, set[str]] = defaultdict(set)
    tasks: dict[int, set[str]] = defaultdict(set)
    for member, channel, n in rows.values_list("member", "channel").annotate(n=Count("pk")):
        counts[member] += n
        channels[member].add(channel)
    for member, task in rows.values_list("member", "tasks__task").distinct():
        tasks[member].add(task)
    return [
        Progress(m, plans.get(m.pk), counts[m.pk], frozenset(channels[m.pk]), frozenset(tasks[m.pk])) for m in members
    ]


# Leaders


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
