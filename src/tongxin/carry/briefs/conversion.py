"""The way from a concern into a brief, as the concerns' desk offers it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns import conversions
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people

from . import forms, personal, policy
from .models import Brief
from .queries.desk import state_of
from .queries.rows import marked, readable
from .workflow import BRIEFS


def carry(
    concern: Concern, by: Actor, now: datetime, *, brief: Brief | None = None, sector: Any = None
) -> dict[str, Any]:
    """The concern goes into a brief that is being written, or into a new one that begins with its words.

    A concern that nobody has sorted yet gets its sector here, that of the brief when no other is named.
    """
    if concern.sector_id is None:
        concern.sector = sector or (brief.sector if brief else None)
        concern.committee = concern.committee or people.committee_of(concern.sector, timezone.localdate(now))
    if brief is None:
        told = personal.said(concern)
        brief = door.begin(
            BRIEFS,
            "draft",
            by,
            {
                "assembly": concern.assembly_id,
                "title": told.title,
                "situation": told.text,
                "sector": concern.sector_id or "",
            },
            now=now,
        )
    if not brief.concerns.filter(concern=concern).exists():
        door.perform(brief, "attach", by, {"concern": concern.pk}, now=now)
    return {"brief": brief.number}


def places(actor: Actor, concern: Concern) -> list[tuple[str, str]]:
    """The briefs that carry a concern, for whoever may see them."""
    rows = marked(actor, readable(actor).filter(concerns__concern=concern)).distinct().order_by("id")
    return [
        (_("Brief %(number)s, %(state)s") % {"number": brief.number, "state": state_of(actor, brief).label},
         reverse("briefs:read", args=[brief.pk]))
        for brief in rows
    ]  # fmt: skip


def declare() -> None:
    conversions.register_conversion(
        "to_brief", _("Draft a brief"), _("Carried further as brief {brief}"), act=carry, source="domain §2.0",
        who=policy.convert, form=forms.carrying.CarryForm, icon="file-text",
    )  # fmt: skip
    conversions.register_room(
        conversions.Room(_("Draft a brief together"), "file-text", ("to_brief",), "briefs:new", policy.WRITE, places)
    )
