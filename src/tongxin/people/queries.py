"""Reads of people and institutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import get_language

from tongxin.kernel import journal, search
from tongxin.kernel.actor import Actor, Grant
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.text import whole_number

from . import phones, policy, roles
from .models import Assembly, Body, Committee, CommitteeSector, Convener, Member, Person, RoleGrant, Sector, Term, User

REMEMBERED_SECONDS = 60
CONVENING_ENDS = 60  # days ahead that the office is told of


def user_with_roles(pk: int) -> User | None:
    """The user together with all that `actor_of` asks for, in one query; None when there is none."""
    grants = list(_held(pk).select_related("assembly", "user"))
    user = grants[0].user if grants else User.objects.filter(pk=pk).first()
    if user is not None:
        user.held = grants
    return user


def actor_of(user: User, assembly_id: int | None = None) -> Actor:
    """The user as an actor in one assembly: the asked-for one if a role is held there, else the first.

    One query, none for somebody whom `user_with_roles` has just found. The facts name the assemblies where a role is
    held, and the number of the term in force.
    """
    grants = user.held if user.held is not None else list(_held(user.pk).select_related("assembly"))
    here = next((g for g in grants if g.assembly_id == assembly_id), grants[0] if grants else None)
    held = frozenset(Grant(g.role, g.scope) for g in grants if here and g.assembly_id == here.assembly_id)
    others = {g.assembly_id: g.assembly for g in grants}
    facts = {"assemblies": list(others.values()), "term": getattr(here, "term", None)}
    return Actor("user", user.name, here.assembly if here else None, user, held, facts=facts)


def _held(user_id: int) -> QuerySet[Any]:
    """The roles somebody holds anywhere, each with the number of the assembly's term in force."""
    terms = Term.objects.filter(in_force(timezone.localdate(), end="to_on"), assembly=OuterRef("assembly"))
    return RoleGrant.objects.filter(user=user_id).annotate(term=Subquery(terms.values("number")[:1])).order_by("id")


def in_force(on: date, start: str = "from_on", end: str = "closed_on") -> Q:
    """What is in force on a day: begun (or always there), not ended."""
    return (Q(**{start: None}) | Q(**{f"{start}__lte": on})) & (Q(**{end: None}) | Q(**{f"{end}__gt": on}))


def sectors(assembly: Assembly, on: date) -> QuerySet[Sector]:
    return Sector.objects.filter(in_force(on), assembly=assembly)


def committees(assembly: Assembly, on: date) -> QuerySet[Committee]:
    return Committee.objects.filter(in_force(on), assembly=assembly)


def bodies(assembly: Assembly) -> QuerySet[Body]:
    return Body.objects.filter(assembly=assembly, closed_on=None)


def committee_of(sector: Sector | None, on: date) -> Committee | None:
    """The committee that looks after a sector on a day; None when there is none or more than one."""
    if sector is None:
        return None
    # Kept with the object, which thousands of rows of a list share: links change rarely, an object lives briefly.
    links = sector.__dict__.get("_links")
    if links is None:
        links = sector.__dict__["_links"] = list(sector.committees.select_related("committee"))
    found = [link.committee for link in links if link.from_on <= on and (link.to_on is None or link.to_on > on)]
    return found[0] if len(found) == 1 else None


def home() -> Assembly | None:
    """The assembly that this installation's public pages speak for: the highest below the province, else the province.

    With several cities in one installation the portal takes the one that its address or station names.
    """
    above = Case(When(level=Assembly.Level.PROVINCE, then=Value(1)), default=Value(0))
    return Assembly.objects.order_by(above, "level", "code").first()


def home_of(assemblies: Iterable[Assembly]) -> Assembly | None:
    """The same among assemblies that are at hand."""
    return min(assemblies, key=lambda a: (a.level == Assembly.Level.PROVINCE, a.level, a.code), default=None)


def known_home() -> Assembly | None:
    """The same, remembered by this process for a minute."""
    return caches["local"].get_or_set("people.home", home, REMEMBERED_SECONDS)


def users_with(assembly_id: int, role: str, scope: Any = None) -> QuerySet[User]:
    """Users who hold a role in an assembly (in a scope when one is given) and may sign in."""
    held = RoleGrant.objects.filter(assembly_id=assembly_id, role=role)
    if scope is not None:
        held = held.filter(scope=scope)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def same_person(name: str, phone: str = "", birth: date | None = None) -> Person | None:
    """Somebody known already: by telephone (whatever the name), else by name and date of birth together."""
    if phone and (found := Person.objects.filter(phone_index=phones.index_of(phone)).first()):
        return found
    return Person.objects.filter(name=name, birth=birth).first() if name and birth else None


def namesakes(name: str, sector: Sector, term: Term | None, phone: str = "", birth: date | None = None) -> list[Member]:
    """Who sits in the sector in this term under the same name, and may well be the same person.

    A telephone or date of birth that both have and that differ tell two people apart.
    """
    seats = Member.objects.filter(term=term, sector=sector, person__name=name).select_related("person")
    return [seat for seat in seats if agree(seat.person, phone, birth)]


def agree(person: Person, phone: str, birth: date | None) -> bool:
    """Whether neither telephone nor date of birth says that this is somebody else."""
    other_phone = bool(phone and person.phone and phone != person.phone)
    return not other_phone and not (birth and person.birth and birth != person.birth)


def members(actor: Actor, filters: Mapping[str, str]) -> QuerySet[Member]:
    """The directory of the actor's assembly. `filters`: q, sector, committee, duty, state, entrepreneur ("1").

    Without a state those in office are shown; "all" shows everybody.
    """
    rows = policy.read_directory.filter(actor, Member.objects.select_related("person", "sector", "committee"))
    for name in ("sector", "committee"):
        if number := whole_number(filters.get(name, "")):
            rows = rows.filter(**{f"{name}_id": number})
    if filters.get("duty"):
        rows = rows.filter(duty=filters["duty"])
    if filters.get("entrepreneur") == "1":
        rows = rows.filter(is_entrepreneur=True)
    state = filters.get("state") or "office"
    if state == "office":
        rows = rows.filter(state__in=("active", "leave"))
    elif state != "all":
        rows = rows.filter(state=state)
    if filters.get("q", "").strip():
        rows = search.matching(rows, filters["q"])
    return rows.order_by("sector__position", "sector_id", "person__name", "id")


@dataclass(frozen=True)
class SectorLine:
    """A row of the matrix: a sector and the committees that look after it, now, before and later."""

    sector: Sector
    links: list[CommitteeSector]
    today: date

    @property
    def now(self) -> list[CommitteeSector]:
        return [k for k in self.links if k.from_on <= self.today and (k.to_on is None or k.to_on > self.today)]

    @property
    def past(self) -> list[CommitteeSector]:
        return [link for link in self.links if link.to_on and link.to_on <= self.today]

    @property
    def coming(self) -> list[CommitteeSector]:
        return [link for link in self.links if link.from_on > self.today]

    @property
    def orphan(self) -> bool:
        """No committee looks after it today."""
        return not self.now

    @property
    def shared(self) -> bool:
        """More than one does."""
        return len(self.now) > 1

    @property
    def cells(self) -> dict[int, CommitteeSector]:
        """Today's links by committee."""
        return {link.committee_id: link for link in self.now}


def matrix(assembly: Assembly, today: date) -> tuple[list[Committee], list[SectorLine]]:
    """Committees in force, and every sector in force with its links. Three queries."""
    links: dict[int, list[CommitteeSector]] = defaultdict(list)
    found = CommitteeSector.objects.filter(assembly=assembly).select_related("committee").order_by("from_on", "id")
    for link in found:
        links[link.sector_id].append(link)
    lines = [SectorLine(sector, links[sector.pk], today) for sector in sectors(assembly, today)]
    return list(committees(assembly, today)), lines


def unsettled(assembly: Assembly, today: date) -> int:
    """How many sectors have no committee, or more than one."""
    return sum(line.orphan or line.shared for line in matrix(assembly, today)[1])


def without_convener(assembly: Assembly, today: date) -> list[Sector]:
    """The sectors in force that nobody in office convenes today (domain §1.4 P4)."""
    convened = Convener.objects.filter(
        in_force(today, end="to_on"), rank=Convener.Rank.CHIEF, member__state__in=("active", "leave")
    )
    return list(sectors(assembly, today).exclude(pk__in=convened.values("sector")))


def convening_ends(assembly: Assembly, today: date) -> list[Convener]:
    """Conveners whose own time, or whose term, ends within `CONVENING_ENDS` days or has ended."""
    until = today + timedelta(days=CONVENING_ENDS)
    rows = Convener.objects.filter(Q(to_on=None) | Q(to_on__gt=today), assembly=assembly, from_on__lte=today)
    ending = rows.filter(Q(to_on__lte=until) | Q(member__term__to_on__lte=until))
    return list(ending.select_related("sector", "member__person").order_by("sector__position"))


def known_users(actor: Actor) -> QuerySet[User]:
    """The accounts an administrator looks after: those with a role here, and those made or changed here."""
    if not policy.ADMINISTRATORS(actor):
        return User.objects.none()
    granted = RoleGrant.objects.filter(assembly=actor.assembly).values("user")
    handled = JournalEntry.objects.filter(record_type="people.user", assembly=actor.assembly).values("record_id")
    return User.objects.filter(Q(pk__in=granted) | Q(pk__in=handled))


def find_users(actor: Actor, text: str = "", role: str = "") -> QuerySet[User]:
    """Of the accounts an administrator looks after those with these words in their names, and with this role here."""
    rows = known_users(actor)
    for word in text.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
    if role:
        rows = rows.filter(pk__in=RoleGrant.objects.filter(assembly=actor.assembly, role=role).values("user"))
    return rows.order_by("-is_active", "name", "id")


def grants_here(actor: Actor, users: Iterable[User]) -> dict[int, list[RoleGrant]]:
    """The roles that users hold in the actor's assembly, by user."""
    held: dict[int, list[RoleGrant]] = defaultdict(list)
    rows = RoleGrant.objects.filter(assembly=actor.assembly, user__in=[user.pk for user in users])
    for grant in rows.order_by("id"):
        held[grant.user_id].append(grant)
    return held


def scope_choices(actor: Actor, role: roles.Role) -> QuerySet | None:
    """What a role can be limited to in the actor's assembly; None when the role is for the whole assembly."""
    if not role.scope:
        return None
    model: Any = apps.get_model(role.scope)
    if model is Assembly:
        return Assembly.objects.filter(parent=actor.assembly)
    rows = model._default_manager.filter(assembly=actor.assembly)
    if model is Member:
        return rows.filter(state__in=("active", "leave")).select_related("person").order_by("person__name")
    return rows.filter(closed_on=None) if hasattr(model, "closed_on") else rows


def scope_names(grants: Iterable[RoleGrant]) -> dict[tuple[str, int], str]:
    """What grants are limited to, in words: (role, scope) -> name. One query for all kinds."""
    wanted: dict[str, set[int]] = defaultdict(set)
    known = [grant for grant in grants if grant.scope is not None and roles.get(grant.role).scope]
    for grant in known:
        wanted[roles.get(grant.role).scope].add(grant.scope or 0)
    parts = [_names_of(label, ids) for label, ids in wanted.items()]
    english = (get_language() or "").startswith("en")
    rows = parts[0].union(*parts[1:]) if parts else []
    found = {(label, pk): (en if english else "") or zh for label, pk, zh, en in rows}
    return {(g.role, g.scope): found.get((roles.get(g.role).scope, g.scope), "…") for g in known if g.scope is not None}


def _names_of(label: str, ids: set[int]) -> QuerySet:
    """Rows of (kind, id, Chinese name, English name); a member is called like the person."""
    model: Any = apps.get_model(label)
    zh, en = (F("person__name"), Value("")) if model is Member else (F("name"), F("name_en"))
    return model._default_manager.filter(pk__in=ids).order_by().values_list(Value(label), "pk", zh, en)


def story(user: User, assembly_id: int) -> list[journal.Event]:
    """What was done with an account in this assembly, newest first."""
    rows = JournalEntry.objects.filter(record_type="people.user", record_id=user.pk, assembly_id=assembly_id)
    found = list(rows.order_by("-at", "-id")[:50])
    for row in found:
        if role := roles.find(row.facts.get("role", "")):
            row.facts = {**row.facts, "role": str(role.label)}
    return [journal.describe(row, User) for row in found]


def family(assembly: Assembly) -> list[tuple[Assembly, int]]:
    """An assembly among those above and below it, each with its depth, in the order of the tree."""
    every: dict[int | None, list[Assembly]] = defaultdict(list)
    for each in Assembly.objects.all():
        every[each.parent_id].append(each)
    by_id = {each.pk: each for group in every.values() for each in group}
    above: list[Assembly] = []
    up = by_id.get(assembly.parent_id or 0)
    while up:
        above.insert(0, up)
        up = by_id.get(up.parent_id or 0)
    tree = [(each, depth) for depth, each in enumerate(above)]

    def add(each: Assembly, depth: int) -> None:
        tree.append((each, depth))
        for child in every[each.pk]:
            add(child, depth + 1)

    add(assembly, len(above))
    return tree
