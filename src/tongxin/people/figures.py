"""The figures of institutions: F01 and F02 of the yearly account."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.figures import Column, Figure, Scope

from . import queries
from .models import Committee, CommitteeSector, Sector


def in_force(scope: Scope) -> Q:
    return queries.in_force(scope.last_day)


def with_committees(sectors: QuerySet[Sector], scope: Scope) -> QuerySet[Sector]:
    """Sectors, each with the committees that look after it on the last day."""
    then = queries.in_force(scope.last_day, end="to_on")
    on_that_day = CommitteeSector.objects.filter(then).select_related("committee")
    return sectors.prefetch_related(Prefetch("committees", queryset=on_that_day, to_attr="looked_after"))


def _looked_after_by(sector: Sector) -> str:
    names = [str(link.committee) for link in sector.looked_after]  # type: ignore[attr-defined]
    if not names:
        return gettext("no committee")
    if len(names) > 1:
        return gettext("%(names)s (more than one)") % {"names": "、".join(names)}
    return names[0]


FIGURES = (
    Figure(
        code="F01",
        label=_("Special committees"),
        unit=_("committees"),
        group="institution",
        period="current",
        model=Committee,
        counted=in_force,
        columns=(Column(_("committee"), str, public=True), Column(_("from"), lambda c: c.from_on, public=True)),
        source="6个专门委员会",
        order=("position", "id"),
    ),
    Figure(
        code="F02",
        label=_("Sectors"),
        unit=_("sectors"),
        group="institution",
        period="current",
        model=Sector,
        counted=in_force,
        prepare=with_committees,
        columns=(
            Column(_("sector"), str, public=True),
            Column(_("category"), lambda s: s.get_category_display(), public=True),
            Column(_("committee"), _looked_after_by, public=True),
        ),
        source="24个界别",
        note=_("Every sector is looked after by exactly one committee; one that is not says so in the list."),
        order=("position", "id"),
    ),
)
