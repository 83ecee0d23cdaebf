"""Reads of research reports, awards and honours for pages and figures. Nothing here writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.carry.recognition.lists import AWARD_LEVELS, INSTRUCTION_LEVELS
from tongxin.kernel import journal, options, search
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, StoredFile
from tongxin.kernel.paging import Pager
from tongxin.kernel.text import whole_number
from tongxin.kernel.workflow import Move, State
from tongxin.people import queries as institutions
from tongxin.people import roles

from . import lists, policy
from .models import Honour, ReportAward, ReportInstruction, ResearchReport
from .workflow import RESEARCH

PAGE, LAST_PAGE = 30, 400
SEALED = ("leader", "text")
#: What only the staff is told of the way: that a leader wrote on it.
INSIDE = frozenset({"instruct", "instruct_more", "unsealed"})
#: What a handling body is told of it.
OF_BODY = frozenset({"transfer", "reply", "enter_reply", "escalate"})


@dataclass
class Slice(Pager):
    """One page of rows."""

    rows: list[Any]
    number: int
    more: bool

    @classmethod
    def of(cls, rows: QuerySet, number: int) -> Slice:
        start = (number - 1) * PAGE
        found = list(rows[start : start + PAGE + 1])
        return cls(found[:PAGE], number, len(found) > PAGE)

    def __iter__(self) -> Any:
        return iter(self.rows)


def page_number(get: Mapping[str, str]) -> int:
    page = get.get("page", "")
    return min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 6 else 1


def _year(get: Mapping[str, str]) -> int | None:
    year = get.get("year", "")
    return int(year) if year.isdecimal() and len(year) == 4 else None


@dataclass(frozen=True)
class Filters:
    """What the list's address asks for. Unknown values are left out, so that an old bookmark still opens.

    `year` is the one in which a report was finalized.
    """

    q: str = ""
    state: str = ""
    topic: str = ""
    committee: str = ""
    year: int | None = None
    level: str = ""
    instructed: bool = False
    awarded: bool = False
    overdue: bool = False
    mine: bool = False
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Filters:
        state, committee = get.get("state", ""), get.get("committee", "")
        return cls(
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            state=state if state in {each.name for each in RESEARCH.states} else "",
            topic=get.get("topic", "")[:40],
            committee=committee if committee == "none" or whole_number(committee) else "",
            year=_year(get),
            level=get.get("level", "")[:40],
            instructed=get.get("instructed") == "1",
            awarded=get.get("awarded") == "1",
            overdue=get.get("overdue") == "1",
            mine=get.get("mine") == "1",
            page=page_number(get),
        )

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.__dict__.items() if name != "page")


def readable(actor: Actor) -> QuerySet[ResearchReport]:
    return policy.read.filter(actor, ResearchReport.objects.all())


def get(actor: Actor, pk: int) -> ResearchReport:
    """A report the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    related = ("assembly", "committee", "sector", "file", "created_by", "reviewer", "finalizer", "lead_body")
    found = readable(actor).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def of_form(actor: Actor, token: str) -> ResearchReport | None:
    """What the same form made when it was sent before."""
    rows = ResearchReport.objects.filter(assembly=actor.assembly_id, created_by=actor.user_id, token=token)
    return rows.first() if token else None


def file_of(report: ResearchReport) -> StoredFile:
    if report.file is None:
        raise NotAllowed(policy.read.reason)
    return report.file


def late(today: date) -> QuerySet[ResearchReport]:
    """Reports of all assemblies whose clock ran out and was not escalated yet (daily task)."""
    clocks = Deadline.objects.filter(
        record_type=ResearchReport.label(), due_on__lt=today, met_at=None, dropped_at=None, escalated_on=None
    )
    return ResearchReport.objects.filter(pk__in=clocks.values("record_id"), due_on__lt=today).select_related("assembly")


def pending(actor: Actor) -> list[QuerySet]:
    """Behind the navigation's number: what waits for the actor."""
    return [ResearchReport.objects.filter(workflows.of(ResearchReport).waiting(actor))]


def listing(actor: Actor, filters: Filters) -> Slice:
    """One page of the reports that fit, the newest first; each with `prizes`."""
    rows = _narrowed(actor, filters)
    if filters.state:
        rows = rows.filter(state=filters.state)
    prizes = Prefetch("awards", queryset=ReportAward.objects.filter(void=False), to_attr="prizes")
    rows = rows.select_related("committee", "sector").defer("text", "application").prefetch_related(prizes)
    return Slice.of(rows.order_by("-id"), filters.page)


def counts(actor: Actor, filters: Filters) -> list[tuple[State, int]]:
    """How many reports stand in each state under the other filters, in the order of the way; one query."""
    rows = _narrowed(actor, filters).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(rows)
    return [(state, found[state.name]) for state in RESEARCH.states if found.get(state.name)]


def _narrowed(actor: Actor, filters: Filters) -> QuerySet[ResearchReport]:
    rows = readable(actor)
    if filters.topic:
        rows = rows.filter(topic=filters.topic)
    if filters.committee:
        none = filters.committee == "none"
        rows = rows.filter(committee=None) if none else rows.filter(committee_id=int(filters.committee))
    if filters.year:
        rows = rows.filter(finalized_at__year=filters.year)
    if filters.instructed:
        rows = rows.filter(instructed_at__isnull=False)
    if filters.level and policy.is_staff(actor):
        rows = rows.filter(Exists(ReportInstruction.objects.filter(report=OuterRef("pk"), level=filters.level)))
    if filters.awarded:
        rows = rows.filter(Exists(ReportAward.objects.filter(report=OuterRef("pk"), void=False)))
    if filters.overdue:
        rows = rows.filter(due_on__lt=timezone.localdate())
    if filters.mine:
        rows = rows.filter(workflows.of(ResearchReport).waiting(actor))
    return search.matching(rows, filters.q) if filters.q else rows


def offers(actor: Actor) -> dict[str, Any]:
    """What the filters of the list offer."""
    topics = [(each.code, each.label) for each in options.every_choice(actor.assembly_id, lists.TOPICS)]
    levels = [(each.code, each.label) for each in options.every_choice(actor.assembly_id, INSTRUCTION_LEVELS)]
    committees = institutions.committees(actor.assembly, timezone.localdate()) if actor.assembly else []
    return {
        "topics": topics,
        "levels": levels if policy.is_staff(actor) else [],
        "committees": [(str(each.pk), each.brief) for each in committees],
        "years": years(),
    }


def years() -> list[int]:
    """The years that lists are narrowed to."""
    this = timezone.localdate().year
    return list(range(this, this - 8, -1))


@dataclass
class Story:
    """All that the page of one report shows, as far as the actor may know it."""

    actor: Actor
    report: ResearchReport
    events: list[journal.Event] = field(default_factory=list)

    @cached_property
    def inside(self) -> bool:
        return policy.is_staff(self.actor)

    @cached_property
    def as_body(self) -> bool:
        """Whether the actor reads it as the body that has it in hand, and as nobody else."""
        return self.actor.has(roles.BODY) and not policy.inside.allows(self.actor, self.report)

    @cached_property
    def handlings(self) -> list[Any]:
        """What bodies were asked and said; a body reads its own, the team that of all when it is answered."""
        if not self.happened["transfer"]:
            return []
        rows = self.report.handlings.select_related("body")
        if self.as_body:
            rows = rows.filter(body=self.report.lead_body_id)
        return list(rows if self.inside or self.as_body else rows.exclude(replied_at=None))

    @cached_property
    def follow_ups(self) -> list[Any]:
        return list(self.report.follow_ups.all()) if self.inside and self.happened["follow_up"] else []

    @cached_property
    def state(self) -> State:
        return RESEARCH.state(self.report.state)

    @cached_property
    def possible(self) -> list[Move]:
        return [move for move in RESEARCH.possible(self.actor, self.report) if self._sensible(move)]

    def _sensible(self, move: Move) -> bool:
        return not move.hidden and (move.name != "strike_visit" or bool(self.visits))

    @cached_property
    def barred(self) -> str:
        """Why this actor, who holds the post, is not the one for the next step."""
        steps = [m for m in RESEARCH.moves if m.primary and self.report.state in m.frm and m not in self.possible]
        return next((why for m in steps if (why := policy.barred(self.actor, self.report, m.who))), "")

    @cached_property
    def happened(self) -> Counter[str]:
        return Counter(event.verb for event in self.events)

    @cached_property
    def team(self) -> list[Any]:
        return list(self.report.team.all())

    @cached_property
    def visits(self) -> list[Any]:
        told = self.happened["visit"] and not self.as_body
        return list(self.report.visits.filter(struck=False)) if told else []

    @property
    def heard(self) -> int:
        return sum(visit.heard for visit in self.visits)

    @cached_property
    def instructions(self) -> list[Any]:
        """That there are instructions is for the staff to know; what they say, only for those who are named for it."""
        if not self.report.instructed_at or not self.inside:
            return []
        return list(self.report.instructions.defer(*SEALED))

    @cached_property
    def can_unseal(self) -> bool:
        return policy.instruct.allows(self.actor, self.report)

    @cached_property
    def awards(self) -> list[ReportAward]:
        return list(self.report.awards.all()) if self.happened["award"] and not self.as_body else []

    @cached_property
    def returned(self) -> journal.Event | None:
        """The newest return, while it is what has to be dealt with."""
        if self.report.state != "returned":
            return None
        return next((event for event in reversed(self.events) if event.verb in ("return", "send_back")), None)

    @cached_property
    def told(self) -> list[journal.Event]:
        """The timeline that the actor may read."""
        if self.as_body:
            return [event for event in self.events if event.verb in OF_BODY]
        return self.events if self.inside else [event for event in self.events if event.verb not in INSIDE]

    @property
    def waiting(self) -> str:
        """What comes next, as the timeline's last line; a body that has replied waits for nothing."""
        what = "" if self.as_body and self.report.state != "handling" else lists.NEXT.get(self.report.state, "")
        return _("Next: %(what)s") % {"what": what} if what else ""


def story(actor: Actor, report: ResearchReport) -> Story:
    return Story(actor, report, journal.timeline(report))


# Awards and honours


@dataclass(frozen=True)
class AwardFilters:
    """What the address of the list of awards or honours asks for."""

    year: int | None = None
    level: str = ""
    kind: str = ""
    void: bool = False
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> AwardFilters:
        return cls(
            _year(get), get.get("level", "")[:40], get.get("kind", "")[:40], get.get("void") == "1", page_number(get)
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.year or self.level or self.kind or self.void)


def awards(actor: Actor, filters: AwardFilters) -> Slice:
    """Prizes that the actor may see, the newest year first."""
    rows = policy.read_award.filter(actor, ReportAward.objects.filter(void=filters.void))
    if filters.year:
        rows = rows.filter(year=filters.year)
    if filters.level:
        rows = rows.filter(level=filters.level)
    return Slice.of(rows.select_related("report").defer("report__text").order_by("-year", "-id"), filters.page)


def award(actor: Actor, pk: int) -> ReportAward:
    """A prize the actor may see. Raises `NotAllowed` for all others."""
    rows = policy.read_award.filter(actor, ReportAward.objects.select_related("assembly", "report", "evidence"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_award.reason)
    return found


def honours(actor: Actor, filters: AwardFilters) -> Slice:
    """The assembly's honours, the newest first."""
    rows = policy.read_honour.filter(actor, Honour.objects.filter(void=filters.void))
    if filters.year:
        rows = rows.filter(on__year=filters.year)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    return Slice.of(rows.order_by("-on", "-id"), filters.page)


def honour(actor: Actor, pk: int) -> Honour:
    found = policy.read_honour.filter(actor, Honour.objects.select_related("assembly")).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_honour.reason)
    return found


def choices_of(actor: Actor, key: str) -> list[tuple[str, str]]:
    """The entries of a list with those that are switched off, which older records still bear."""
    return [(each.code, each.label) for each in options.every_choice(actor.assembly_id, key)]


def award_levels(actor: Actor) -> list[tuple[str, str]]:
    return choices_of(actor, AWARD_LEVELS)


def honour_kinds(actor: Actor) -> list[tuple[str, str]]:
    return choices_of(actor, lists.HONOUR_KINDS)
