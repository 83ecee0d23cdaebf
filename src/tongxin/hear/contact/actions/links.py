"""Who keeps contact with whom: begun, ended, handed over."""

from __future__ import annotations

from datetime import date, datetime

from tongxin.kernel.actor import Actor
from tongxin.people.models import Member

from ..models import Constituent, ConstituentLink
from .impersonal import impersonal
from .records import Facts, newest


def link(constituent: Constituent, by: Actor, now: datetime, *, member: Member, on: date) -> Facts:
    """From this day on the member keeps contact with the person."""
    begin(constituent, by, now, member, on)
    return {"member": str(member), "on": on.isoformat()}


def join(constituent: Constituent, by: Actor, now: datetime, *, member: Member, on: date, key: str) -> Facts:
    """The same for somebody found as a twin; the form has looked at the key."""
    return link(constituent, by, now, member=member, on=on)


def unlink(
    constituent: Constituent, by: Actor, now: datetime, *, link: ConstituentLink, on: date, reason: str = ""
) -> Facts:
    reason = impersonal(reason, by, now, link.member)
    end(link, on, now, reason)
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
    reason = impersonal(reason, by, now, link.member, to)
    end(link, on, now, reason)
    if not constituent.links.filter(member=to, to_on=None).exists():
        begin(constituent, by, now, to, on)
    return {"member": str(link.member), "to": str(to), "on": on.isoformat(), "note": reason}


def begin(constituent: Constituent, by: Actor, now: datetime, member: Member, on: date) -> None:
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


def end(link: ConstituentLink, on: date, now: datetime, reason: str = "") -> None:
    link.to_on, link.ended_for, link.updated_at = max(on, link.from_on), reason, now
    link.version += 1
    link.save()


def end_all(constituent: Constituent, on: date, now: datetime) -> None:
    for each in constituent.links.filter(to_on=None):
        end(each, on, now)
