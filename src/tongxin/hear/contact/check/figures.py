"""F03 of the yearly account, and how far the 1158 method is followed: areas, people, contacts by channel and task.

All are counted as of the scope's last day, so that a year that is over keeps its numbers. Names of constituents stand
in no list; public columns tell sectors, channels and tasks only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.kernel import options
from tongxin.kernel.figures import Column, Dimension, Figure, Scope
from tongxin.people import policy as people
from tongxin.people.models import Assembly, Member, Sector

from .. import policy
from ..lists import CHANNELS_LIST, TASKS_LIST
from ..models import AreaMember, Constituent, ConstituentLink, ContactPerson, ContactRecord, ContactTask
from .measuring import COUNTS, standard

GONE = ("leave",)  # who is on leave keeps no contact


def on_the_day(where: Scope, start: str = "from_on", end: str = "to_on") -> Q:
    """In force on the last day."""
    day = where.last_day
    return Q(**{f"{start}__lte": day}) & (Q(**{end: None}) | Q(**{f"{end}__gt": day}))


def in_office(where: Scope) -> Q:
    """Members on the last day, without those on leave."""
    day = where.last_day
    came = Q(since_on=None) | Q(since_on__lte=day)
    return Q(assembly=where.assembly) & came & (Q(left_on=None) | Q(left_on__gt=day)) & ~Q(state__in=GONE)


def _bound(where: Scope) -> int:
    return standard(where.assembly.pk).least


def _links(where: Scope) -> Any:
    """How many constituents a member keeps contact with on the last day."""
    rows = ConstituentLink.objects.filter(on_the_day(where), member=OuterRef("pk")).order_by()
    counted = rows.values("member").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def enough_links(where: Scope) -> Q:
    return Q(GreaterThanOrEqual(_links(where), _bound(where)))


def fewest_links(where: Scope) -> Any:
    return Min(_links(where))


def with_area(where: Scope) -> Q:
    return Q(Exists(AreaMember.objects.filter(on_the_day(where), member=OuterRef("pk"))))


def all_of_them(where: Scope) -> Q:
    return Q()


def linked(where: Scope) -> Q:
    """Constituents with whom a member in office keeps contact on the last day, as the check and the circle count them;
    also those who have been erased since."""
    keeping = Member.objects.filter(in_office(where)).order_by().values("pk")
    links = ConstituentLink.objects.filter(on_the_day(where), constituent=OuterRef("pk"), member__in=keeping)
    return Q(assembly=where.assembly) & Q(Exists(links))


def met_lately(where: Scope) -> Q:
    """Met by anybody within as many days before the last day as a contact may be old."""
    first = where.last_day - timedelta(days=standard(where.assembly.pk).bands[2])
    met = ContactPerson.objects.filter(
        constituent=OuterRef("pk"), record__state__in=COUNTS, record__on__gte=first, record__on__lte=where.last_day
    )
    return Q(Exists(met))


def in_the_year(where: Scope) -> Q:
    return Q(assembly=where.assembly, state__in=COUNTS, on__gte=where.first_day, on__lte=where.last_day)


def tasks_in_the_year(where: Scope) -> Q:
    return Q(
        record__assembly=where.assembly,
        record__state__in=COUNTS,
        record__on__gte=where.first_day,
        record__on__lte=where.last_day,
    )


def _sectors(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Sector.objects.filter(assembly=where.assembly)}


def _counties(where: Scope) -> dict[Any, str]:
    return {row.pk: row.place for row in Assembly.objects.filter(parent=where.assembly)}


def _channels(where: Scope) -> dict[Any, str]:
    return {choice.code: choice.label for choice in options.every_choice(where.assembly.pk, CHANNELS_LIST)}


def _tasks(where: Scope) -> dict[Any, str]:
    return {choice.code: choice.label for choice in options.every_choice(where.assembly.pk, TASKS_LIST)}


def _channel(record: ContactRecord) -> str:
    return options.label(record.assembly_id, CHANNELS_LIST, record.channel)


def _task(served: ContactTask) -> str:
    return options.label(served.record.assembly_id, TASKS_LIST, served.task)


MEMBERS = pgettext_lazy("unit", "members")
PEOPLE = pgettext_lazy("unit", "people")
TIMES = pgettext_lazy("unit", "times")
OF_MEMBER = (
    Column(_("sector"), lambda member: str(member.sector), public=True, by="sector"),
    Column(_("member"), str, link=True),
)
BY_SECTOR = Dimension("sector", _("Sector"), "sector_id", _sectors)
_MEMBERS: dict[str, Any] = {
    "model": Member,
    "columns": OF_MEMBER,
    "within": in_office,
    "whole": all_of_them,
    "dimensions": (BY_SECTOR,),
    "read": people.read_directory,
    "order": ("sector__position", "sector_id", "id"),
    "related": ("sector", "person"),
}

FIGURES = (
    Figure(
        code="F03",
        label=_("Constituents that each member keeps contact with (at least)"),
        unit=PEOPLE,
        group="institution",
        period="current",
        counted=enough_links,
        value=fewest_links,
        source="每名界别委员联系5名界别群众",
        note=_(
            "The fewest that any member in office keeps contact with on the last day. Beside it: how many members"
            " have as many as the rule asks."
        ),
        **_MEMBERS,
    ),
    Figure(
        code="K01",
        label=_("Members with a responsibility area"),
        unit=MEMBERS,
        group="carrier",
        period="current",
        counted=with_area,
        note=_("Of the members in office on the last day."),
        **_MEMBERS,
    ),
    Figure(
        code="K02",
        label=_("Members with as many constituents as the rule asks"),
        unit=MEMBERS,
        group="carrier",
        period="current",
        counted=enough_links,
        note=_("Of the members in office on the last day."),
        **_MEMBERS,
    ),
    Figure(
        code="K03",
        label=_("Constituents in contact"),
        unit=PEOPLE,
        group="carrier",
        period="current",
        model=Constituent,
        columns=(Column(_("sector"), lambda person: str(person.sector), public=True, by="sector"),),
        within=linked,
        note=_(
            "Everybody with whom a member in office keeps contact on the last day, counted once. The circle and the"
            " 1158 check count somebody once with each of the members."
        ),
        dimensions=(BY_SECTOR, Dimension("county", _("County"), "county_id", _counties)),
        read=policy.read,
        order=("sector__position", "id"),
        related=("sector",),
    ),
    Figure(
        code="K04",
        label=_("Constituents met lately"),
        unit="%",
        group="carrier",
        period="current",
        model=Constituent,
        columns=(Column(_("sector"), lambda person: str(person.sector), public=True, by="sector"),),
        within=linked,
        counted=met_lately,
        whole=all_of_them,
        note=_("Met by a member within the days after which a contact is too long ago (90 where nothing else is set)."),
        dimensions=(BY_SECTOR, Dimension("county", _("County"), "county_id", _counties)),
        read=policy.read,
        order=("sector__position", "id"),
        related=("sector",),
    ),
    Figure(
        code="K05",
        label=_("Contacts with constituents"),
        unit=TIMES,
        group="carrier",
        period="year",
        model=ContactRecord,
        columns=(
            Column(_("sector"), lambda record: str(record.member.sector), public=True),
            Column(_("channel"), _channel, public=True),
            Column(_("member"), lambda record: str(record.member)),
            Column(_("day"), lambda record: record.on),
        ),
        within=in_the_year,
        note=_("Recorded contacts of the year; what came from a duty turn or an activity is among them once."),
        dimensions=(
            Dimension("channel", _("Channel"), "channel", _channels),
            Dimension("sector", _("Sector"), "member__sector_id", _sectors),
        ),
        read=policy.read_record,
        since="on",
        order=("-on", "-id"),
        related=("member__sector", "member__person"),
    ),
    Figure(
        code="K06",
        label=_("Tasks that contacts served"),
        unit=TIMES,
        group="carrier",
        period="year",
        model=ContactTask,
        columns=(
            Column(_("task"), _task, public=True),
            Column(_("sector"), lambda served: str(served.record.member.sector), public=True),
        ),
        within=tasks_in_the_year,
        note=_("A contact may serve several tasks, so there are more of these than contacts."),
        dimensions=(
            Dimension("task", _("Task"), "task", _tasks),
            Dimension("sector", _("Sector"), "record__member__sector_id", _sectors),
        ),
        order=("-record__on", "-id"),
        related=("record__member__sector",),
    ),
)
