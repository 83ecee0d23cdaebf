"""The 1158 check: for each member what the method asks, counted from the records (domain §2.3).

One area, a group of people, the channels used and the tasks served within twelve months, the days since the last
contact, and how many of the concerns raised at contacts have been answered. Nothing is stored: every number is a
condition over rows, and the same condition lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.figures import holds
from tongxin.people import queries as people
from tongxin.people.models import Assembly, Committee, CommitteeSector, Member, Sector
from tongxin.people.places import county_of_member

from ..lists import CHANNELS_LIST, FADING_DAYS, FRESH_DAYS, LINKS_MIN, STALE_DAYS, TASKS_LIST
from ..models import AreaMember, ConstituentLink, ContactConcern, ContactRecord, ContactTask
from . import policy

MONTHS = 12
IN_OFFICE = ("active",)  # who is on leave keeps no contact and is not short of any
COUNTS = ("recorded",)  # states of a contact record that counts


@dataclass(frozen=True)
class Cell:
    """One thing the method asks. `code` stands in addresses, reminders and the keys of every line."""

    code: str
    label: Any
    digit: str
    reminds: bool = True


CELLS = (
    Cell("area", _("has an area"), "1"),
    Cell("links", _("people in contact"), "1"),
    Cell("channels", pgettext_lazy("1158", "channels used"), "5"),
    Cell("tasks", pgettext_lazy("1158", "tasks done"), "8"),
    Cell("contact", _("last contact"), ""),
    # Answering is for those who handle the concern: a member is not reminded of it.
    Cell("answers", _("answered back"), "", reminds=False),
)
CELL = {cell.code: cell for cell in CELLS}


@dataclass(frozen=True)
class Standard:
    """What an assembly measures by on a day. `bands` are the days up to which a contact is fresh, recent, ageing."""

    assembly_id: int
    today: date
    least: int
    bands: tuple[int, int, int]
    channels: tuple[str, ...]
    tasks: tuple[str, ...]

    @property
    def since(self) -> date:
        """The first day of the twelve months that count."""
        try:
            return self.today.replace(year=self.today.year - 1) + timedelta(days=1)
        except ValueError:  # 29 February
            return self.today.replace(year=self.today.year - 1, day=28) + timedelta(days=1)

    @property
    def stale(self) -> date:
        """The earliest day of a contact that is not too long ago."""
        return self.today - timedelta(days=self.bands[2])

    def band(self, last: date | None) -> int:
        """0 fresh, 1 recent, 2 ageing, 3 too long ago or never."""
        if last is None:
            return 3
        days = (self.today - last).days
        return next((place for place, limit in enumerate(self.bands) if days <= limit), 3)

    def in_band(self, band: int, field: str = "last_on") -> Q:
        """The rows whose day falls into a band; no row falls into two, and each into one."""
        days = [self.today - timedelta(days=limit) for limit in self.bands]
        if band == 3:
            return Q(**{f"{field}__lt": days[2]}) | Q(**{field: None})
        newest = Q(**{f"{field}__lt": days[band - 1]}) if band else Q()
        return newest & Q(**{f"{field}__gte": days[band]})


def standard(assembly_id: int, today: date | None = None) -> Standard:
    def number(key: str) -> int:
        return int(options.parameter(assembly_id, key))

    # Whoever enters them in the wrong order gets bands that hold together all the same.
    bands = sorted(number(key) for key in (FRESH_DAYS, FADING_DAYS, STALE_DAYS))
    codes = [tuple(choice.code for choice in options.choices(assembly_id, key)) for key in (CHANNELS_LIST, TASKS_LIST)]
    return Standard(
        assembly_id, today or timezone.localdate(), number(LINKS_MIN), (bands[0], bands[1], bands[2]), *codes
    )


def incomplete_lists(assembly_id: int) -> list[tuple[Any, int, int]]:
    """The lists that hold more or fewer entries than the method has: (label, entries, how many it should be)."""
    found = []
    for key in (CHANNELS_LIST, TASKS_LIST):
        definition, size = options.list_definition(key), len(options.choices(assembly_id, key))
        if definition.expected is not None and size != definition.expected:
            found.append((definition.label, size, definition.expected))
    return found


# One line for each member


def records_within(by: Standard) -> Q:
    """The contact records that count for channels and tasks."""
    return Q(state__in=COUNTS, on__gte=by.since, on__lte=by.today)


def members(actor: Actor) -> QuerySet[Member]:
    """The members in office whose line the actor sees."""
    return policy.see.filter(actor, Member.objects.filter(state__in=IN_OFFICE))


def measured(rows: QuerySet[Member], by: Standard) -> QuerySet[Member]:
    """Each member with all that the check counts: the cells' numbers, committee, county and last reminder."""
    mine = ContactRecord.objects.filter(member=OuterRef("pk"))
    year = mine.filter(records_within(by))
    tasks = ContactTask.objects.filter(task__in=by.tasks, record__member=OuterRef("pk"), **_prefixed("record", by))
    raised = ContactConcern.objects.filter(record__member=OuterRef("pk"), record__state__in=COUNTS)
    links = ConstituentLink.objects.filter(member=OuterRef("pk"), to_on=None)
    return rows.annotate(
        area_id=Subquery(AreaMember.objects.filter(member=OuterRef("pk"), to_on=None).values("area")[:1]),
        county_id=county_of_member(),
        committee_now=committee_of_sector(by.today),
        link_count=_count(links),
        channel_count=_count(year.filter(channel__in=by.channels), "channel"),
        task_count=_count(tasks, "task", "record__member"),
        last_on=Subquery(mine.filter(state__in=COUNTS).order_by("-on").values("on")[:1]),
        raised=_count(raised, path="record__member"),
        answered=_count(raised.filter(concern__answered_at__isnull=False), path="record__member"),
    )


def _prefixed(path: str, by: Standard) -> dict[str, Any]:
    return {f"{path}__state__in": COUNTS, f"{path}__on__gte": by.since, f"{path}__on__lte": by.today}


def _count(rows: QuerySet, what: str = "pk", path: str = "member") -> Coalesce:
    """How many different values a member's rows have."""
    counted = rows.order_by().values(path).annotate(n=Count(what, distinct=what != "pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def committee_of_sector(on: date) -> Subquery:
    """The committee that looks after the member's sector on a day."""
    links = CommitteeSector.objects.filter(people.in_force(on, end="to_on"), sector=OuterRef("sector"))
    return Subquery(links.order_by("from_on", "pk").values("committee")[:1])


def county_of_area() -> Subquery:
    """Where the member's area lies."""
    areas = AreaMember.objects.filter(member=OuterRef("pk"), to_on=None).values("area__county")[:1]
    return Subquery(areas)


def fulfilled(by: Standard) -> dict[str, Q]:
    """For each cell which measured members fulfil it. Who raised no concern has none that waits."""
    return {
        "area": Q(area_id__isnull=False),
        "links": Q(link_count__gte=by.least),
        "channels": Q(channel_count__gte=len(by.channels)),
        "tasks": Q(task_count__gte=len(by.tasks)),
        "contact": Q(last_on__gte=by.stale),
        "answers": Q(answered__gte=F("raised")),
    }


def short_of(member: Any, by: Standard) -> list[str]:
    """The cells a measured member does not fulfil and can mend, in the method's order."""
    holds_ = Counted(*(getattr(member, name) for name in NUMBERS)).holds(by)
    return [cell.code for cell in CELLS if cell.reminds and not holds_[cell.code]]


def short(rows: QuerySet[Member], by: Standard) -> QuerySet[Member]:
    """The measured members who are short of anything they can mend."""
    return lacking(rows, whole(by))


def whole(by: Standard) -> Q:
    """Which measured members are short of nothing they can mend."""
    conditions = fulfilled(by)
    found = Q()
    for cell in CELLS:
        if cell.reminds:
            found &= conditions[cell.code]
    return found


def lacking(rows: QuerySet[Member], condition: Q) -> QuerySet[Member]:
    """Those that do not fit. Not `exclude`: what SQL leaves undecided (no contact ever) does not fit either."""
    return rows.annotate(fits=holds(condition)).filter(fits=False)


# Rolled up


@dataclass
class Total:
    """What a group of members fulfils: for each cell how many of them; and their people and concerns."""

    key: int | None
    members: int = 0
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CELL, 0))
    lacking: int = 0  # how many are short of anything they can mend
    links: int = 0
    raised: int = 0
    answered: int = 0

    def add(self, counted: Counted, by: Standard) -> None:
        """One more member."""
        holds_ = counted.holds(by)
        self.members += 1
        for code, held in holds_.items():
            self.done[code] += held
        self.lacking += not all(held for code, held in holds_.items() if CELL[code].reminds)
        self.links += counted.links
        self.raised += counted.raised
        self.answered += counted.answered


class Counted(NamedTuple):
    """A measured member's numbers, in the order of `NUMBERS`."""

    area: int | None
    links: int
    channels: int
    tasks: int
    last_on: date | None
    raised: int
    answered: int

    def holds(self, by: Standard) -> dict[str, bool]:
        """For each cell whether it is fulfilled; the same as the conditions of `fulfilled`."""
        return {
            "area": self.area is not None,
            "links": self.links >= by.least,
            "channels": self.channels >= len(by.channels),
            "tasks": self.tasks >= len(by.tasks),
            "contact": self.last_on is not None and self.last_on >= by.stale,
            "answers": self.answered >= self.raised,
        }


NUMBERS = ("area_id", "link_count", "channel_count", "task_count", "last_on", "raised", "answered")
GROUPED = {"sector": "sector_id", "committee": "committee_now", "county": "county_id"}


def rolled_up(rows: QuerySet[Member], by: Standard, group: str = "") -> list[Total]:
    """The measured members by sector, committee or county (None: they have none); all together without a group.

    One query with a line for each member: in one statement the database would count every number several times over.
    Groups share no member, so their numbers add up to the whole.
    """
    path = GROUPED[group] if group else "assembly_id"
    found: dict[int | None, Total] = {}
    for key, *numbers in measured(rows.order_by(), by).values_list(path, *NUMBERS).iterator(chunk_size=5000):
        place = key if group else None
        found.setdefault(place, Total(place)).add(Counted(*numbers), by)
    return list(found.values()) if group else [found.get(None, Total(None))]


def names(group: str, assembly: Assembly) -> dict[int, str]:
    """What a group's keys are called, in their order."""
    if group == "sector":
        return {row.pk: str(row) for row in Sector.objects.filter(assembly=assembly)}
    if group == "committee":
        return {row.pk: row.brief for row in Committee.objects.filter(assembly=assembly)}
    return {row.pk: row.place for row in Assembly.objects.filter(parent=assembly)}


def in_order(sums: Iterable[Total], known: dict[int, str]) -> list[Total]:
    """Groups in the order of their names' list; those without one last."""
    place = {key: number for number, key in enumerate(known)}
    return sorted(sums, key=lambda line: (place.get(line.key or 0, len(place)), line.key or 0))
