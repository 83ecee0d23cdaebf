"""What is written of constituents: enrolled, put right, consent given and withdrawn, moved away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tongxin.kernel.actor import Actor
from tongxin.people.models import Member

from ..indexes import name_index, phone_index
from ..models import Constituent, ConstituentLink
from . import forgetting
from .links import Facts, end_all, link

ASKED = ("sector", "county", "place", "occupation", "tags", "consent_on", "consent_way", "consent_for")


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


def correct(constituent: Constituent, by: Actor, now: datetime, *, name: str, phone: str, **asked: Any) -> Facts:
    """What is written of somebody. An empty name or number leaves it as it is; `drop_phone` takes the number away."""
    changed = [field for field, value in asked.items() if field in ASKED and getattr(constituent, field) != value]
    for field in changed:
        setattr(constituent, field, asked[field])
    if name and name != constituent.name:
        constituent.earlier_names = "\n".join(filter(None, [constituent.earlier_names, constituent.name]))
        constituent.name, constituent.name_index = name, name_index(name)
        changed.append("name")
    dropped = asked.get("drop_phone") and constituent.phone
    if dropped or (phone and phone != constituent.phone):
        _take_number(constituent, now)
        constituent.phone, constituent.phone_index = ("", "") if dropped else (phone, phone_index(phone))
        changed.append("phone")
    return {"fields": changed}


def _take_number(constituent: Constituent, now: datetime) -> None:
    """The number goes, also out of what members wrote; only its index stays, by which erasing finds its concerns."""
    if constituent.phone:
        forgetting.blot_texts(constituent, now, (), constituent.phone)
        constituent.earlier_phones = [*constituent.earlier_phones, constituent.phone_index]
    constituent.phone = constituent.phone_index = ""


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
    forgetting.forget_concerns(constituent, now)
    _take_number(constituent, now)
    constituent.withdrawn_on = on
    end_all(constituent, on, now)
    return {"on": on.isoformat()}


def move_away(constituent: Constituent, by: Actor, now: datetime, *, on: date) -> Facts:
    constituent.moved_on = on
    end_all(constituent, on, now)
    return {"on": on.isoformat()}


def come_back(constituent: Constituent, by: Actor, now: datetime, *, on: date) -> Facts:
    constituent.moved_on = None
    return {"on": on.isoformat()}
