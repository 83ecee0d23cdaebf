"""What other rooms announce and this one records: a duty turn done, an activity attended, is a contact made
(domain §2.3)."""

from __future__ import annotations

from collections.abc import Iterable

from tongxin.hear.concerns.actions import FORGETTING
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door, options
from tongxin.kernel.actor import system
from tongxin.kernel.events import Event, listen

from . import lists, policy
from .actions import forgetting
from .models import ContactConcern, ContactRecord
from .workflow import CONTACTS

DUTY_DONE = "stations.duty_done"
ATTENDED = "activities.attended"  # once for each member who took part


def duty_done(event: Event) -> None:
    """A member was on duty: `member`, `on`, `place`, `summary`, `concerns` (ids), `visitors`. Told again it is recorded
    once, with what came later."""
    _record(event, ContactRecord.Source.DUTY, lists.DUTY_CHANNEL)


def attended(event: Event) -> None:
    """A member took part in an activity among constituents; told with the same data."""
    _record(event, ContactRecord.Source.ACTIVITY, lists.ACTIVITY_CHANNEL)


def _record(event: Event, source: str, channel: str) -> None:
    member = event.data["member"]
    origin = {"origin_type": event.record.label(), "origin_id": event.record.pk}
    concerns, visitors = list(event.data.get("concerns") or []), event.data.get("visitors") or 0
    there = ContactRecord.objects.select_for_update().filter(member=member, **origin).first()
    if there is not None:
        _complete(there, event, concerns, visitors)
        return
    told = {
        "member": member,
        "on": event.data["on"],
        "place": event.data.get("place") or "",
        "summary": event.data.get("summary") or "",
        "concerns": concerns,
        "others": visitors,
        "channel": options.parameter(member.assembly_id, channel),
        "source": source,
    }
    door.begin(CONTACTS, "take_over", system(source, member.assembly), told | origin, now=event.at)


def _complete(contact: ContactRecord, event: Event, concerns: Iterable[int], visitors: int) -> None:
    """What was written down at the desk after the turn was finished joins the record, unless it was voided."""
    if contact.state != "recorded":
        return
    free = Concern.objects.filter(pk__in=concerns, raised_at=None).order_by("pk")
    ContactConcern.objects.bulk_create(ContactConcern(record=contact, concern=concern) for concern in free)
    if visitors > contact.others:  # a number that was put right by hand is never made smaller
        by = system(contact.source, contact.assembly)
        door.revise(contact, by, {"others": visitors}, policy.system_only, now=event.at)


def speaker_forgotten(event: Event) -> None:
    """The `speaker`'s name and `phone` go from a concern: they go from the records of the contacts it was raised at."""
    name, phone = event.data["speaker"], event.data["phone"]
    for contact in ContactRecord.objects.filter(raised__concern=event.record).select_related("assembly"):
        if forgetting.named(contact, name, phone):
            told = {"name": name, "phone": phone}
            door.perform(contact, "blot", system("erasure", contact.assembly), told, now=event.at)


def declare() -> None:
    listen(DUTY_DONE, duty_done)
    listen(ATTENDED, attended)
    listen(FORGETTING, speaker_forgotten)
