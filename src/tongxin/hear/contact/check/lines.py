"""The lines of the 1158 check as its page and its table show them: filtered, sorted, paged, rolled up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.text import whole_number
from tongxin.people import roles
from tongxin.people.models import Assembly, Committee, Member, Sector
from tongxin.people.places import county_of_member
from tongxin.people.policy import SEES_ALL

from ..models import Reminder
from . import measuring, policy
from .measuring import CELL, CELLS, GROUPED, Cell, Standard, Total

PAGE = 50
REMEMBERED_FROM, REMEMBERED_SECONDS = 5_000, 60  # members; seconds
PLACES = ("sector", "committee", "county", "member")
SORTS = {
    "name": ("person__name",),
    "links": ("link_count",),
    "channels": ("channel_count",),
    "tasks": ("task_count",),
    "contact": ("last_on",),
    "answers": ("answered",),
}
ANY = "any"


@dataclass(frozen=True)
class Asked:
    """What the address asks for; unknown values are left out. `by` is the kind of line.

    A committee or county 0 stands for the members who have none.
    """

    by: str = ""
    sector: int | None = None
    committee: int | None = None
    county: int | None = None
    member: int | None = None
    q: str = ""
    short: str = ""  # a cell's code, or "any": members who do not fulfil it
    full: str = ""  # a cell's code: members who fulfil it
    sort: str = ""

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Asked:
        places = {name: whole_number(get.get(name, "")) for name in PLACES}
        short, full, sort, by = (get.get(name, "") for name in ("short", "full", "sort", "by"))
        return cls(
            by=by if by in ("member", *GROUPED) else "",
            q=get.get("q", "").strip()[:60],
            short=short if short in CELL or short == ANY else "",
            full=full if full in CELL else "",
            sort=sort if sort.removeprefix("-") in SORTS else "",
            **places,
        )

    @property
    def place(self) -> dict[str, int]:
        """The sector, committee, county or member in the address."""
        return {name: value for name in PLACES if (value := getattr(self, name)) is not None}

    @property
    def narrowed(self) -> bool:
        return bool(self.place or self.q or self.short or self.full)

    def only(self, rows: QuerySet[Member], by: Standard) -> QuerySet[Member]:
        """The members of the place."""
        if self.sector is not None:
            rows = rows.filter(sector=self.sector)
        if self.member is not None:
            rows = rows.filter(pk=self.member)
        if self.committee is not None:
            rows = rows.annotate(of_committee=measuring.committee_of_sector(by.today))
            rows = rows.filter(of_committee=self.committee or None)
        if self.county is not None:
            rows = rows.annotate(of_county=county_of_member()).filter(of_county=self.county or None)
        return rows

    def address(self, name: str = "index", **more: Any) -> str:
        """A page of the check about the same place; `more` adds to it or, when empty, takes away."""
        asked = {**self.place, **more}
        kept = {key: value for key, value in asked.items() if value not in (None, "")}
        return reverse(f"check:{name}") + (f"?{urlencode(kept)}" if kept else "")


def asked(actor: Actor, get: Mapping[str, str]) -> Asked:
    """Whoever sees one sector or less begins with members, everybody else with sectors."""
    wanted = Asked.read(get)
    if wanted.by:
        return wanted
    broad = actor.has(*SEES_ALL, roles.COMMITTEE, roles.COUNTY)
    return replace(wanted, by="sector" if broad and not wanted.narrowed and not wanted.sort else "member")


@dataclass(frozen=True)
class Shown:
    """A cell of a line: `value` of `goal` (None where there is none), whether that is enough, and where it leads."""

    cell: Cell
    value: Any
    goal: int | None
    enough: bool
    url: str
    rest: int = 0  # how many of a group do not fulfil it
    rest_url: str = ""


@dataclass(frozen=True)
class Line:
    """A member's or a group's line; `label` leads to `url`."""

    label: str
    url: str
    cells: list[Shown]
    size: int = 1
    key: int | None = None
    note: str = ""
    member: Member | None = None
    short: list[str] = field(default_factory=list)
    lacking: int = 0
    reminder: Reminder | None = None
    may_remind: bool = False

    @property
    def standing(self) -> Reminder | None:
        """The newest reminder; a call to be made only while the member is short of something and has no account."""
        done = not self.short or (self.member is not None and self.member.person.user_id is not None)
        return None if self.reminder and self.reminder.to_call and done else self.reminder


@dataclass(frozen=True)
class Place:
    """A sector, committee or county by name."""

    kind: str
    pk: int
    label: str


def places(assembly: Assembly) -> list[Place]:
    """All sectors, committees and counties of an assembly in their order; one query."""
    english = (get_language() or "").startswith("en")
    parts = (
        _names("sector", Sector.objects.filter(assembly=assembly), short=Value(""), position=F("position")),
        _names("committee", Committee.objects.filter(assembly=assembly), short=F("short"), position=F("position")),
        _names("county", Assembly.objects.filter(parent=assembly), short=F("short"), position=F("id")),
    )
    found = []
    for kind, pk, name, name_en, short, _position in sorted(
        parts[0].union(*parts[1:]), key=lambda row: (row[0], row[5], row[1])
    ):
        if kind == "county":
            short = short or name.removesuffix("政协")
        found.append(Place(kind, pk, name_en if english and name_en else short or name))
    return found


def _names(kind: str, rows: QuerySet, short: Any, position: Any) -> QuerySet:
    named = rows.order_by().annotate(kind=Value(kind, CharField()), brief=short, rank=position)
    return named.values_list("kind", "pk", "name", "name_en", "brief", "rank")


def place_name(actor: Actor, asked: Asked) -> str:
    """The place that the address is about, in words; "" for the whole assembly, or what the actor does not see."""
    if actor.assembly is None:
        return ""
    known = {(place.kind, place.pk): place.label for place in places(actor.assembly)}
    found = [known.get(item, "") for item in asked.place.items()]
    if asked.member is not None:
        found += measuring.members(actor).filter(pk=asked.member).values_list("person__name", flat=True)
    return " · ".join(filter(None, found))


class Check:
    """What one page of the check shows to an actor."""

    def __init__(self, actor: Actor, asked: Asked, today: date | None = None) -> None:
        if actor.assembly is None:
            raise LookupError("an actor without assembly")
        self.actor, self.asked = actor, asked
        self.by = measuring.standard(actor.assembly.pk, today)
        self.places = places(actor.assembly)
        self._may_remind = policy.REMIND(actor)

    def named(self, kind: str) -> dict[int, str]:
        """The names of a kind of place."""
        return {place.pk: place.label for place in self.places if place.kind == kind}

    @property
    def members(self) -> QuerySet[Member]:
        """The members of the place whom the actor sees."""
        rows = self.asked.only(measuring.members(self.actor), self.by)
        return rows.filter(person__name__icontains=self.asked.q) if self.asked.q else rows

    @property
    def found(self) -> QuerySet[Member]:
        """Those of them who fit the conditions, measured and in order."""
        rows = measuring.measured(self.members, self.by).select_related("person", "sector")
        conditions = measuring.fulfilled(self.by)
        if self.asked.full:
            rows = rows.filter(conditions[self.asked.full])
        if self.asked.short == ANY:
            rows = measuring.short(rows, self.by)
        elif self.asked.short:
            rows = measuring.lacking(rows, conditions[self.asked.short])
        return rows.order_by(*self._order())

    @property
    def _counts(self) -> bool:
        """Whether who is shown, or in which order, depends on what is counted."""
        return bool(self.asked.short or self.asked.full or self.asked.sort.removeprefix("-") not in ("", "name"))

    @property
    def _named(self) -> QuerySet:
        """The ids of the members in the order of names."""
        return self.members.order_by(*self._order()).values_list("pk", flat=True)

    def _order(self) -> list[Any]:
        usual = ["sector__position", "sector_id", "person__name", "id"]
        if not self.asked.sort:
            return usual
        name, down = self.asked.sort.removeprefix("-"), self.asked.sort.startswith("-")
        path = F(SORTS[name][0])
        # Never contacted is the longest ago.
        return [path.desc(nulls_last=True) if down else path.asc(nulls_first=True), *usual]

    def page(self, number: str, size: int) -> Page:
        """A page of members' lines; `size` is how many there are when that is known (-1: count them)."""
        paginator = Paginator(self.found if self._counts else self._named, PAGE)
        if size >= 0:
            paginator.count = size
        page = paginator.get_page(number)
        rows = list(page.object_list)
        if not self._counts:  # only those of this page need be measured
            measured = measuring.measured(Member.objects.filter(pk__in=rows), self.by).select_related(
                "person", "sector"
            )
            found = measured.in_bulk()
            rows = [found[pk] for pk in rows]
        newest = self.reminders(rows)
        page.object_list = [self.member_line(row, newest.get(row.pk)) for row in rows]
        return page

    def reminders(self, rows: Iterable[Member]) -> dict[int, Reminder]:
        """The newest reminder of each member, with who sent it; one query."""
        found = Reminder.objects.filter(member__in=[row.pk for row in rows]).select_related("created_by")
        return {reminder.member_id: reminder for reminder in found.order_by("on", "pk")}

    def totals(self) -> Total:
        """The place as a whole; one query."""
        return self._rolled_up()[0]

    def _rolled_up(self, group: str = "") -> list[Total]:
        """The sums; those of a large assembly cost a second, so they are remembered for a minute."""
        rows = self.members
        key = f"check.{group}.{self.by}.{rows.values('pk').query}"
        key = f"check.{hashlib.sha256(key.encode()).hexdigest()}"
        known = caches["local"].get(key)
        if known is None:
            known = measuring.rolled_up(rows, self.by, group)
            if sum(total.members for total in known) > REMEMBERED_FROM:
                caches["local"].set(key, known, REMEMBERED_SECONDS)
        return known

    def groups(self) -> list[Line]:
        """The place's sectors, committees or counties; one query."""
        known = self.named(self.asked.by)
        sums = measuring.in_order(self._rolled_up(self.asked.by), known)
        return [self.group_line(line, known.get(line.key or 0, "")) for line in sums]

    # What a line shows

    def member_line(self, row: Any, reminder: Reminder | None = None) -> Line:
        short = measuring.short_of(row, self.by)
        days = None if row.last_on is None else (self.by.today - row.last_on).days
        values: dict[str, tuple[Any, int | None]] = {
            "area": (1 if row.area_id else 0, 1),
            "links": (row.link_count, self.by.least),
            "channels": (row.channel_count, len(self.by.channels)),
            "tasks": (row.task_count, len(self.by.tasks)),
            "contact": (days, None),
            "answers": (row.answered, row.raised),
        }
        about = Asked(member=row.pk)
        cells = [
            Shown(cell, *values[cell.code], self._enough(cell, short, row), about.address("records", what=cell.code))
            for cell in CELLS
        ]
        label, sector = row.person.name, self.named("sector").get(row.sector_id, "")
        may = self._may_remind and policy.remind.allows(self.actor, row)
        return Line(
            label, about.address(by="member"), cells, 1, row.pk, sector, row, short, int(bool(short)), reminder, may
        )

    def _enough(self, cell: Cell, short: list[str], row: Any) -> bool:
        return row.answered >= row.raised if cell.code == "answers" else cell.code not in short

    def group_line(self, line: Total, label: str) -> Line:
        kind = self.asked.by if self.asked.by in GROUPED else ""
        narrower: dict[str, Any] = {kind: line.key or 0} if kind else {}
        about = replace(self.asked, by="", sort="", short="", full="", **narrower)
        cells = [self._group_cell(cell, line, about) for cell in CELLS]
        may = kind == "sector" and self._reminds(line.key)
        url = about.address(by="member")
        return Line(label or _("not known"), url, cells, line.members, line.key, lacking=line.lacking, may_remind=may)

    def _group_cell(self, cell: Cell, line: Total, about: Asked) -> Shown:
        """How many members fulfil it; for the concerns how many of them are answered."""
        if cell.code == "answers":
            url = about.address("records", what=cell.code)
            return Shown(cell, line.answered, line.raised, line.answered >= line.raised, url)
        done, rest = line.done[cell.code], line.members - line.done[cell.code]
        full, lack = (about.address(by="member", q=self.asked.q, **{key: cell.code}) for key in ("full", "short"))
        return Shown(cell, done, line.members, not rest, full, rest, lack)

    def _reminds(self, sector: int | None) -> bool:
        if not self._may_remind or sector is None:
            return False
        return policy.remind.allows(self.actor, Member(assembly=self.actor.assembly, sector_id=sector))

    def table(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Header and rows of the export: the same lines as the page, all of them."""
        if self.asked.by in GROUPED:
            header = [_("Name"), _("Members"), *(str(cell.label) for cell in CELLS), _("concerns raised")]
            rows = self.groups()
            return header, ([g.label, g.size, *(c.value for c in g.cells), g.cells[-1].goal] for g in rows)
        header = [_("Name"), _("sector"), *(str(cell.label) for cell in CELLS), _("concerns raised"), _("short of")]
        header[header.index(str(CELL["contact"].label))] = _("days since the last contact")
        return header, self._rows()

    def _rows(self) -> Iterator[list[Any]]:
        for row in self.found.iterator(chunk_size=2000):
            line = self.member_line(row)
            lacks = "、".join(str(CELL[code].label) for code in line.short)
            yield [line.label, line.note, *(c.value for c in line.cells), line.cells[-1].goal, lacks]
