"""Yearly plans and what was done of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from tongxin.kernel.actor import Actor
from tongxin.kernel.text import whole_number
from tongxin.people.models import Member
from tongxin.people.workflow import IN_OFFICE

from .. import policy
from ..models import ContactPlan, ContactRecord
from .paging import Slice, page_number


@dataclass
class Progress:
    """A member's plan of a year (None when there is none) and what was done so far."""

    member: Member
    plan: ContactPlan | None
    contacts: int = 0
    channels: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()

    @property
    def planned_channels(self) -> list[tuple[str, bool]]:
        return [(code, code in self.channels) for code in (self.plan.channels if self.plan else [])]

    @property
    def planned_tasks(self) -> list[tuple[str, bool]]:
        return [(code, code in self.tasks) for code in (self.plan.tasks if self.plan else [])]

    @property
    def channels_done(self) -> int:
        return sum(done for _code, done in self.planned_channels)

    @property
    def tasks_done(self) -> int:
        return sum(done for _code, done in self.planned_tasks)


def listing(actor: Actor, year: int, get: Mapping[str, str]) -> tuple[Slice, list[Progress]]:
    """The members the actor looks after, each with plan and progress; four queries."""
    rows = Member.objects.filter(policy.members_seen(actor), state__in=IN_OFFICE)
    if whole_number(get.get("sector", "")):
        rows = rows.filter(sector_id=int(get["sector"]))
    plan = ContactPlan.objects.filter(member=OuterRef("pk"), year=year)
    if get.get("only") == "none":
        rows = rows.filter(~Exists(plan))
    rows = rows.select_related("person", "sector").order_by("sector__position", "person__name", "id")
    found = Slice.of(rows, page_number(get))
    return found, progress(found.rows, year)


def progress(members: list[Member], year: int) -> list[Progress]:
    """Plan and progress of members in a year; three queries."""
    ids = [member.pk for member in members]
    plans = {plan.member_id: plan for plan in ContactPlan.objects.filter(member__in=ids, year=year)}
    rows = ContactRecord.objects.filter(member__in=ids, state="recorded", on__year=year).order_by()
    counts: dict[int, int] = defaultdict(int)
    channels: dict[int, set[str]] = defaultdict(set)
    tasks: dict[int, set[str]] = defaultdict(set)
    for member, channel, n in rows.values_list("member", "channel").annotate(n=Count("pk")):
        counts[member] += n
        channels[member].add(channel)
    for member, task in rows.values_list("member", "tasks__task").distinct():
        tasks[member].add(task)
    return [
        Progress(m, plans.get(m.pk), counts[m.pk], frozenset(channels[m.pk]), frozenset(tasks[m.pk])) for m in members
    ]
