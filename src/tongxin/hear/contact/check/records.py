"""The records behind a cell of the 1158 check: exactly those that it counts, of the members whom the actor sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns import policy as concerns
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.figures import holds
from tongxin.kernel.personal import mask_name

from .. import policy as contact
from ..lists import CHANNELS_LIST, TASKS_LIST
from ..models import AreaMember, Constituent, ConstituentLink, ContactRecord
from . import measuring
from .lines import Asked
from .measuring import COUNTS, Standard

PAGE = 50
BANDS = 4


@dataclass(frozen=True)
class Value:
    """A value in a list; `url` where it leads to a record."""

    label: Any
    value: Any
    url: str = ""

    @property
    def is_time(self) -> bool:
        return isinstance(self.value, date)


@dataclass(frozen=True)
class Part:
    """A part of the list and how many records it has; `key` stands in the address as `part`."""

    key: str
    label: str
    count: int


def band_names(by: Standard) -> list[str]:
    """The four ages of a contact in words."""
    first, second, third = by.bands
    return [
        gettext("within %(n)d days") % {"n": first},
        gettext("%(a)d–%(b)d days") % {"a": first + 1, "b": second},
        gettext("%(a)d–%(b)d days") % {"a": second + 1, "b": third},
        gettext("over %(n)d days") % {"n": third},
    ]


class Records:
    """One list. Raises `LookupError` for a cell or part that there is not."""

    def __init__(self, actor: Actor, what: str, asked: Asked, part: str = "", today: date | None = None) -> None:
        if what not in KINDS or actor.assembly_id is None:
            raise LookupError(what)
        self.actor, self.asked, self.part = actor, asked, part
        self.by = measuring.standard(actor.assembly_id, today)
        self.kind = KINDS[what]
        members = asked.only(measuring.members(actor), self.by)
        self.rows: QuerySet = self.kind.rows(members.order_by().values("pk"), self)
        self.conditions = self.kind.parts(self)
        if part and part not in self.conditions:
            raise LookupError(part)

    @cached_property
    def parts(self) -> list[Part]:
        """The parts with their counts; one query. Records may belong to more than one, as contacts to tasks."""
        if not self.conditions:
            return []
        asked = {
            f"part_{n}": Count("pk", filter=q, distinct=True) for n, (_l, q) in enumerate(self.conditions.values())
        }
        counts = self.rows.order_by().aggregate(whole=Count("pk", distinct=True), **asked)
        found = [Part("", gettext("all"), counts["whole"])]
        for n, (key, (label, _q)) in enumerate(self.conditions.items()):
            found.append(Part(key, label, counts[f"part_{n}"]))
        return found

    def chosen(self) -> QuerySet:
        rows = self.rows.filter(self.conditions[self.part][1]).distinct() if self.part else self.rows
        return rows.order_by(*self.kind.order)

    def page(self, number: str) -> Page:
        paginator = Paginator(self.chosen(), PAGE)
        if (counted := next((part for part in self.parts if part.key == self.part), None)) is not None:
            paginator.count = counted.count  # known from the parts
        page = paginator.get_page(number)
        page.object_list = [self.kind.cells(row, self) for row in page.object_list]
        return page

    def table(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Header and rows of the export."""
        rows = ([cell.value for cell in self.kind.cells(row, self)] for row in self.chosen())
        return [str(label) for label in self.kind.header], rows


@dataclass(frozen=True)
class Kind:
    """What is listed: its rows among the members, its parts (key -> label, condition), how a row is shown."""

    code: str
    label: Any
    header: tuple[Any, ...]
    rows: Callable[[QuerySet, Records], QuerySet]
    parts: Callable[[Records], dict[str, tuple[str, Q]]]
    cells: Callable[[Any, Records], list[Value]]
    order: tuple[str, ...]


def _no_parts(asked: Records) -> dict[str, tuple[str, Q]]:
    return {}


def _member(row: Any) -> Value:
    return Value(_("member"), str(row.member), Asked(member=row.member_id).address(by="member"))


# Areas


def _areas(members: QuerySet, asked: Records) -> QuerySet:
    found = AreaMember.objects.filter(member__in=members, to_on=None)
    return found.select_related("member__person", "area__sector", "area__county")


AREA_HEADER = (_("member"), _("area"), _("sector"), _("county"), _("from"))


def _area_cells(row: AreaMember, asked: Records) -> list[Value]:
    county = row.area.county.place if row.area.county else ""
    values = (str(row.area), str(row.area.sector), county, row.from_on)
    return [_member(row), *(Value(label, value) for label, value in zip(AREA_HEADER[1:], values, strict=True))]


# People in contact


def _links(members: QuerySet, asked: Records) -> QuerySet:
    found = ConstituentLink.objects.filter(member__in=members, to_on=None)
    return reading(found, asked.actor).select_related("member__person", "constituent__sector")


def reading(links: QuerySet, actor: Actor) -> QuerySet[Any]:
    """The links, each with `may_read`: whether the register shows its constituent to the actor. Whoever sees a member's
    line counts that member's people; who they are is another matter."""
    people = contact.read.filter(actor, Constituent.objects.all())
    return links.annotate(may_read=holds(Q(constituent__in=people.values("pk"))))


def _bands(asked: Records) -> dict[str, tuple[str, Q]]:
    return {str(n): (name, asked.by.in_band(n)) for n, name in enumerate(band_names(asked.by))}


LINK_HEADER = (
    _("member"),
    _("constituent"),
    _("employer or village"),
    _("sector"),
    _("in contact since"),
    _("last contact"),
)


def _link_cells(row: Any, asked: Records) -> list[Value]:
    person = row.constituent
    name = (mask_name(person.name) or str(person)) if row.may_read else gettext("a constituent")
    values = (name, person.place if row.may_read else "", str(person.sector), row.from_on, row.last_on)
    cells = [_member(row), *(Value(label, value) for label, value in zip(LINK_HEADER[1:], values, strict=True))]
    if row.last_on is None:
        cells[-1] = Value(LINK_HEADER[-1], gettext("not yet"))
    return cells


# Contacts


def _year(members: QuerySet, asked: Records) -> QuerySet:
    return _contacts(members, asked).filter(measuring.records_within(asked.by))


def _contacts(members: QuerySet, asked: Records) -> QuerySet:
    found = ContactRecord.objects.filter(member__in=members, state__in=COUNTS)
    found = found.annotate(may_read=holds(contact.read_record.rows(asked.actor)))
    return found.select_related("member__person").prefetch_related("tasks").annotate(met_count=Count("people"))


def _by_channel(asked: Records) -> dict[str, tuple[str, Q]]:
    choices = options.choices(asked.by.assembly_id, CHANNELS_LIST)
    return {choice.code: (choice.label, Q(channel=choice.code)) for choice in choices}


def _by_task(asked: Records) -> dict[str, tuple[str, Q]]:
    choices = options.choices(asked.by.assembly_id, TASKS_LIST)
    return {choice.code: (choice.label, Q(tasks__task=choice.code)) for choice in choices}


CONTACT_HEADER = (_("member"), _("day"), _("channel"), _("tasks"), _("people met"), _("in one sentence"))


def _contact_cells(row: Any, asked: Records) -> list[Value]:
    channel = options.label(row.assembly_id, CHANNELS_LIST, row.channel)
    tasks = "、".join(options.label(row.assembly_id, TASKS_LIST, served.task) for served in row.tasks.all())
    values = (row.on, channel, tasks, row.met_count, row.summary if row.may_read else "")
    cells = [_member(row), *(Value(label, value) for label, value in zip(CONTACT_HEADER[1:], values, strict=True))]
    url = row.get_absolute_url() if row.may_read else ""
    return [*cells[:2], Value(CONTACT_HEADER[2], channel, url), *cells[3:]]


# Concerns


def _concerns(members: QuerySet, asked: Records) -> QuerySet:
    found = Concern.objects.filter(raised_at__record__member__in=members, raised_at__record__state__in=COUNTS)
    found = found.annotate(may_open=holds(concerns.read.rows(asked.actor)))
    return found.select_related("raised_at__record__member__person").defer("speaker_name", "speaker_phone")


def _answered(asked: Records) -> dict[str, tuple[str, Q]]:
    return {
        "answered": (gettext("answered"), Q(answered_at__isnull=False)),
        "open": (gettext("not answered yet"), Q(answered_at=None)),
    }


CONCERN_HEADER = (_("member"), _("No."), _("title"), _("said"), _("state"), _("answered on"))


def _concern_cells(row: Any, asked: Records) -> list[Value]:
    record = row.raised_at.record
    answered = timezone.localdate(row.answered_at) if row.answered_at else None
    state = str(CONCERNS.state(row.state).label)
    title, url = (row.title, row.get_absolute_url()) if row.may_open else ("", "")
    values = (row.number, title, timezone.localdate(row.said_at), state, answered)
    urls = (url, "", "", "", "")
    cells = [Value(*cell) for cell in zip(CONCERN_HEADER[1:], values, urls, strict=True)]
    return [_member(record), *cells]


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "area", _("Responsibility areas"), AREA_HEADER, _areas, _no_parts, _area_cells,
            ("member__sector__position", "member__person__name", "pk"),
        ),
        Kind(
            "links", _("People in contact"), LINK_HEADER, _links, _bands, _link_cells,
            ("last_on", "member__person__name", "pk"),
        ),
        Kind(
            "channels", _("Contacts of twelve months, by channel"), CONTACT_HEADER, _year, _by_channel,
            _contact_cells, ("-on", "-pk"),
        ),
        Kind(
            "tasks", _("Contacts of twelve months, by task"), CONTACT_HEADER, _year, _by_task,
            _contact_cells, ("-on", "-pk"),
        ),
        Kind("contact", _("All contacts"), CONTACT_HEADER, _contacts, _no_parts, _contact_cells, ("-on", "-pk")),
        Kind(
            "answers", _("Concerns raised at contacts"), CONCERN_HEADER, _concerns, _answered,
            _concern_cells, ("-said_at", "-pk"),
        ),
    )
}  # fmt: skip
