"""Whoever is enrolled already is offered to be linked instead: to whom, and the proof that it was offered.

A name and an employer are no secret, so they prove nothing: they lead to the entry only those who see it anyway.
Whoever knows the number is known to the person, and may keep contact.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from tongxin.kernel.actor import Actor

from . import policy
from .indexes import phone_index
from .models import Constituent

SALT = "contact.twin"
OFFERED = 24 * 3600  # seconds in which the offer can be taken up


@dataclass(frozen=True)
class Offer:
    """Somebody found as a twin, and what the actor may do about it. `key` is empty when the actor may not join."""

    person: Constituent
    by_phone: bool
    readable: bool
    key: str


def offers(actor: Actor, twins: list[Constituent], phone: str) -> list[Offer]:
    """The twins the actor may learn of: those seen anyway, and those whose number was typed."""
    found = []
    for twin in twins:
        by_phone = bool(phone) and twin.phone_index == phone_index(phone)
        readable = policy.read.allows(actor, twin)
        if by_phone or readable:
            may = twin.state == "active" and (by_phone or policy.arrange.allows(actor, twin))
            found.append(Offer(twin, by_phone, readable, key(actor, twin) if may else ""))
    return found


def key(actor: Actor, person: Constituent) -> str:
    """Proof for this user that this person, with this number, was offered."""
    return signing.dumps([person.pk, actor.user_id, person.phone_index], salt=SALT)


def holds(actor: Actor, person: Constituent, given: str) -> bool:
    """Whether the key was made for this user and this person, not long ago, and the number has not changed since."""
    try:
        told = signing.loads(given, salt=SALT, max_age=OFFERED)
    except signing.BadSignature:
        return False
    return told == [person.pk, actor.user_id, person.phone_index]
