"""What a move changes beyond a member's state. Called only by the door."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from tongxin.kernel import door, events
from tongxin.kernel.actor import Actor

from . import accounts, policy, roles
from .models import Convener, LeaderSector, Member, Person, RoleGrant

SEAT_ENDED = "people.seat_ended"  # told to other rooms when somebody leaves office for good
PERSON_FIELDS = ("name", "sex", "ethnicity", "party", "birth", "education", "phone", "expertise", "interests")
SEAT_FIELDS = (
    "sector",
    "committee",
    "number",
    "duty",
    "employer",
    "title",
    "is_entrepreneur",
    "since_on",
)


def admit(by: Actor, now: datetime, *, person: Person | None, term: Any, **cleaned: Any) -> Member:
    """A seat in the actor's assembly, for a person who is known already or entered with it."""
    seat = {name: cleaned[name] for name in SEAT_FIELDS}
    if person is None:
        person = Person(assembly=by.assembly, **{name: cleaned[name] for name in PERSON_FIELDS})
        door.establish(person, by, policy.manage, now=now)
    return Member(assembly=by.assembly, person=person, term=term, **seat)


def rest(member: Member, by: Actor, now: datetime, *, on: date, reason: str) -> dict[str, Any]:
    """A leave of absence or its end; the journal keeps day and reason."""
    return {"on": on.isoformat(), "note": reason}


def receive(member: Member, by: Actor, now: datetime, *, receives: bool, receives_when: str) -> dict[str, Any]:
    """Whether people may make an appointment with the member, and when it suits best."""
    member.receives, member.receives_when = receives, receives_when
    return {"receives": receives}


def leave(member: Member, by: Actor, now: datetime, *, on: date, reason: str) -> dict[str, Any]:
    """The seat ends for good; when it suited the member to meet people concerns nobody any more."""
    member.left_on, member.receives_when = on, ""
    return {"on": on.isoformat(), "note": reason}


def end_duties(member: Member, by: Actor, now: datetime, *, on: date, **_cleaned: Any) -> None:
    """Whoever holds no seat convenes no sector, keeps contact with none and has no member's role.

    Other rooms are told, and end what they know of.
    """
    events.announce(SEAT_ENDED, member, by, now)
    still_running = Q(to_on=None) | Q(to_on__gt=on)
    conveners = list(Convener.objects.filter(still_running, member=member))
    links: list[Any] = [*conveners, *LeaderSector.objects.filter(still_running, member=member)]
    for link in links:
        door.revise(link, by, {"to_on": max(on, link.from_on)}, policy.manage, now=now)
    if member.person.user_id is None:
        return
    held = Q(role=roles.MEMBER, scope=member.pk) | Q(
        role=roles.CONVENER, scope__in=[convener.sector_id for convener in conveners]
    )
    for grant in RoleGrant.objects.filter(held, user=member.person.user_id, assembly_id=member.assembly_id):
        accounts.end_grant(grant, by, now)


def correct(
    member: Member,
    by: Actor,
    person: dict[str, Any],
    seat: dict[str, Any],
    now: datetime | None = None,
    *,
    person_version: int | None = None,
    seat_version: int | None = None,
) -> Member:
    """Change what is written of a member: the person's own facts and those of the seat, both or neither.

    The versions are the optimistic locks of both. Raises `Stale` and `NotAllowed`.
    """
    with transaction.atomic():
        door.revise(member.person, by, person, policy.correct_person, now=now, version=person_version)
        return door.revise(member, by, seat, policy.manage, now=now, version=seat_version)
