"""What becomes of a report in the assembly above is told below: to the report, to the editor and to the authors.

An adoption there is an adoption here too, with its evidence. Of a leader's instruction only level and day come down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.errors import IllegalMove, Invalid

from . import corrections, levels
from .models import Brief, BriefAdoption, BriefReport

ENTERED = ("issued", "reported", "adopted")  # an adoption changes the state of these


def _reports(brief: Brief) -> QuerySet[BriefReport]:
    """The reports that arrived as this brief, or as one that was merged into it."""
    ids, layer = [brief.pk], [brief.pk]
    while layer:
        layer = list(Brief.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        ids += layer
    return BriefReport.objects.filter(arrived__in=ids).select_related("brief__assembly")


def _voice(brief: Brief, below: Brief) -> Actor:
    return system(brief.assembly.name, below.assembly)


def tell(brief: Brief, news: str, now: datetime, **told: Any) -> None:
    """Say below what happened here: `news` is a `BriefReport.Outcome`, `told` a code of our lists, a day, words."""
    for report in _reports(brief):
        _say(brief, report, news, now, **told)


def _say(brief: Brief, report: BriefReport, news: str, now: datetime, **told: Any) -> None:
    data = {"report": report.pk, "news": news, **told}
    door.perform(report.brief, "hear", _voice(brief, report.brief), data, now=now)


def adopted(brief: Brief, adoption: BriefAdoption, now: datetime) -> None:
    """Enter an adoption below too. Where the lists below have no such level, it is told without being entered."""
    for report in _reports(brief):
        below = report.brief
        told = {
            "level": levels.seen_from(below.assembly, brief.assembly, adoption.level), "organ": adoption.organ,
            "on": adoption.on.isoformat(), "note": adoption.note,
        }  # fmt: skip
        if _entered(brief, below, adoption, told, now):
            BriefReport.objects.filter(pk=report.pk).update(outcome=BriefReport.Outcome.ADOPTED, heard_at=now)
        else:
            _say(brief, report, BriefReport.Outcome.ADOPTED, now, code=adoption.level, on=adoption.on)


def _entered(brief: Brief, below: Brief, adoption: BriefAdoption, told: dict[str, Any], now: datetime) -> bool:
    """Whether it could be entered below: not when there is no such level there, or it was entered by hand already."""
    for _attempt in range(2):
        move = "adopt_above" if below.state in ENTERED else "adopt_above_more"
        try:
            door.perform(below, move, _voice(brief, below), told, _copied(adoption), now=now)
        except Invalid:
            return False
        except IllegalMove as moved:  # somebody there moved it meanwhile: by its state now
            below = moved.record
        else:
            return True
    return False


def struck(brief: Brief, adoption: BriefAdoption, reason: str, now: datetime) -> None:
    """An adoption that was entered below because of one here is struck there too."""
    for report in _reports(brief):
        below = report.brief
        rows = below.adoptions.filter(organ=adoption.organ, on=adoption.on, created_by=None, void=False)
        if (copy := rows.first()) is None:
            continue
        by, told = _voice(brief, below), {"what": f"adoption:{copy.pk}", "reason": reason}
        door.perform(below, corrections.move_for(by, below, told), by, told, now=now)
        BriefReport.objects.filter(pk=report.pk, outcome=BriefReport.Outcome.ADOPTED).update(outcome="")


def _copied(adoption: BriefAdoption) -> dict[str, Any]:
    """The evidence as a request has it: each assembly keeps a copy of its own."""
    stored = adoption.evidence
    with default_storage.open(stored.path) as file:
        return {"evidence": [SimpleUploadedFile(stored.name, file.read(), stored.content_type)]}
