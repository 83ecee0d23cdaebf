"""Two entries of one person become one: the other is emptied and points to the one that is kept.

What stands of the person afterwards stands in one entry only, so that withdrawing and erasing reach all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.people.models import User

from ..indexes import phone_index
from ..models import Constituent, ConstituentLink
from . import forgetting
from .links import Facts, end_all
from .records import newest

# By the state in which the person stands afterwards: the move by which the kept entry takes in the other.
TAKING_IN = {"active": "take_in", "moved": "take_in_moved", "withdrawn": "take_in_withdrawn"}


@dataclass(frozen=True)
class Standing:
    """Where a person stands whose two entries are taken together, and which of them has the newest consent."""

    state: str
    consented: Constituent
    withdrawn_on: date | None = None
    moved_on: date | None = None

    @property
    def keeps_number(self) -> bool:
        """A number is kept for something the person agreed to."""
        return self.state != "withdrawn" and bool(self.consented.consent_for)


def standing(kept: Constituent, other: Constituent) -> Standing:
    """The newest consent stands. Withdrawn on its day or later, in whichever entry, it is withdrawn."""
    both = (kept, other)
    consented = max(both, key=lambda each: (each.consent_on or date.min, each.pk))
    withdrawn = max((each.withdrawn_on for each in both if each.withdrawn_on), default=None)
    if withdrawn and withdrawn >= (consented.consent_on or date.min):
        return Standing("withdrawn", consented, withdrawn_on=withdrawn)
    here = {each.state for each in both} - {"withdrawn"}
    if here == {"moved"}:
        return Standing("moved", consented, moved_on=max(each.moved_on for each in both if each.moved_on))
    return Standing("active", consented)


def numbers(kept: Constituent, other: Constituent) -> list[str]:
    """Whose number may stay, "kept" or "other": both only when they differ."""
    if not standing(kept, other).keeps_number:
        return []
    if kept.phone and other.phone and kept.phone != other.phone:
        return ["kept", "other"]
    return ["kept"] if kept.phone else ["other"] if other.phone else []


def dropped(kept: Constituent, other: Constituent) -> list[Constituent]:
    """Whose number goes although nobody withdrew anything: the newest consent names nothing that it is kept for."""
    stands = standing(kept, other)
    if stands.keeps_number or stands.state == "withdrawn":
        return []
    return [each for each in (kept, other) if each.phone]


def unite(links: Iterable[ConstituentLink]) -> list[tuple[ConstituentLink, list[ConstituentLink]]]:
    """The links of both entries as those of one person: each that stays, with those whose time overlaps its own and
    which it takes in. Nothing is saved."""
    found: list[tuple[ConstituentLink, list[ConstituentLink]]] = []
    running: dict[int, tuple[ConstituentLink, list[ConstituentLink]]] = {}
    for link in sorted(links, key=lambda each: (each.from_on, each.pk)):
        there = running.get(link.member_id)
        if there and (there[0].to_on is None or there[0].to_on > link.from_on):
            there[1].append(link)
            _stretch(there[0], link)
            continue
        running[link.member_id] = (link, [])
        found.append(running[link.member_id])
    return found


def _stretch(link: ConstituentLink, taken: ConstituentLink) -> None:
    """The link lasts as long as the longer of the two."""
    if link.to_on and (taken.to_on is None or taken.to_on > link.to_on):
        link.to_on, link.ended_for = taken.to_on, taken.ended_for
    link.last_on = max((day for day in (link.last_on, taken.last_on) if day), default=None)


def merge(
    constituent: Constituent, by: Actor, now: datetime, *, into: Constituent, number: str = "", **_seen: Any
) -> Facts:
    """Close this entry: all that stands in it goes to the one that is kept."""
    told = {"other": constituent.pk, "number": number, "who": by.name}
    move = TAKING_IN[standing(into, constituent).state]
    door.perform(into, move, system("merging", constituent.assembly), told, now=now)
    Constituent.objects.filter(same_as=constituent).update(same_as=into)
    _empty(constituent)
    constituent.same_as = into
    return {"entry": into.pk}


def _empty(constituent: Constituent) -> None:
    constituent.name = constituent.name_index = constituent.phone = constituent.phone_index = ""
    constituent.earlier_names = constituent.place = constituent.occupation = constituent.consent_way = ""
    constituent.earlier_phones = constituent.tags = constituent.consent_for = []
    constituent.county = constituent.consent_on = constituent.withdrawn_on = constituent.moved_on = None


def take_in(
    constituent: Constituent, by: Actor, now: datetime, *, other: Constituent, number: str = "", who: str = ""
) -> Facts:
    """What stands in the other entry comes here."""
    stands = standing(constituent, other)
    _take_number(constituent, other, number, now)
    if stands.state == "withdrawn":
        for each in (constituent, other):
            forgetting.forget_concerns(each, now)
    names = [name for name in (*constituent.names, *other.names) if name != constituent.name]
    constituent.earlier_names = "\n".join(dict.fromkeys(names))
    for field in ("place", "occupation", "county"):
        setattr(constituent, field, getattr(constituent, field) or getattr(other, field))
    constituent.tags = list(dict.fromkeys([*constituent.tags, *other.tags]))[:8]
    for field in ("consent_on", "consent_way", "consent_for"):
        setattr(constituent, field, getattr(stands.consented, field))
    constituent.withdrawn_on, constituent.moved_on = stands.withdrawn_on, stands.moved_on
    _take_meetings(constituent, other)
    _take_links(constituent, other, now)
    if stands.withdrawn_on:
        end_all(constituent, stands.withdrawn_on, now)
    return {"who": who}


def _take_number(constituent: Constituent, other: Constituent, number: str, now: datetime) -> None:
    """The number chosen stays. Any other goes, also out of what members wrote, but for its index, by which erasing
    finds its concerns."""
    possible = numbers(constituent, other)
    chosen = number if number in possible else next(iter(possible), "")
    stays = {"kept": constituent.phone, "other": other.phone}.get(chosen, "")
    gone = [*constituent.earlier_phones, *other.earlier_phones]
    for each in (constituent, other):
        if each.phone and each.phone != stays:
            forgetting.blot_texts(each, now, (), each.phone)
            gone.append(each.phone_index)
    constituent.phone, constituent.phone_index = stays, phone_index(stays)
    constituent.earlier_phones = [index for index in dict.fromkeys(gone) if index != constituent.phone_index]


def concerned(constituent: Constituent) -> list[User]:
    """Whom a merge is told: those who keep contact with the person, or did until the withdrawal that now holds for both
    entries."""
    links = constituent.links.filter(to_on=None)
    if constituent.withdrawn_on:
        links = constituent.links.filter(to_on__gte=constituent.withdrawn_on)
    return list(User.objects.filter(person__seats__links__in=links, is_active=True).distinct())


def _take_meetings(constituent: Constituent, other: Constituent) -> None:
    """Whoever met both at one contact met one person."""
    other.meetings.filter(record__in=list(constituent.meetings.values_list("record", flat=True))).delete()
    other.meetings.update(constituent=constituent)


def _take_links(constituent: Constituent, other: Constituent, now: datetime) -> None:
    united = unite(ConstituentLink.objects.filter(constituent__in=[constituent, other]))
    ConstituentLink.objects.filter(pk__in=[link.pk for _stays, taken in united for link in taken]).delete()
    for link, taken in united:
        if taken or link.constituent_id != constituent.pk or link.to_on is None:
            link.constituent, link.updated_at = constituent, now
            if link.to_on is None:
                link.last_on = newest(link.member_id, constituent.pk)
            link.version += 1
            link.save()
