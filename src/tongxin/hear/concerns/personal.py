"""The personal data of those who spoke: name and telephone, kept for a time after the concern is closed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import door, textindex
from tongxin.kernel.actor import system
from tongxin.kernel.personal import PersonalData, mask_name, mask_phone, register

from .models import Concern


def erase(rows: QuerySet[Concern], now: datetime) -> int:
    """Erase the contact details of closed concerns, each through the door; returns how many."""
    done = 0
    for concern in rows.filter(state="closed").select_related("assembly"):
        door.perform(concern, "expire", system(_("daily task"), concern.assembly), now=now)
        done += 1
    if done:
        textindex.purge(connection)
    return done


SPEAKER = PersonalData(
    model=Concern,
    masks={"speaker_name": mask_name, "speaker_phone": mask_phone},
    subject=gettext_lazy("people who said something"),
    erase=erase,
    keep="concerns.keep_contact_months",
    since="closed_at",
    holding=Q(consent_at__isnull=False),
)


def masked(concern: Concern) -> dict[str, str]:
    """Name and telephone as everybody on the desk sees them."""
    return {name: mask(getattr(concern, name)) for name, mask in SPEAKER.masks.items()}


def declare() -> None:
    register(SPEAKER)
