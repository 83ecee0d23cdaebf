"""催: pointing out to members what is short of 1158. A reminder is kept, told to the member, and sent once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongxin.kernel import door, journal
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import joined
from tongxin.people.models import Member

from ..models import Reminder
from . import measuring, policy
from .measuring import Standard

VERB, CALL = "reminded", "to_call"


@dataclass(frozen=True)
class Preview:
    """Who would be reminded, and who would not be and why."""

    due: list[Any]  # measured members, each with `lacks`: the cells they are short of
    today: list[Any]  # reminded, or noted to be called, today already
    unreachable: list[Any]  # no account: somebody has to call them

    @property
    def told(self) -> int:
        return len(self.due)

    @property
    def told_today(self) -> list[Any]:
        """Those who could read it."""
        return [row for row in self.today if row.person.user_id]

    @property
    def calls(self) -> list[Any]:
        """Everybody who has to be called, also those for whom that was noted today."""
        return [*self.unreachable, *(row for row in self.today if not row.person.user_id)]


def preview(actor: Actor, members: QuerySet[Member], today: Any = None) -> Preview:
    """Of these members those the actor may remind and who are short of anything. Two queries."""
    by = measuring.standard(actor.assembly_id or 0, today)
    rows = policy.remind.filter(actor, members)
    rows = measuring.short(measuring.measured(rows, by), by).select_related("person__user", "sector")
    rows = rows.order_by("sector__position", "person__name", "pk")
    done = set(Reminder.objects.filter(assembly=actor.assembly_id, on=by.today).values_list("member_id", flat=True))
    due: list[Any] = []
    again: list[Any] = []
    unreachable: list[Any] = []
    for row in rows:
        if row.person.user_id and row.person.user_id == actor.user_id:
            continue  # nobody reminds themselves
        row.lacks = measuring.short_of(row, by)  # type: ignore[attr-defined]
        if row.pk in done:
            again.append(row)
        else:
            (due if row.person.user_id else unreachable).append(row)
    return Preview(due, again, unreachable)


def remind(actor: Actor, members: QuerySet[Member], now: datetime | None = None) -> Preview:
    """Remind all of these members who are short and were not reminded today; returns who was (`due`) and who not.

    For those without an account it is kept that they have to be called; nobody has told them anything yet.
    Raises `NotAllowed` when the actor may remind nobody at all.
    """
    if not policy.REMIND(actor) or actor.assembly_id is None:
        raise NotAllowed(policy.remind.reason)
    now = now or timezone.now()
    by = measuring.standard(actor.assembly_id, timezone.localdate(now))
    with transaction.atomic():
        found = preview(actor, members, by.today)
        # By id, so that two who remind at once wait for each other in the same order.
        wanted = sorted([*found.due, *found.unreachable], key=lambda member: member.pk)
        sent = {member.pk for member in wanted if _send(actor, member, by, now)}
    return Preview(
        [member for member in found.due if member.pk in sent],
        [*found.today, *(member for member in wanted if member.pk not in sent)],
        [member for member in found.unreachable if member.pk in sent],
    )


def _send(actor: Actor, member: Any, by: Standard, now: datetime) -> bool:
    """Whether the member was reminded, or noted; not when somebody else did it at the same moment."""
    told = [member.person.user] if member.person.user_id else []
    about = {"about": member.lacks, "on": by.today, "to_call": not told}
    reminder = Reminder(assembly_id=member.assembly_id, member=member, **about)
    facts = {"lacks": lacks_of(member, by)}
    try:
        with transaction.atomic():
            door.establish(
                reminder, actor, policy.reminding, now=now, verb=VERB if told else CALL, facts=facts, tells=told
            )
    except IntegrityError:
        return False
    return True


def lacks_of(member: Any, by: Standard) -> dict[str, list[int]]:
    """What a measured member is short of, as the journal keeps it: cell -> [how many there are, how many needed]."""
    last = -1 if member.last_on is None else (by.today - member.last_on).days
    numbers = {
        "area": [0, 1],
        "links": [member.link_count, by.least],
        "channels": [member.channel_count, len(by.channels)],
        "tasks": [member.task_count, len(by.tasks)],
        "contact": [last, by.bands[2]],
    }
    return {code: numbers[code] for code in member.lacks}


def in_words(assembly_id: int, lacks: dict[str, list[int]]) -> str:
    """What is short and how to mend it, as the member reads it."""
    said = [_SENTENCES[code](*numbers) for code, numbers in lacks.items() if code in _SENTENCES]
    return joined(said)


def _area(have: int, need: int) -> str:
    return _("You have no responsibility area yet: ask the office for one.")


def _links(have: int, need: int) -> str:
    n = need - have
    return ngettext(
        "%(n)d person is missing from your group: add somebody you meet.",
        "%(n)d people are missing from your group: add those you meet.",
        n,
    ) % {"n": n}


def _channels(have: int, need: int) -> str:
    return _("You have used %(have)d of %(need)d channels this year: try another way of contact.") % {
        "have": have,
        "need": need,
    }


def _tasks(have: int, need: int) -> str:
    return _("You have done %(have)d of %(need)d tasks this year: tick what a contact served.") % {
        "have": have,
        "need": need,
    }


def _contact(days: int, limit: int) -> str:
    if days < 0:
        return _("You have not recorded a contact yet: call on one of your people and write one sentence.")
    return _("Your last contact was %(n)d days ago: call on one of your people and write one sentence.") % {"n": days}


_SENTENCES = {"area": _area, "links": _links, "channels": _channels, "tasks": _tasks, "contact": _contact}
_PAST, _CALL = gettext_lazy("Reminded: {lacks}"), gettext_lazy("Noted down to be called: {lacks}")


def register() -> None:
    """Called once when the app starts: how the journal says a reminder."""
    journal.say(Reminder, VERB, _PAST, lacks=in_words)
    journal.say(Reminder, CALL, _CALL, lacks=in_words)
