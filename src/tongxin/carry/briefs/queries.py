"""Reads of briefs for the desk: one, the queue, the counts, similar ones, versions, the story. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.insight import textdiff
from tongxin.kernel import deadlines, journal, options, search
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, StoredFile
from tongxin.kernel.text import whole_number
from tongxin.kernel.workflow import Move, State
from tongxin.people import roles

from . import checklist, personal, policy
from .clocks import LABELS
from .models import PARTS, TEXTS, Brief, BriefAdoption, BriefAuthor, BriefHandling, BriefInstruction, BriefVersion

PAGE = 30
LAST_PAGE = 200
LIST_RELATED = ("sector", "lead_body")
READ_RELATED = (
    "assembly__parent", "sector", "committee", "lead_body", "editor", "reviewer", "signer", "merged_into",
)  # fmt: skip
#: What authors are told of the way; the rest is between the hands of the office.
FOR_AUTHORS = frozenset(
    {
        "draft", "write", "attach", "submit", "accept", "return", "merge", "not_adopt", "sign", "report_up",
        "report_further", "adopt", "adopt_more", "transfer", "reply", "enter_reply", "feed_back",
        "withdraw",
    }
)  # fmt: skip
WITH_WORDS_FOR_AUTHORS = frozenset({"return", "not_adopt", "withdraw"})
FOR_BODIES = frozenset({"sign", "transfer", "reply", "enter_reply", "assist", "press"})
OUT = ("issued", "reported", "adopted", "instructed")
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
    Group("handling", _("To reply to"), ("handling",)),
    Group("done", _("Replied"), ("replied", *OUT, *ENDED), open_=False),
)
REPLIED = State("replied", _("Replied"), "jade")


def groups(actor: Actor) -> tuple[Group, ...]:
    return BODY_GROUPS if policy.only_body(actor) else GROUPS


def state_of(actor: Actor, brief: Brief) -> State:
    """Where the procedure stands, as this actor may know it: a body knows that it replied, no more."""
    if policy.only_body(actor) and brief.state != "handling":
        return REPLIED
    return workflows.of(Brief).state(brief.state)


def standings(actor: Actor) -> list[search.Standing]:
    """Where briefs stand, as this actor may know it when searching."""
    if policy.only_body(actor):
        return [search.Standing(group.key, group.label, "", group.states) for group in BODY_GROUPS]
    return [search.Standing(each.name, each.label, each.tone, (each.name,)) for each in workflows.of(Brief).states]


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
            page=min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 6 else 1,
        )


@dataclass
class Queue:
    """One page of the queue."""

    briefs: list[Brief]
    number: int
    more: bool


def readable(actor: Actor) -> QuerySet[Brief]:
    return policy.read.filter(actor, Brief.objects.all())


def get(actor: Actor, pk: int) -> Brief:
    """A brief the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    found = readable(actor).select_related(*READ_RELATED).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def of_form(actor: Actor, token: str) -> Brief | None:
    """What the same form made when it was sent before."""
    rows = Brief.objects.filter(assembly=actor.assembly_id, created_by=actor.user_id, token=token)
    return rows.first() if token else None


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
    """One page: what is open by due date, all else the newest first."""
    rows = _narrowed(actor, filters)
    group = next((g for g in groups(actor) if g.key == filters.group), None)
    if group:
        rows = rows.filter(state__in=group.states)
    if filters.overdue:
        rows = rows.filter(due_on__lt=timezone.localdate())
    by_due = filters.overdue or (group is not None and group.open_ and not filters.q)
    rows = rows.order_by("due_on", "id") if by_due else rows.order_by("-id")
    start = (filters.page - 1) * PAGE
    found = list(rows.select_related(*LIST_RELATED).defer(*PARTS, "feedback")[start : start + PAGE + 1])
    return Queue(found[:PAGE], filters.page, len(found) > PAGE)


def counts(actor: Actor, filters: Filters) -> dict[str, int]:
    """How many stand in each pile, and how many are overdue ("overdue"), under the other filters; one query."""
    late = Q(due_on__lt=timezone.localdate())
    if policy.only_body(actor):
        late &= Q(state="handling")
    rows = _narrowed(actor, filters)
    found = {
        state: (n, overdue)
        for state, n, overdue in rows.order_by()
        .values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
    }
    sums = {g.key: sum(found.get(state, (0, 0))[0] for state in g.states) for g in groups(actor)}
    return {**sums, "overdue": sum(overdue for _n, overdue in found.values())}


def _narrowed(actor: Actor, filters: Filters) -> QuerySet[Brief]:
    rows = readable(actor)
    if not filters.mine or policy.is_staff(actor) or policy.only_body(actor):
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


def mine(actor: Actor) -> QuerySet[Brief]:
    """What the actor wrote or has a name under, the newest first."""
    rows = (policy.own | policy.read).filter(actor, Brief.objects.all())
    named = BriefAuthor.objects.filter(user=actor.user_id).values("brief")
    own = Q(created_by=actor.user_id, gathered=False) | Q(pk__in=named)
    return rows.filter(own).select_related("sector", "merged_into").defer(*PARTS, "feedback").order_by("-id")


def pending(actor: Actor) -> list[QuerySet]:
    """Behind the navigation's number: what waits for the actor's post."""
    return [Brief.objects.filter(workflows.of(Brief).waiting(actor))]


def similar(actor: Actor, brief: Brief, limit: int = 4) -> list[tuple[Any, int, State]]:
    """Briefs of all years that speak of much the same, each with its likeness in per cent and what became of it."""
    rows = readable(actor).exclude(state__in=("draft", "withdrawn")).exclude(merged_into=brief)
    rows = rows.select_related(*LIST_RELATED)
    return [
        (other, round(100 * likeness), state_of(actor, other)) for other, likeness in search.similar(brief, rows, limit)
    ]


def convertible(actor: Actor, ids: list[int]) -> list[Concern]:
    """Of the concerns with these ids those from which the actor may begin a brief."""
    rows = policy.convert.filter(actor, Concern.objects.filter(pk__in=ids[:PAGE], state__in=UNDECIDED))
    return list(rows.select_related("sector").order_by("id"))


def late(today: date) -> QuerySet[Brief]:
    """Briefs of all assemblies with a clock that ran out and was not escalated yet (daily task)."""
    clocks = Deadline.objects.filter(
        record_type=Brief.label(), due_on__lt=today, met_at=None, dropped_at=None, escalated_on=None
    )
    return Brief.objects.filter(pk__in=clocks.values("record_id"), due_on__lt=today).select_related("assembly")


def evidence(brief: Brief, pk: int) -> StoredFile:
    """The paper of an adoption; raises `NotAllowed` when it is none of this brief's."""
    found = brief.adoptions.select_related("evidence").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found.evidence


def instruction(brief: Brief, pk: int) -> BriefInstruction:
    found = brief.instructions.filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


@dataclass
class Story:
    """All that the reading and context columns show of one brief, as far as the actor may know it."""

    actor: Actor
    brief: Brief
    events: list[journal.Event] = field(default_factory=list)

    @cached_property
    def discreet(self) -> bool:
        """Seen from a handling body."""
        return policy.only_body(self.actor)

    @cached_property
    def inside(self) -> bool:
        return policy.is_staff(self.actor)

    @cached_property
    def state(self) -> State:
        return state_of(self.actor, self.brief)

    @cached_property
    def possible(self) -> list[Move]:
        moves = workflows.of(Brief).possible(self.actor, self.brief)
        return [move for move in moves if not move.hidden]

    @cached_property
    def barred(self) -> str:
        """Why this actor, who holds the post, is not the one for the next step."""
        flow = workflows.of(Brief)
        next_moves = [m for m in flow.moves if m.primary and self.brief.state in m.frm and m not in self.possible]
        return next((why for m in next_moves if (why := policy.barred(self.actor, self.brief, m.who))), "")

    @cached_property
    def authors(self) -> list[Any]:
        return list(self.brief.authors.select_related("by_way_of"))

    @cached_property
    def said(self) -> list[personal.Said]:
        """The words of the people behind it; handling bodies read the brief alone."""
        if self.discreet or not self.brief.from_people:
            return []
        links = self.brief.concerns.select_related("concern", "by_way_of")
        return [personal.said(link.concern, link.by_way_of) for link in links]

    @cached_property
    def sources(self) -> list[Brief]:
        """The briefs it was made of."""
        happened = {event.verb for event in self.events}
        if self.discreet or not (self.brief.gathered or "attach" in happened or self._merged_here):
            return []
        return list(self.brief.sources.order_by("id"))

    @cached_property
    def _merged_here(self) -> bool:
        return any(author.by_way_of_id for author in self.authors)

    @cached_property
    def points(self) -> list[checklist.Point]:
        return checklist.points(self.brief.texts, self.brief.assembly_id)

    @cached_property
    def versions(self) -> int:
        return max((event.facts.get("version", 1) for event in self.events), default=1)

    @cached_property
    def reports(self) -> list[Any]:
        if self.discreet or not self.brief.reported_at:
            return []
        found = list(self.brief.reports.select_related("arrived"))
        for report in found:
            there = report.arrived
            report.stands = workflows.of(Brief).state(there.state).label if there else ""  # type: ignore[attr-defined]
            report.level_label = options.label(report.assembly_id, "briefs.level", report.level)  # type: ignore[attr-defined]
        return found

    @cached_property
    def adoptions(self) -> list[BriefAdoption]:
        if self.discreet or not self.brief.adopted_at:
            return []
        return list(self.brief.adoptions.select_related("evidence"))

    @cached_property
    def instructions(self) -> list[BriefInstruction]:
        """That there are some is for the staff to know; what they say, only for those who are named for it."""
        return list(self.brief.instructions.all()) if self.inside and self.brief.instructed_at else []

    @cached_property
    def can_unseal(self) -> bool:
        return policy.instruct.allows(self.actor, self.brief)

    @cached_property
    def handlings(self) -> list[BriefHandling]:
        """The bodies and what they said; each body reads its own and the leading one's."""
        if not self.brief.transferred_at or not (self.inside or self.discreet or self.brief.fed_back_at):
            return []
        return list(self.brief.handlings.select_related("body").order_by("id"))

    @cached_property
    def follow_ups(self) -> list[Any]:
        return list(self.brief.follow_ups.all()) if self.inside and self.brief.replied_at else []

    @cached_property
    def returns(self) -> list[Any]:
        """The newest return, while it is what has to be dealt with."""
        if self.brief.state not in ("returned", "editing") or self.discreet:
            return []
        if self.brief.state == "editing" and not self.inside:
            return []  # what reviewer and signer ask of the editor is between them
        newest = self.brief.returns.last()
        if newest is None or (self.brief.state == "editing") != (newest.kind == newest.Kind.REJECTED):
            return []
        newest.reason_label = options.label(newest.assembly_id, "briefs.return_reason", newest.reason)  # type: ignore[attr-defined]
        return [newest]

    @cached_property
    def clocks(self) -> list[Deadline]:
        if self.brief.due_on is None or (self.discreet and self.brief.state != "handling"):
            return []
        return deadlines.open_ones(self.brief)

    @cached_property
    def told(self) -> list[journal.Event]:
        """The timeline that the actor may read."""
        if self.inside:
            return self.events
        shown = FOR_BODIES if self.discreet else FOR_AUTHORS
        with_words = FOR_BODIES if self.discreet else WITH_WORDS_FOR_AUTHORS
        return [
            event if event.verb in with_words else journal.Event(**{**event.__dict__, "note": ""})
            for event in self.events
            if event.verb in shown
        ]

    @property
    def waiting(self) -> str:
        """What comes next, as the timeline's last line."""
        clock = self.clocks[0] if self.clocks else None
        return _("Next: %(what)s") % {"what": LABELS.get(clock.kind, clock.kind)} if clock else ""


def story(actor: Actor, brief: Brief) -> Story:
    return Story(actor, brief, journal.timeline(brief))


class Changed(NamedTuple):
    """One part of the text in two versions: its label and the pieces."""

    label: Any
    pieces: list[textdiff.Piece]


def versions(brief: Brief) -> list[BriefVersion]:
    return list(brief.versions.select_related("created_by"))


def compare(old: BriefVersion, new: BriefVersion) -> list[Changed]:
    """What changed from one version to another, part by part, told by characters."""
    return [
        Changed(Brief._meta.get_field(name).verbose_name, textdiff.diff(old.texts[name], new.texts[name]))  # type: ignore[union-attr]
        for name in TEXTS
        if old.texts[name] or new.texts[name]
    ]
