"""The desk's piles: their states as the actor may know them, the filters of the queue, its pages and its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import search
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.paging import Pager, cut, page_number
from tongxin.kernel.text import whole_number
from tongxin.kernel.workflow import State
from tongxin.people import roles

from .. import policy
from ..models import Concern, Outcome
from .rows import LIST_RELATED, PAGE, readable

LAST_PAGE = 200  # nobody leafs further; a filter finds it


@dataclass(frozen=True)
class Group:
    """States that are one pile of work. `open_` piles are ordered by due date, others by age."""

    key: str
    label: Any
    states: tuple[str, ...]
    open_: bool = True
    tone: str = ""


GROUPS = (
    Group("new", _("To be triaged"), ("recorded",), tone="seal"),
    Group("handling", _("In hand"), ("triaged", "direct_help", "referred", "converted"), tone="indigo"),
    Group("disputed", _("Not satisfied"), ("disputed",), tone="seal"),
    Group("telling", _("To be answered"), ("outcome", "declined"), tone="amber"),
    Group("rating", _("Waiting for the rating"), ("answered",), tone="jade"),
    Group("closed", _("Closed"), ("closed",), open_=False),
)
BEHIND_BODIES = ("outcome", "declined", "answered", "disputed", "closed", "triaged")
# What a body sees of the states: never whether one person was satisfied (domain §2.10).
BODY_GROUPS = (
    Group("handling", _("To reply to"), ("referred",), tone="seal"),
    Group("replied", _("Replied or settled"), BEHIND_BODIES, open_=False),
)
# The colour of a result, by its neutral meaning.
TONES = {"resolved": "jade", "constrained": "amber", "reference": "", Outcome.DECLINED: ""}
PAST = State("replied", _("Replied or settled"), "jade")
REPLIED = State("replied", _("Replied"), "jade")
SETTLED = State("settled", _("Settled without a reply"), "jade")


def only_body(actor: Actor) -> bool:
    """Whether the actor is here for a handling body and nothing else."""
    return actor.has(roles.BODY) and not actor.has(*policy.WRITERS)


def groups(actor: Actor) -> tuple[Group, ...]:
    return BODY_GROUPS if only_body(actor) else GROUPS


def state_of(actor: Actor, concern: Concern) -> State:
    """Where the procedure stands, as this actor may know it."""
    if only_body(actor) and concern.state != "referred":
        return PAST
    return workflows.of(Concern).state(concern.state)


def standings(actor: Actor) -> list[search.Standing]:
    """Where concerns stand, as this actor may know it when searching: a body hears of no state beyond its own."""
    if only_body(actor):
        return [search.Standing(group.key, group.label, group.tone, group.states) for group in BODY_GROUPS]
    states = workflows.of(Concern).states
    return [search.Standing(state.name, state.label, state.tone, (state.name,)) for state in states]


def due_of(actor: Actor, concern: Concern) -> date | None:
    """The nearest due date that is the actor's business: the clock of a rating is the person's own."""
    if concern.state == "answered" or (only_body(actor) and concern.state != "referred"):
        return None
    return concern.due_on


@dataclass(frozen=True)
class Filters:
    """What the queue's address asks for. Unknown values are left out, so that an old bookmark still opens."""

    group: str = ""
    committee: str = ""
    sector: str = ""
    topic: str = ""
    county: str = ""
    station: str = ""
    source: str = ""
    overdue: bool = False
    mine: bool = False
    q: str = ""
    page: int = 1

    NAMES = ("committee", "sector", "county", "station")

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        numbers = {name: value for name in cls.NAMES if (value := get.get(name, "")) == "none" or whole_number(value)}
        page = get.get("page", "")
        return cls(
            group=get.get("group", "")[:20],
            topic=get.get("topic", "")[:40],
            source=get.get("source", "") if get.get("source") in Concern.Source.values else "",
            overdue=get.get("overdue") == "1",
            mine=get.get("mine") == "1",
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            page=page_number(page, LAST_PAGE),
            **numbers,
        )

    @property
    def wordless(self) -> bool:
        return search.wordless(self.q)

    @property
    def narrowed(self) -> bool:
        """Whether anything beyond the pile and the search is asked for."""
        return any((self.committee, self.sector, self.topic, self.county, self.station, self.source, self.mine))


@dataclass
class Queue(Pager):
    """One page of the queue; has what the pager asks of a page."""

    concerns: list[Concern]
    number: int
    more: bool
    filters: Filters


def default_filters(actor: Actor, filters: Filters, counts: Mapping[str, int]) -> Filters:
    """Without a wish, the first pile that holds something."""
    if filters.group or filters.overdue or filters.q or filters.mine:
        return filters
    first = next((g.key for g in groups(actor) if g.open_ and counts.get(g.key)), groups(actor)[0].key)
    return Filters(**{**filters.__dict__, "group": first})


def queue(actor: Actor, filters: Filters) -> Queue:
    """One page: what is open by due date, all else the newest first. Beyond the last page it is the last one."""
    rows = _narrowed(actor, filters)
    group = next((g for g in groups(actor) if g.key == filters.group), None)
    if group:
        rows = rows.filter(state__in=group.states)
    if filters.overdue:
        rows = _overdue(actor, rows)
    if filters.q:
        rows = search.matching(rows, filters.q)
    by_due = filters.overdue or (group is not None and group.open_ and not filters.q)
    rows = rows.order_by("due_on", "id") if by_due else rows.order_by("-id")
    return Queue(*cut(rows.select_related(*LIST_RELATED), filters.page, PAGE), filters)


def counts(actor: Actor, filters: Filters) -> dict[str, int]:
    """How many stand in each pile, how many are overdue ("overdue"), and how many of these lie with a body
    ("overdue_there"), under the other filters; one query."""
    late = Q(due_on__lt=timezone.localdate()) & ~Q(state="closed")
    if only_body(actor):
        late &= Q(state="referred")
    rows = _narrowed(actor, filters)
    if filters.q:
        rows = search.matching(rows, filters.q)
    found = {
        state: (n, overdue)
        for state, n, overdue in rows.order_by()
        .values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
    }
    sums = {g.key: sum(found.get(state, (0, 0))[0] for state in g.states) for g in groups(actor)}
    late_there = found.get("referred", (0, 0))[1]
    return {**sums, "overdue": sum(overdue for _n, overdue in found.values()), "overdue_there": late_there}


def pending(actor: Actor) -> list[QuerySet]:
    """Behind the navigation's number: what the actor may triage, or for a body what waits for its reply."""
    return [readable(actor).filter(state="referred" if only_body(actor) else "recorded")]


def _narrowed(actor: Actor, filters: Filters) -> QuerySet[Concern]:
    rows = readable(actor)
    for name in Filters.NAMES:
        value = getattr(filters, name)
        if value == "none":
            rows = rows.filter(**{f"{name}__isnull": True})
        elif value:
            rows = rows.filter(**{f"{name}_id": int(value)})
    if filters.topic:
        rows = rows.filter(topic=filters.topic)
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.mine:
        rows = rows.filter(workflows.of(Concern).waiting(actor))
    return rows


def _overdue(actor: Actor, rows: QuerySet[Concern]) -> QuerySet[Concern]:
    rows = rows.filter(due_on__lt=timezone.localdate()).exclude(state="closed")
    return rows.filter(state="referred") if only_body(actor) else rows
