"""Contact records: told, filled with whom they met, put right, voided, taken over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, receipts
from tongxin.kernel.actor import Actor
from tongxin.kernel.files import PICTURES, StoredFile, accept, remove
from tongxin.kernel.personal import blot_out
from tongxin.people.models import Member

from .. import lists
from ..models import (
    Constituent,
    ConstituentLink,
    ContactConcern,
    ContactFile,
    ContactPerson,
    ContactRecord,
    ContactTask,
)
from .impersonal import impersonal

Facts = dict[str, Any]

TEXTS = ("place", "summary", "policy_told", "companions")


def record(*, by: Actor, now: datetime, member: Member, on: date, channel: str, **told: Any) -> ContactRecord:
    """A contact as its member tells it."""
    return ContactRecord(
        assembly_id=member.assembly_id,
        member=member,
        sector=told.get("sector") or member.sector,
        on=on,
        channel=channel,
        others=told.get("others") or 0,
        token=told.get("token") or None,
        **{field: told.get(field) or "" for field in TEXTS},
    )


def fill(
    contact: ContactRecord,
    by: Actor,
    now: datetime,
    *,
    people: list[Constituent],
    tasks: list[str],
    pictures: list | None = None,
    concern_text: str = "",
    **told: Any,
) -> Facts:
    """Whom it met, which tasks it served, its pictures and what was raised there."""
    ContactPerson.objects.bulk_create(ContactPerson(record=contact, constituent=person) for person in people)
    ContactTask.objects.bulk_create(ContactTask(record=contact, task=task) for task in tasks)
    _keep_pictures(contact, by, pictures)
    if concern_text:
        raised = _raise(contact, by, now, people, concern_text, **told)
        ContactConcern.objects.create(record=contact, concern=raised)
    if people:
        _met_on(contact, people)
    return {"channel": contact.channel, "people": len(people), **({"raised": 1} if concern_text else {})}


def fill_many(drafts: list[tuple[ContactRecord, datetime, Facts]], by: Actor) -> list[Facts]:
    """`fill` for many records at once; those with pictures or something raised go the single way."""
    facts: list[Facts] = []
    people: list[ContactPerson] = []
    tasks: list[ContactTask] = []
    days: dict[tuple[int, int], date] = {}
    for contact, now, told in drafts:
        if told.get("pictures") or told.get("concern_text"):
            facts.append(fill(contact, by, now, **told))
            continue
        people += [ContactPerson(record=contact, constituent=person) for person in told["people"]]
        tasks += [ContactTask(record=contact, task=task) for task in told["tasks"]]
        for person in told["people"]:
            key = contact.member_id, person.pk
            days[key] = max(days.get(key, contact.on), contact.on)
        facts.append({"channel": contact.channel, "people": len(told["people"])})
    ContactPerson.objects.bulk_create(people)
    ContactTask.objects.bulk_create(tasks)
    met = []
    links = ConstituentLink.objects.filter(member__in={member for member, _person in days}, to_on=None)
    for link in links.only("member_id", "constituent_id", "last_on"):
        day = days.get((link.member_id, link.constituent_id))
        if day and (link.last_on is None or link.last_on < day):
            link.last_on = day
            met.append(link)
    ConstituentLink.objects.bulk_update(met, ["last_on"], batch_size=200)
    return facts


def receipt_of(by: Actor, token: str) -> str:
    """The receipt of what was raised with the form that carries this token; the same for the same form."""
    return receipts.receipt_for(f"contact {by.user_id} {token}")


def _raise(
    contact: ContactRecord,
    by: Actor,
    now: datetime,
    people: list[Constituent],
    text: str,
    *,
    concern_by: Constituent | None = None,
    concern_named: bool = False,
    concern_topic: str = "",
    **_told: Any,
) -> Concern:
    """What somebody raised becomes a concern like any other; with name and number where the person agreed to that."""
    speaker = concern_by or (people[0] if people else None)
    sector = speaker.sector if speaker else contact.member.sector
    data: dict[str, Any] = {
        "assembly": contact.assembly_id,
        "source": Concern.Source.CONTACT,
        "text": text,
        "topic": concern_topic,
        "sector": sector.pk,
        "county": speaker.county_id if speaker and speaker.county_id else "",
        "receipt_index": receipts.receipt_index(receipt_of(by, contact.token)) if contact.token else "",
    }
    if concern_named and speaker and lists.TELL_RESULT in speaker.consent_for:
        data |= {"speaker_name": speaker.name, "speaker_phone": speaker.phone, "consent": "on"}
    return door.begin(CONCERNS, "write_down", by, data, now=now)


def amend(
    contact: ContactRecord,
    by: Actor,
    now: datetime,
    *,
    tasks: list[str],
    people: list[Constituent] | None = None,
    offered: Iterable[int] = (),
    **told: Any,
) -> Facts:
    """Words, tasks and people put right; day and channel stay, a record wrong in those is voided.

    `people` of those `offered` (ids) were met; None: that was not asked.
    """
    changed = [field for field in (*TEXTS, "others") if field in told and getattr(contact, field) != told[field]]
    for field in changed:
        setattr(contact, field, told[field])
    there = set(contact.tasks.values_list("task", flat=True))
    if there != set(tasks):
        contact.tasks.exclude(task__in=tasks).delete()
        ContactTask.objects.bulk_create(ContactTask(record=contact, task=task) for task in tasks if task not in there)
        changed.append("tasks")
    if people is not None and _meet(contact, people, offered):
        changed.append("people")
    return {"fields": changed}


def _meet(contact: ContactRecord, people: list[Constituent], offered: Iterable[int]) -> bool:
    """Make `people` those of the `offered` whom the contact met, and their links' newest days follow."""
    wanted = {person.pk for person in people}
    there = set(contact.people.filter(constituent__in=list(offered)).values_list("constituent_id", flat=True))
    gone, come = there - wanted, wanted - there
    contact.people.filter(constituent__in=gone).delete()
    ContactPerson.objects.bulk_create(ContactPerson(record=contact, constituent_id=pk) for pk in sorted(come))
    _met_on(contact, come)
    _recount(contact.member_id, gone)
    return bool(gone or come)


def _met_on(contact: ContactRecord, people: Iterable[Constituent | int]) -> None:
    """The contact is the newest of these people's, unless there was a later one."""
    met = ConstituentLink.objects.filter(member=contact.member_id, constituent__in=list(people), to_on=None)
    met.filter(Q(last_on=None) | Q(last_on__lt=contact.on)).update(last_on=contact.on)


def void(contact: ContactRecord, by: Actor, now: datetime, *, reason: str) -> Facts:
    return {"note": impersonal(reason, by, now, contact.member)}


def recount(contact: ContactRecord, by: Actor, now: datetime, **_told: Any) -> None:
    """Put the links' newest day right after a record was voided."""
    _recount(contact.member_id, contact.people.values_list("constituent_id", flat=True))


def _recount(member_id: int, people: Iterable[int]) -> None:
    """The links' newest days anew, from the records that count."""
    for each in ConstituentLink.objects.filter(member=member_id, constituent__in=list(people), to_on=None):
        each.last_on = newest(member_id, each.constituent_id)
        each.save(update_fields=["last_on"])


def blot(contact: ContactRecord, by: Actor, now: datetime, *, name: str, phone: str, pictures: bool) -> Facts:
    for field in TEXTS:
        setattr(contact, field, blot_out(getattr(contact, field), name, phone))
    if pictures:
        _drop_pictures(contact)
    return {}


def _drop_pictures(contact: ContactRecord) -> None:
    stored = list(contact.files.values_list("file_id", flat=True))
    contact.files.all().delete()
    remove(StoredFile.objects.filter(pk__in=stored))


def take_over(
    *, by: Actor, now: datetime, member: Member, on: date, channel: str, origin_type: str, origin_id: int, **told: Any
) -> ContactRecord:
    """A contact that follows from something recorded elsewhere; nobody types it again."""
    contact = record(by=by, now=now, member=member, on=on, channel=channel, **told)
    contact.source = told.get("source") or ContactRecord.Source.DUTY
    contact.origin_type, contact.origin_id = origin_type, origin_id
    return contact


def fill_taken_over(
    contact: ContactRecord, by: Actor, now: datetime, *, tasks: list[str], concerns: list[Concern], **told: Any
) -> Facts:
    facts = fill(contact, by, now, people=[], tasks=tasks)
    taken = set(ContactConcern.objects.filter(concern__in=concerns).values_list("concern_id", flat=True))
    free = [concern for concern in concerns if concern.pk not in taken]
    ContactConcern.objects.bulk_create(ContactConcern(record=contact, concern=concern) for concern in free)
    return {**facts, "people": contact.others}


def newest(member_id: int, constituent_id: int) -> date | None:
    """The day of the member's newest contact with the constituent."""
    rows = ContactRecord.objects.filter(member_id=member_id, state="recorded", people__constituent_id=constituent_id)
    return rows.aggregate(day=Max("on"))["day"]


def _keep_pictures(contact: ContactRecord, by: Actor, uploads: list | None) -> None:
    for upload in uploads or []:
        stored = accept(upload, assembly=contact.assembly, by=by.user, kinds=PICTURES)
        ContactFile.objects.create(record=contact, file=stored)
