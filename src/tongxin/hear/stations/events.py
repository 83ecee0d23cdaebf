"""What other rooms announce and this one follows: a seat ended, a person is to be forgotten."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from tongxin.hear.concerns.actions import FORGETTING
from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.events import Event, listen
from tongxin.people.actions import SEAT_ENDED

from .actions import erasing
from .models import Appointment, DutyTurn
from .rota import vacancies

PERSON_FORGETTING = "contact.forgetting"
NUMBERS_FORGETTING = "contact.numbers_forgetting"


def seat_ended(event: Event) -> None:
    """A member left office: nobody waits in vain at a station."""
    vacancies.free(event.at, Q(member=event.record) | Q(offered_to=event.record))


def speaker_forgotten(event: Event) -> None:
    """The name and number of somebody who came in during a turn go from what was written of that turn, too."""
    turns = DutyTurn.objects.filter(visits__concern=event.record)
    erasing.blot(turns, [(event.data["speaker"], event.data["phone"])], event.at)


def person_forgotten(event: Event) -> None:
    """Each of the person's `names` with its number goes from what anybody of the assembly wrote here."""
    here, names = Q(assembly=event.record.assembly_id), event.data["names"]
    erasing.blot(DutyTurn.objects.filter(here & ~Q(summary="", purpose="")), names, event.at)
    erasing.blot(Appointment.objects.filter(here & ~Q(matter="", reply="")), names, event.at)


def asker_forgotten(event: Event) -> None:
    """Whoever asked for an appointment under one of the `numbers` (blind indexes) is forgotten there as well; and who
    left one of the `names` and no number, as soon as nobody waits for that person any more: it may be a namesake."""
    here = Appointment.objects.filter(assembly=event.record.assembly_id, consent_at__isnull=False)
    over = Q(state__in=("met", "refused", "withdrawn")) | Q(state="agreed", turn__on__lt=timezone.localdate(event.at))
    names = event.data["names"]
    found = list(here.filter(phone_index__in=event.data["numbers"]).select_related("assembly"))
    nameless = here.filter(over, phone_index="").select_related("assembly")
    for asked in [*found, *(each for each in nameless if each.asker_name in names)]:
        door.perform(asked, "forget", system("erasure", asked.assembly), now=event.at)


def declare() -> None:
    listen(SEAT_ENDED, seat_ended)
    listen(FORGETTING, speaker_forgotten)
    listen(PERSON_FORGETTING, person_forgotten)
    listen(NUMBERS_FORGETTING, asker_forgotten)
