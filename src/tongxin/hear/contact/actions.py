"""What the moves of the contact room change beyond the state. Called only by the door; `now` is passed in.

The journal never holds a constituent's name or number: it says who was linked by the member's name, and reasons that
somebody typed are blotted out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, receipts
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.files import PICTURES, accept
from tongxin.kernel.personal import blot_out
from tongxin.people.models import Member

from . import lists
from .models import (
    Constituent,
    ConstituentLink,
    ContactConcern,
    ContactFile,
    ContactPerson,
    ContactRecord,
    ContactTask,
)

Facts = dict[str, Any]
ASKED = ("sector", "county", "place", "occupation", "tags", "consent_on", "consent_way", "consent_for")


def name_index(name: str) -> str:
    """By which somebody of the same name is found; white space does not count."""
    return blind_index("".join(name.split()), "constituent name")


def phone_index(phone: str) -> str:
    return blind_index(phone, "phone") if phone else ""


# Constituents


def enrol(*, by: Actor, now: datetime, name: str, phone: str = "", **asked: Any) -> Constituent:
    """Somebody new, with consent."""
    written = {field: asked[field] for field in ASKED if field in asked}
    return Constituent(
        assembly=by.assembly,
        name=name,
        name_index=name_index(name),
        phone=phone,
        phone_index=phone_index(phone),
        **written,
    )


def link_first(
    constituent: Constituent, by: Actor, now: datetime, *, member: Member | None = None, **asked: Any
) -> Facts:
    """The member who keeps contact from the day of consent on."""
    return link(constituent, by, now, member=member, on=asked["consent_on"]) if member else {}


def link_first_many(drafts: list[tuple[Constituent, datetime, Facts]], by: Actor) -> list[Facts]:
    """`link_first` for many at once; nobody new has been met before."""
    links = [
        ConstituentLink(
            assembly_id=person.assembly_id,
            member=asked["member"],
            constituent=person,
            from_on=asked["consent_on"],
            created_at=now,
            updated_at=now,
            created_by_id=by.user_id,
        )
        for person, now, asked in drafts
        if asked.get("member")
    ]
    ConstituentLink.objects.bulk_create(links)
    return [
        {"member": str(asked["member"]), "on": asked["consent_on"].isoformat()} if asked.get("member") else {}
        for _person, _now, asked in drafts
    ]


def link(constituent: Constituent, by: Actor, now: datetime, *, member: Member, on: date) -> Facts:
    """From this day on the member keeps contact with the person."""
    _begin(constituent, by, now, member, on)
    return {"member": str(member), "on": on.isoformat()}


def unlink(
    constituent: Constituent, by: Actor, now: datetime, *, link: ConstituentLink, on: date, reason: str = ""
) -> Facts:
    reason = blot_out(reason, constituent.name, constituent.phone)
    _end(link, on, now, reason)
    return {"member": str(link.member), "on": on.isoformat(), "note": reason}


def hand_over(
    constituent: Constituent,
    by: Actor,
    now: datetime,
    *,
    link: ConstituentLink,
    to: Member,
    on: date,
    reason: str = "",
) -> Facts:
    """The link goes from one member to another on a day; whoever has the person already simply keeps it."""
    reason = blot_out(reason, constituent.name, constituent.phone)
    _end(link, on, now, reason)
    if not constituent.links.filter(member=to, to_on=None).exists():
        _begin(constituent, by, now, to, on)
    return {"member": str(link.member), "to": str(to), "on": on.isoformat(), "note": reason}


def correct(constituent: Constituent, by: Actor, now: datetime, *, name: str, phone: str, **asked: Any) -> Facts:
    """What is written of somebody. An empty name or number leaves it as it is; `drop_phone` takes the number away."""
    changed = [field for field, value in asked.items() if field in ASKED and getattr(constituent, field) != value]
    for field in changed:
        setattr(constituent, field, asked[field])
    if name and name != constituent.name:
        constituent.name, constituent.name_index = name, name_index(name)
        changed.append("name")
    dropped = asked.get("drop_phone") and constituent.phone
    if dropped or (phone and phone != constituent.phone):
        constituent.phone = "" if dropped else phone
        constituent.phone_index = phone_index(constituent.phone)
        changed.append("phone")
    return {"fields": changed}


def consent(constituent: Constituent, by: Actor, now: datetime, *, phone: str = "", **asked: Any) -> Facts:
    """Consent given anew, after it was withdrawn."""
    for field in ("consent_on", "consent_way", "consent_for"):
        setattr(constituent, field, asked[field])
    constituent.withdrawn_on = None
    if phone:
        constituent.phone, constituent.phone_index = phone, phone_index(phone)
    return {"on": asked["consent_on"].isoformat()}


def withdraw(constituent: Constituent, by: Actor, now: datetime, *, on: date) -> Facts:
    """Without consent nobody is called any more: the number goes at once, all links end, the name after its time."""
    _forget_texts(constituent, by, now, "", constituent.phone)
    _forget_concerns(constituent, now)  # found by the number, so before it goes
    constituent.withdrawn_on = on
    constituent.phone = constituent.phone_index = ""
    _end_all(constituent, on, now)
    return {"on": on.isoformat()}


def move_away(constituent: Constituent, by: Actor, now: datetime, *, on: date) -> Facts:
    constituent.moved_on = on
    _end_all(constituent, on, now)
    return {"on": on.isoformat()}


def come_back(constituent: Constituent, by: Actor, now: datetime, *, on: date) -> Facts:
    constituent.moved_on = None
    return {"on": on.isoformat()}


def forget(constituent: Constituent, by: Actor, now: datetime) -> Facts:
    """Nothing of the person stays but the counts: also not in what members wrote, nor in concerns raised by them."""
    name, phone = constituent.name, constituent.phone
    texts = _forget_texts(constituent, by, now, name, phone)
    concerns = _forget_concerns(constituent, now)
    for ended in constituent.links.exclude(ended_for=""):
        ended.ended_for = blot_out(ended.ended_for, name, phone)
        ended.save(update_fields=["ended_for"])
    _end_all(constituent, timezone.localdate(now), now)
    constituent.name = constituent.name_index = constituent.phone = constituent.phone_index = ""
    constituent.place = constituent.occupation = ""
    constituent.tags = []
    return {"records": texts, "concerns": concerns}


def _forget_texts(constituent: Constituent, by: Actor, now: datetime, name: str, phone: str) -> int:
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


def _forget_concerns(constituent: Constituent, now: datetime) -> int:
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


# Contact records

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
        met = ConstituentLink.objects.filter(member=contact.member, constituent__in=people, to_on=None)
        met.filter(Q(last_on=None) | Q(last_on__lt=contact.on)).update(last_on=contact.on)
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
    for link in ConstituentLink.objects.filter(member__in={member for member, _person in days}, to_on=None):
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


def amend(contact: ContactRecord, by: Actor, now: datetime, *, tasks: list[str], **told: Any) -> Facts:
    """Words and tasks put right; day, channel and people stay, a record wrong in those is voided."""
    changed = [field for field in (*TEXTS, "others") if field in told and getattr(contact, field) != told[field]]
    for field in changed:
        setattr(contact, field, told[field])
    there = set(contact.tasks.values_list("task", flat=True))
    if there != set(tasks):
        contact.tasks.exclude(task__in=tasks).delete()
        ContactTask.objects.bulk_create(ContactTask(record=contact, task=task) for task in tasks if task not in there)
        changed.append("tasks")
    return {"fields": changed}


def void(contact: ContactRecord, by: Actor, now: datetime, *, reason: str) -> Facts:
    for person in contact.met.all():
        reason = blot_out(reason, person.name, person.phone)
    return {"note": reason}


def recount(contact: ContactRecord, by: Actor, now: datetime, **_told: Any) -> None:
    """Put the links' newest day right after a record was voided."""
    met = list(contact.people.values_list("constituent_id", flat=True))
    for each in ConstituentLink.objects.filter(member=contact.member, constituent__in=met, to_on=None):
        each.last_on = newest(contact.member_id, each.constituent_id)
        each.save(update_fields=["last_on"])


def blot(contact: ContactRecord, by: Actor, now: datetime, *, name: str, phone: str) -> Facts:
    for field in TEXTS:
        setattr(contact, field, blot_out(getattr(contact, field), name, phone))
    return {}


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
    free = [concern for concern in concerns if not ContactConcern.objects.filter(concern=concern).exists()]
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


def _begin(constituent: Constituent, by: Actor, now: datetime, member: Member, on: date) -> None:
    ConstituentLink.objects.create(
        assembly_id=constituent.assembly_id,
        member=member,
        constituent=constituent,
        from_on=on,
        last_on=newest(member.pk, constituent.pk),
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
    )


def _end(link: ConstituentLink, on: date, now: datetime, reason: str = "") -> None:
    link.to_on, link.ended_for, link.updated_at = max(on, link.from_on), reason, now
    link.version += 1
    link.save()


def _end_all(constituent: Constituent, on: date, now: datetime) -> None:
    for each in constituent.links.filter(to_on=None):
        _end(each, on, now)
