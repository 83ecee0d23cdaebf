"""Duty in numbers: turns kept, people who came, stations where nothing happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options
from tongxin.kernel.figures import Column, Dimension, Figure, Scope

from .. import policy
from ..lists import IDLE_DAYS
from ..models import DutyTurn, DutyVisit, Station
from .places import _counties, _sectors, in_use, of_the_place

DAY = Column(_("Day"), lambda row: row.on, public=True)
AT = Column(_("station"), lambda row: str(row.station), public=True)
COUNTY = Column(_("county"), lambda row: row.station.county.place if row.station.county else "", public=True)


def _in_the_year(where: Scope) -> Q:
    return Q(assembly=where.assembly, on__gte=where.first_day, on__lte=where.last_day)


def _due(where: Scope) -> Q:
    """Turns that were kept or should have been."""
    return Q(state__in=("done", "missed"))


def _kept(where: Scope) -> Q:
    return Q(state="done")


def _quiet(where: Scope) -> Q:
    """In use on the last day, and nothing happened there in the days before it."""
    since = where.last_day - timedelta(days=int(options.parameter(where.assembly.pk, IDLE_DAYS)))
    here = {"station": OuterRef("pk")}
    turns = DutyTurn.objects.filter(**here, state__in=("on_duty", "done"), on__gt=since, on__lte=where.last_day)
    visits = DutyVisit.objects.filter(**here, on__gt=since, on__lte=where.last_day)
    said = Concern.objects.filter(**here, said_at__date__gt=since, said_at__date__lte=where.last_day)
    silent: Any = Q(opened_on__lte=since) & ~Exists(turns) & ~Exists(visits) & ~Exists(said)
    return in_use(where) & silent


def _stations(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Station.objects.filter(assembly=where.assembly)}


PLACES = (
    Dimension("county", _("County"), "station__county_id", _counties),
    Dimension("station", _("Station"), "station_id", _stations),
)

FIGURES = (
    Figure(
        "D01", _("Duty turns kept"), "%", "carrier", "year", DutyTurn,
        (DAY, AT, COUNTY, Column(_("member"), lambda t: str(t.member or ""), link=True)),
        within=_in_the_year, counted=_kept, whole=_due, places=1,
        note=_("Of the turns that were due: those with a summary. Missed ones are those nobody checked in for."),
        dimensions=PLACES, read=policy.read, since="on", order=("-on", "-id"),
        related=("station__county", "member__person"),
    ),
    Figure(
        "D02", _("Walk-ins during duty"), pgettext_lazy("unit", "visits"), "carrier", "year", DutyVisit,
        (DAY, AT, COUNTY, Column(_("people"), lambda v: v.people, public=True)),
        within=_in_the_year,
        note=_("With a concern or without one. Several people who came together are one visit."),
        dimensions=PLACES, read=policy.read, since="on", order=("-on", "-id"),
        related=("station__county",),
    ),
    Figure(
        "D03", _("Idle stations"), pgettext_lazy("unit", "stations"), "carrier", "current", Station,
        (
            Column(_("station code"), lambda s: s.code),
            Column(_("station"), str, link=True),
            Column(_("county"), lambda s: s.county.place if s.county else ""),
        ),
        within=of_the_place, counted=_quiet, public=False,
        note=_("In use, and for 30 days (a number each assembly sets) no duty, no visit and no concern."),
        dimensions=(Dimension("county", _("County"), "county_id", _counties),
                    Dimension("sector", _("Sector"), "sector_id", _sectors)),
        read=policy.read, since="opened_on", order=("code",), related=("county",),
    ),
)  # fmt: skip
