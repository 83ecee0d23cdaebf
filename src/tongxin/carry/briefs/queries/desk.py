"""The desk: the piles, what narrows them, one page of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import search
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.paging import cut, page_number
from tongxin.kernel.text import whole_number
from tongxin.kernel.workflow import State
from tongxin.people import roles

from .. import policy
from ..models import PARTS, Brief
from .rows import LIKE, LIST_RELATED, PAGE, marked, readable

LAST_PAGE = 200
OUT = ("issued", "reported", "adopted", "instructed")
AFTER_ISSUE = (*OUT, "handling", "replied", "fed_back")
ENDED = ("fed_back", "merged", "not_adopted", "withdrawn")


@dataclass(frozen=True)
class Group:
    """States that are one pile of work. `open_` piles are ordered by due date, others the newest first."""

    key: str
    label: Any
    states: tuple[str, ...]
    open_: bool = True


GROUPS = (
    Group("new", _("To be looked at"), ("submitted",)),
    Group("editing", _("Being edited"), ("editing",)),
    Group("reviewing", _("To be reviewed"), ("reviewing",)),
    Group("signing", _("To be signed"), ("signing",)),
    Group("out", _("Issued"), OUT, open_=False),
    Group("handling", _("With the bodies"), ("handling",)),
    Group("replied", _("To be fed back"), ("replied",)),
    Group("returned", _("With the authors"), ("returned",), open_=False),
    Group("ended", _("Finished"), ENDED, open_=False),
)
BODY_GROUPS = (
    Group("handling", _("To reply to"), ("handling", "replied")),
    Group("done", _("Replied"), ("replied", *OUT, *ENDED), open_=False),
)
#: The same two piles of whoever sits at the assembly's desk as well.
ALSO_BODY_GROUPS = tuple(
    Group(f"body_{group.key}", label, group.states, group.open_)
    for group, label in zip(BODY_GROUPS, (_("Our body: to reply to"), _("Our body: replied")), strict=True)
)
BODY_PILES = frozenset((*BODY_GROUPS, *ALSO_BODY_GROUPS))
REPLIED = State("replied", _("Replied"), "jade")


def groups(actor: Actor) -> tuple[Group, ...]:
    if policy.body_desk(actor):
        return BODY_GROUPS
    return (*GROUPS, *ALSO_BODY_GROUPS) if actor.has(roles.BODY) else GROUPS


def state_of(actor: Actor, brief: Brief) -> State:
    """Where the procedure stands, as this actor may know it: a body knows that it replied, no more; the public, that
    it was issued."""
    seen = policy.seen_as(actor, brief)
    if seen == policy.AS_BODY:
        return workflows.of(Brief).state("handling") if owes(brief) else REPLIED
    return workflows.of(Brief).state("issued" if seen == policy.AS_PUBLIC else brief.state)


#: Where a body's own reply counts: one that assists may still say its part when the leading one has replied.
WITH_BODIES = ("handling", "replied")


def owes(brief: Brief) -> bool:
    """Seen from a body: has it not replied itself (`rows.marked`)? One that assists may be done before the others."""
    return brief.state in WITH_BODIES and getattr(brief, "owed", True)


def _pile(actor: Actor, group: Group) -> Q:
    """The rows of a pile; of a body those are to be replied to that it has not replied to itself."""
    if group not in BODY_PILES:
        seen = policy.sheet.rows(actor) if actor.has(roles.BODY) else Q()
        return Q(state__in=group.states) & seen
    to_do = Q(state__in=WITH_BODIES) & policy.owed(actor)
    return to_do if group.open_ else policy.handles.rows(actor) & ~to_do


def standings(actor: Actor) -> list[search.Standing]:
    """Where briefs stand, as this actor may know it when searching.

    Who is not of the staff finds others' briefs only when they are issued, and is not told what the office does with
    them; what was not issued is the actor's own.
    """
    states = workflows.of(Brief).states
    if policy.is_staff(actor) or actor.is_system:
        return [search.Standing(each.name, each.label, each.tone, (each.name,)) for each in states]
    out: list[search.Standing] = []
    if actor.has(roles.BODY):
        done = tuple(state for state in AFTER_ISSUE if state != "handling")
        to_do, replied = BODY_GROUPS
        out = [search.Standing("handling", to_do.label, "", ("handling",)),
               search.Standing("done", replied.label, "", done)]  # fmt: skip
    else:
        issued = workflows.of(Brief).state("issued")
        out = [search.Standing("issued", issued.label, issued.tone, AFTER_ISSUE)]
    if not actor.has(*policy.WRITERS):
        return out
    own = [search.Standing(each.name, each.label, each.tone, (each.name,)) for each in states]
    return [*(each for each in own if each.key not in AFTER_ISSUE), *out]


@dataclass(frozen=True)
class Filters:
    """What the queue's address asks for. Unknown values are left out, so that an old bookmark still opens."""

    group: str = ""
    category: str = ""
    sector: str = ""
    origin: str = ""
    year: str = ""
    overdue: bool = False
    mine: bool = False
    q: str = ""
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        sector, page, year = get.get("sector", ""), get.get("page", ""), get.get("year", "")
        return cls(
            group=get.get("group", "")[:20],
            category=get.get("category", "")[:40],
            sector=sector if sector == "none" or whole_number(sector) else "",
            origin=get.get("origin", "") if get.get("origin") in Brief.Origin.values else "",
            year=year if year.isdecimal() and len(year) == 4 else "",
            overdue=get.get("overdue") == "1",
            mine=get.get("mine") == "1",
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            page=page_number(page, LAST_PAGE),
        )


@dataclass
class Queue:
    """One page of the queue."""

    briefs: list[Brief]
    number: int
    more: bool


def default_filters(actor: Actor, filters: Filters, counts: Mapping[str, int]) -> Filters:
    """Without a wish, the first pile in which something waits for the actor; else the first that holds something."""
    if filters.group or filters.overdue or filters.q or filters.mine:
        return filters
    own = {
        roles.INFO_REVIEWER: "reviewing",
        roles.INFO_SIGNER: "signing",
        roles.INFO_EDITOR: "new",
        roles.SUPERVISION: "out",
        roles.INSTRUCTIONS: "out",
    }
    wished = [pile for role, pile in own.items() if actor.has(role)]
    piles = [*wished, *(group.key for group in groups(actor))]
    first = next((key for key in piles if counts.get(key)), piles[0])
    return Filters(**{**filters.__dict__, "group": first})


def queue(actor: Actor, filters: Filters) -> Queue:
    """One page: what is open by due date, all else the newest first. Beyond the last page it is the last one."""
    rows = _narrowed(actor, filters)
    group = next((g for g in groups(actor) if g.key == filters.group), None)
    if group:
        rows = rows.filter(_pile(actor, group))
    if filters.overdue and policy.body_desk(actor):
        rows = rows.filter(_pile(actor, BODY_GROUPS[0]), state="handling")  # later the clock is the office's own
    if filters.overdue:
        rows = rows.filter(due_on__lt=timezone.localdate())
    by_due = filters.overdue or (group is not None and group.open_ and not filters.q)
    rows = rows.order_by("due_on", "id") if by_due else rows.order_by("-id")
    return Queue(*cut(marked(actor, rows).select_related(*LIST_RELATED).defer(*PARTS, "feedback"), filters.page, PAGE))


def counts(actor: Actor, filters: Filters) -> dict[str, int]:
    """How many stand in each pile, and how many are overdue ("overdue"), under the other filters; one query."""
    late = Q(due_on__lt=timezone.localdate())
    rows = _narrowed(actor, filters)
    if actor.has(roles.BODY):
        piles = {group.key: Count("pk", filter=_pile(actor, group)) for group in groups(actor)}
        owing = _pile(actor, BODY_GROUPS[0]) & Q(state="handling")
        waits = late & owing if policy.body_desk(actor) else late
        return rows.order_by().aggregate(**piles, overdue=Count("pk", filter=waits))
    found = {
        state: (n, overdue)
        for state, n, overdue in rows.order_by()
        .values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
    }
    sums = {g.key: sum(found.get(state, (0, 0))[0] for state in g.states) for g in groups(actor)}
    return {**sums, "overdue": sum(overdue for _n, overdue in found.values())}


def _of_desk(actor: Actor) -> QuerySet[Brief]:
    """What lies on the actor's desk: of all that the actor may read not what is merely public."""
    if policy.body_desk(actor):
        return policy.handles.filter(actor, Brief.objects.all())
    return (policy.sheet | policy.handles).filter(actor, Brief.objects.all())


def _narrowed(actor: Actor, filters: Filters) -> QuerySet[Brief]:
    rows = _of_desk(actor)
    if not filters.mine or policy.has_desk(actor):
        rows = rows.exclude(state="draft")  # drafts stand in one's own list
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.sector:
        rows = rows.filter(sector=None) if filters.sector == "none" else rows.filter(sector_id=int(filters.sector))
    if filters.origin:
        rows = rows.filter(origin=filters.origin)
    if filters.year:
        rows = rows.filter(year=int(filters.year))
    if filters.mine:
        rows = rows.filter(workflows.of(Brief).waiting(actor))
    return search.matching(rows, filters.q) if filters.q else rows


def pending(actor: Actor) -> list[QuerySet]:
    """Behind the navigation's number: what waits for the actor's post."""
    return [Brief.objects.filter(workflows.of(Brief).waiting(actor))]


def similar(actor: Actor, brief: Brief, limit: int = 4) -> list[tuple[Any, int, State]]:
    """Briefs of all years that speak of much the same, each with its likeness in per cent and what became of it."""
    rows = readable(actor).exclude(state__in=("draft", "withdrawn")).exclude(merged_into=brief)
    rows = marked(actor, rows).select_related(*LIST_RELATED)
    return [
        (other, round(100 * likeness), state_of(actor, other))
        for other, likeness in search.similar(brief, rows, limit)
        if likeness >= LIKE
    ]
