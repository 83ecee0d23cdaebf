"""Reads of concerns for the desk: one, the queue, the counts, similar ones, the story. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import deadlines, journal, options, search
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, JournalEntry
from tongxin.kernel.paging import Pager, cut, page_number
from tongxin.kernel.text import whole_number
from tongxin.kernel.workflow import State
from tongxin.people import roles

from . import conversions, policy, texts
from .models import Concern, ConcernFile, Outcome

PAGE = 30  # concerns of the queue on one page
LAST_PAGE = 200  # nobody leafs further; a filter finds it
NOT_FOR_BODIES = frozenset(
    {
        "rate",
        "object",
        "reopen",
        "explain",
        "revealed",
        "erased",
        "forget",
        "blot",
        "expire",
        "close",
        "answer",
        "tell_more",
    }
)
FOR_BODIES = frozenset({"refer", "reply", "send_back"})  # whose notes are written for the body, or by it
LIST_RELATED = ("county", "sector")
READ_RELATED = ("assembly", "county", "sector", "committee", "body", "station")


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


def readable(actor: Actor) -> QuerySet[Concern]:
    return policy.read.filter(actor, Concern.objects.all())


def get(actor: Actor, pk: int) -> Concern:
    """A concern the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    found = readable(actor).select_related(*READ_RELATED).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


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


def similar(actor: Actor, concern: Concern, limit: int = 5) -> list[tuple[Concern, int]]:
    """Open concerns of the actor's that speak of much the same, each with its likeness in per cent."""
    rows = readable(actor).exclude(state="closed").select_related(*LIST_RELATED)
    return [(other, round(100 * likeness)) for other, likeness in search.similar(concern, rows, limit)]


def chosen(actor: Actor, ids: list[int]) -> list[Concern]:
    """The visible ones of the ids, for triage of several at once."""
    return list(readable(actor).filter(pk__in=ids[:PAGE]).select_related(*READ_RELATED).order_by("due_on", "id"))


@dataclass
class Story:
    """All that the reading and context columns show of one concern, as far as the actor may know it."""

    actor: Actor
    concern: Concern
    events: list[journal.Event] = field(default_factory=list)

    @cached_property
    def discreet(self) -> bool:
        return only_body(self.actor)

    @property
    def title(self) -> str:
        return self.concern.named if self.discreet else self.concern.title

    @property
    def text(self) -> str:
        """The person's words; a handling body reads them without name and number, as the portal's consent line says."""
        return self._told(self.concern.text)

    def _told(self, text: str) -> str:
        return texts.impersonal(self.concern, text) if self.discreet else text

    @cached_property
    def state(self) -> State:
        state = state_of(self.actor, self.concern)
        return (REPLIED if self.replied else SETTLED) if state is PAST else state

    @cached_property
    def replied(self) -> bool:
        """Whether the newest result is the body's own reply; the office may have recorded one without it."""
        return next((e.verb for e in reversed(self.events) if e.verb in ("reply", "settle")), "") == "reply"

    @cached_property
    def possible(self) -> list[Any]:
        moves = workflows.of(Concern).possible(self.actor, self.concern)
        return [move for move in moves if not move.hidden]

    @cached_property
    def can_reveal(self) -> bool:
        return bool(self.concern.consent_at) and policy.reveal.allows(self.actor, self.concern)

    @cached_property
    def sees_person(self) -> bool:
        return not self.discreet and bool(self.concern.speaker_name or self.concern.speaker_phone)

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """Where it was carried, as (words, address), as far as the actor may see it."""
        return conversions.places(self.actor, self.concern, {event.verb for event in self.events})

    @cached_property
    def clocks(self) -> list[Deadline]:
        """The running clocks, the nearest first."""
        if self.concern.due_on is None or (self.discreet and self.concern.state != "referred"):
            return []
        return deadlines.open_ones(self.concern)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Each round: what was done, what the person was told, what the person says of it."""
        if not (self.concern.outcome_at or self.concern.decline_reason or self.concern.answered_at):
            return []
        found = list(self.concern.outcomes.select_related("body", "answer__rating"))
        for outcome in found:
            meaning = self._meanings.get(outcome.result, "")
            outcome.told = self._told(outcome.text)  # type: ignore[attr-defined]
            outcome.tone = TONES.get(meaning, "indigo")  # type: ignore[attr-defined]
            outcome.own_files = [file for file in self.files if file.outcome_id == outcome.pk]  # type: ignore[attr-defined]
        return found

    @cached_property
    def _meanings(self) -> dict[str, str]:
        choices = options.every_choice(self.concern.assembly_id, "concerns.result")
        return {choice.code: choice.meaning for choice in choices} | {Outcome.DECLINED: Outcome.DECLINED}

    @cached_property
    def files(self) -> list[ConcernFile]:
        if not any(event.facts.get("pictures") for event in self.events):
            return []
        return list(self.concern.files.select_related("file").order_by("id"))

    @cached_property
    def pictures(self) -> list[ConcernFile]:
        """What came with the concern itself."""
        return [file for file in self.files if file.outcome_id is None]

    @cached_property
    def told(self) -> list[journal.Event]:
        """The timeline that the actor may read."""
        if not self.discreet:
            return self.events
        shown = (event for event in self.events if event.verb not in NOT_FOR_BODIES)
        return [event if event.verb in FOR_BODIES else replace(event, note="") for event in shown]


def story(actor: Actor, concern: Concern) -> Story:
    return Story(actor, concern, journal.timeline(concern))


def file_of(concern: Concern, pk: int) -> ConcernFile:
    """A file of the concern; raises `NotAllowed` when it is not one of its own."""
    found = concern.files.select_related("file").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def by_receipt(receipt_index: str) -> Concern | None:
    """The concern whose receipt has this blind index."""
    return Concern.objects.filter(receipt_index=receipt_index).first() if receipt_index else None


def known_words(assembly_id: int, keys: list[str]) -> dict[str, int]:
    """Of the `texts.key`s those that the assembly has already, each with the id of the first such concern."""
    found: dict[str, int] = {}
    for start in range(0, len(keys), 500):
        rows = Concern.objects.filter(assembly_id=assembly_id, text_key__in=keys[start : start + 500])
        for key, pk in rows.order_by("-id").values_list("text_key", "pk"):
            found[key] = pk
    return found


def numbers(ids: list[int]) -> dict[int, str]:
    """The numbers of concerns by id."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        rows = Concern.objects.filter(pk__in=ids[start : start + 500]).only("id", "year", "serial")
        found.update({concern.pk: concern.number for concern in rows})
    return found


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


def late(today: date) -> QuerySet[Concern]:
    """Concerns of all assemblies with a clock that ran out and was not escalated yet (daily task)."""
    clocks = Deadline.objects.filter(
        record_type=Concern.label(), due_on__lt=today, met_at=None, dropped_at=None, escalated_on=None
    ).exclude(kind="rating")
    return Concern.objects.filter(pk__in=clocks.values("record_id")).exclude(state="closed").select_related("assembly")


def unrated(today: date) -> QuerySet[Concern]:
    """Answered ones whose time for rating is over (daily task)."""
    return Concern.objects.filter(state="answered", due_kind="rating", due_on__lt=today).select_related("assembly")


def forgotten_since(moment: datetime) -> bool:
    """Whether somebody had a name erased since then; concerns so changed are few and recent."""
    erased = Concern.objects.filter(consent_at=None, updated_at__gte=moment).values("pk")
    return JournalEntry.objects.filter(
        record_type=Concern.label(), record_id__in=erased, verb="forget", at__gte=moment
    ).exists()
