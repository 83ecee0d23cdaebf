"""Erasing: nothing of a person stays but the counts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.personal import blot_out

from ..models import Constituent, ContactRecord
from .links import end_all
from .records import TEXTS, Facts


def forget(constituent: Constituent, by: Actor, now: datetime) -> Facts:
    """Nothing of the person stays but the counts: also not in what members wrote, nor in concerns raised by them."""
    name, phone = constituent.name, constituent.phone
    texts = blot_texts(constituent, by, now, name, phone)
    concerns = forget_concerns(constituent, now)
    for ended in constituent.links.exclude(ended_for=""):
        ended.ended_for = blot_out(ended.ended_for, name, phone)
        ended.save(update_fields=["ended_for"])
    end_all(constituent, timezone.localdate(now), now)
    constituent.name = constituent.name_index = constituent.phone = constituent.phone_index = ""
    constituent.place = constituent.occupation = ""
    constituent.tags = []
    return {"records": texts, "concerns": concerns}


def blot_texts(constituent: Constituent, by: Actor, now: datetime, name: str, phone: str) -> int:
    """Blot the person out of the records of those who know or knew him or her; returns of how many."""
    if not name and not phone:
        return 0
    near = Q(people__constituent=constituent) | Q(member__links__constituent=constituent)
    rows = ContactRecord.objects.filter(near, assembly_id=constituent.assembly_id).distinct()
    eraser = _system(constituent)
    touched = 0
    for contact in rows:
        if any(blot_out(getattr(contact, field), name, phone) != getattr(contact, field) for field in TEXTS):
            door.perform(contact, "blot", eraser, {"name": name, "phone": phone}, now=now)
            touched += 1
    return touched


def forget_concerns(constituent: Constituent, now: datetime) -> int:
    """Take the person's name and number out of concerns that carry them; returns out of how many."""
    rows = Concern.objects.filter(assembly_id=constituent.assembly_id, consent_at__isnull=False)
    met = Concern.objects.filter(raised_at__record__people__constituent=constituent).values("pk")
    wanted = Q(pk__in=met)
    if constituent.phone_index:
        wanted |= Q(phone_index=constituent.phone_index)
    found = 0
    for concern in rows.filter(wanted):
        same_phone = constituent.phone_index and concern.phone_index == constituent.phone_index
        if same_phone or concern.speaker_name == constituent.name:
            door.perform(concern, "forget", _system(constituent), now=now)
            found += 1
    return found


def _system(constituent: Constituent) -> Actor:
    return system("erasure", constituent.assembly)
