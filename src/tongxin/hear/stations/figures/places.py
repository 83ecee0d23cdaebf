"""F06 of the yearly account: the liaison stations of the whole city."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.kernel.figures import Column, Dimension, Figure, Scope
from tongxin.people.models import Assembly, Sector

from .. import policy
from ..models import Station


def of_the_place(where: Scope) -> Q:
    """A county's account counts the stations in it that the city's assembly keeps."""
    return Q(assembly=where.assembly) | Q(county=where.assembly)


def in_use(where: Scope) -> Q:
    """Opened by the last day, and neither resting nor closed on it."""
    day = where.last_day
    return (
        Q(opened_on__lte=day)
        & (Q(closed_on=None) | Q(closed_on__gt=day))
        & (Q(suspended_on=None) | Q(suspended_on__gt=day))
    )


def _counties(where: Scope) -> dict[Any, str]:
    return {row.pk: row.place for row in Assembly.objects.filter(parent=where.assembly)}


def _sectors(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Sector.objects.filter(assembly=where.assembly)}


FIGURES = (
    Figure(
        "F06",
        _("Liaison stations"),
        pgettext_lazy("unit", "stations"),
        "carrier",
        "current",
        Station,
        (
            Column(_("station"), str, public=True, link=True, wide=True),
            Column(_("station code"), lambda s: s.code, public=True),
            Column(_("county"), lambda s: s.county.place if s.county else "", public=True),
            Column(_("sector"), lambda s: str(s.sector or ""), public=True),
            Column(_("address"), lambda s: s.address, public=True, wide=True),
            Column(_("station opened on"), lambda s: s.opened_on, public=True),
        ),
        within=of_the_place,
        counted=in_use,
        source="设立76个委员联络站",
        note=_("Opened by the last day, and neither resting nor closed on it. A rest that is over is forgotten."),
        dimensions=(
            Dimension("county", _("County"), "county_id", _counties),
            Dimension("sector", _("Sector"), "sector_id", _sectors),
        ),
        drawn="county",
        read=policy.read,
        since="opened_on",
        order=("code",),
        related=("county", "sector"),
    ),
)
