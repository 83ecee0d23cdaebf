"""Erasing: nothing of a person stays but the counts.

What is written is plain text, so every text of the assembly that holds a spelling of the name or the number is looked
through, whoever wrote it: contact records, plans, reasons of links, concerns. Pictures of contacts with the person go
as a whole, since nobody knows who is on them.

A concern of somebody with the same name is another matter: whether the speaker is this person only the office can tell
(`namesakes`), so it is left as it is, unless it was raised at a contact with the person or written down by a member who
knows him or her.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from tongxin.hear.concerns import actions as concern_actions
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door, events
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.personal import blot_out, spaced
from tongxin.kernel.rules import NOTHING
from tongxin.people.models import Member

from .. import policy
from ..models import Constituent, ConstituentLink, ContactPlan, ContactRecord
from .links import end_all
from .records import TEXTS, Facts

# Told to other rooms: they blot the `names` with their numbers out of what was written there.
FORGETTING = "contact.forgetting"
# Told to other rooms: they forget who left one of these `numbers` (blind indexes) there, of whatever `names`.
NUMBERS_FORGETTING = "contact.numbers_forgetting"

CONCERN_TEXTS = ("title", "text", "outcomes__text", "answers__text", "answers__delivery", "ratings__comment")


def forget(constituent: Constituent, by: Actor, now: datetime) -> Facts:
    """Nothing of the person stays but the counts: also not in what members wrote, nor in concerns raised by them."""
    names, phone = constituent.names, constituent.phone
    concerns = forget_concerns(constituent, now)
    texts = blot_texts(constituent, now, names, phone, pictures=True)
    end_all(constituent, timezone.localdate(now), now)
    constituent.name = constituent.name_index = constituent.phone = constituent.phone_index = ""
    constituent.earlier_names = constituent.place = constituent.occupation = ""
    constituent.earlier_phones = constituent.tags = []
    return {"records": texts, "concerns": concerns}


def blot_texts(
    constituent: Constituent, now: datetime, names: Iterable[str], phone: str, *, pictures: bool = False
) -> int:
    """Blot the person out of what anybody of the assembly wrote; returns out of how many records.

    With `pictures` those of contacts with the person go as well.
    """
    wanted = [*((name, "") for name in names), *([("", phone)] if phone else [])]
    eraser, here = _system(constituent), constituent.assembly_id
    touched = 0
    written = naming(wanted, *TEXTS)
    for contact in ContactRecord.objects.filter(
        Q(pk__in=_records(constituent).values("pk")) | written, assembly_id=here
    ):
        gone = pictures and contact.files.exists() and contact.people.filter(constituent=constituent).exists()
        steps = [{"name": name, "phone": number} for name, number in wanted if named(contact, name, number)]
        for step in [{"pictures": "on"}, *steps] if gone else steps:
            door.perform(contact, "blot", eraser, step, now=now)
        touched += bool(gone or steps)
    for plan in ContactPlan.objects.filter(naming(wanted, "note"), assembly_id=here):
        door.revise(plan, eraser, {"note": _without(plan.note, wanted)}, policy.system_only, now=now)
    for link in ConstituentLink.objects.filter(naming(wanted, "ended_for"), assembly_id=here):
        link.ended_for = _without(link.ended_for, wanted)
        link.save(update_fields=["ended_for"])
    events.announce(FORGETTING, constituent, eraser, now, names=wanted)
    for concern in _concerns(constituent, wanted):
        for name, number in wanted:
            if concern_actions.mentions(concern, name, number):
                concern = door.perform(concern, "blot", eraser, {"name": name, "phone": number}, now=now)
    return touched


def naming(wanted: Iterable[tuple[str, str]], *fields: str) -> Q:
    """The rows in one of whose `fields` one of the names or numbers may stand; a name of one character never counts."""
    found = NOTHING
    for field in fields:
        for name, phone in wanted:
            if len(name) > 1:
                found |= Q(**{f"{field}__contains": name})
            if phone:
                found |= Q(**{f"{field}__regex": spaced(phone)})
    return found


def namesakes(constituent: Constituent) -> QuerySet[Concern]:
    """Concerns whose speaker has one of the person's names and left no number: perhaps the person, perhaps not. The
    newest first; without those that erasing takes the name out of anyway.

    Names are encrypted and have no index, so those of all such concerns are read: only for the one who erases.
    """
    rows = Concern.objects.filter(assembly_id=constituent.assembly_id, phone_index="")
    names = set(constituent.names)
    keys = [pk for pk, name in rows.values_list("pk", "speaker_name").iterator() if name in names]
    met = Concern.objects.filter(consent_at__isnull=False, raised_at__record__people__constituent=constituent)
    return Concern.objects.filter(pk__in=keys).exclude(pk__in=met.values("pk")).order_by("-id")


def forget_concerns(constituent: Constituent, now: datetime) -> int:
    """Take the person's name and number out of concerns that carry them; returns out of how many. Other rooms do so
    with what they hold."""
    rows = Concern.objects.filter(assembly_id=constituent.assembly_id, consent_at__isnull=False)
    met = Concern.objects.filter(raised_at__record__people__constituent=constituent).values("pk")
    indexes = [index for index in (constituent.phone_index, *constituent.earlier_phones) if index]
    found = 0
    for concern in rows.filter(Q(pk__in=met) | Q(phone_index__in=indexes)):
        if concern.phone_index in indexes or concern.speaker_name in constituent.names:
            door.perform(concern, "forget", _system(constituent), now=now)
            found += 1
    told = {"numbers": indexes, "names": constituent.names}
    events.announce(NUMBERS_FORGETTING, constituent, _system(constituent), now, **told)
    return found


def named(contact: ContactRecord, name: str, phone: str) -> bool:
    """Whether a text of the record names somebody."""
    texts = [getattr(contact, field) for field in TEXTS]
    return any(blot_out(text, name, phone) != text for text in texts)


def _without(text: str, wanted: Iterable[tuple[str, str]]) -> str:
    for name, phone in wanted:
        text = blot_out(text, name, phone)
    return text


def _members(constituent: Constituent) -> QuerySet[Member]:
    """Who keeps or kept contact with the person."""
    links = ConstituentLink.objects.filter(constituent=constituent)
    return Member.objects.filter(pk__in=links.values("member"))


def _records(constituent: Constituent) -> QuerySet[ContactRecord]:
    """Where the person may be named: all records of those members, and those that met him or her."""
    near = Q(people__constituent=constituent) | Q(member__in=_members(constituent))
    return ContactRecord.objects.filter(near, assembly_id=constituent.assembly_id).distinct()


def _concerns(constituent: Constituent, wanted: list[tuple[str, str]]) -> Iterator[Concern]:
    """Concerns that may name the person: those near, and all others of the assembly but those of a namesake."""
    near = set(_concerns_near(constituent).values_list("pk", flat=True))
    written = naming(wanted, *CONCERN_TEXTS)
    rows = Concern.objects.filter(Q(pk__in=near) | written, assembly_id=constituent.assembly_id).distinct()
    names = {name for name, _phone in wanted if name}
    for concern in rows:
        if concern.pk in near or concern.speaker_name not in names:
            yield concern


def _concerns_near(constituent: Constituent) -> QuerySet[Concern]:
    """Concerns that were raised at those contacts or written down by those members."""
    raised = Q(raised_at__record__in=_records(constituent).values("pk"))
    users = _members(constituent).exclude(person__user=None).values("person__user")
    return Concern.objects.filter(raised | Q(created_by__in=users), assembly_id=constituent.assembly_id).distinct()


def _system(constituent: Constituent) -> Actor:
    return system("erasure", constituent.assembly)
