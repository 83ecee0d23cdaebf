"""What other rooms announce and this one records: a duty turn done is a contact made (domain §2.3)."""

from __future__ import annotations

from tongxin.kernel import door, options
from tongxin.kernel.actor import system
from tongxin.kernel.events import Event, listen

from . import lists
from .models import ContactRecord
from .workflow import CONTACTS

DUTY_DONE = "stations.duty_done"


def duty_done(event: Event) -> None:
    """A member was on duty: `member`, `on`, `place`, `summary`, `concerns` (ids). Told twice it is recorded once."""
    member = event.data["member"]
    origin = {"origin_type": event.record.label(), "origin_id": event.record.pk}
    if ContactRecord.objects.filter(member=member, **origin).exists():
        return
    told = {
        "member": member,
        "on": event.data["on"],
        "place": event.data.get("place") or "",
        "summary": event.data.get("summary") or "",
        "concerns": list(event.data.get("concerns") or []),
        "others": event.data.get("visitors") or 0,
        "channel": options.parameter(member.assembly_id, lists.DUTY_CHANNEL),
        "source": ContactRecord.Source.DUTY,
    }
    door.begin(CONTACTS, "take_over", system("duty", member.assembly), told | origin, now=event.at)


def declare() -> None:
    listen(DUTY_DONE, duty_done)
