"""One brief, and sets of them: what the actor may see, wrote, may begin."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When

from tongxin.hear.concerns import policy as concerns
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, JournalEntry, StoredFile
from tongxin.people import roles
from tongxin.people.models import Member
from tongxin.people.policy import BRIEFS, SEES_ALL

from .. import policy
from ..clocks import REMIND_DAYS
from ..models import PARTS, Brief, BriefAuthor, BriefPackage, BriefReport

PAGE = 30
LIKE = 0.2  # what is less like a text than this says nothing
LIST_RELATED = ("sector", "lead_body")
READ_RELATED = (
    "assembly__parent", "sector", "committee", "lead_body", "editor", "reviewer", "signer", "merged_into",
)  # fmt: skip


def readable(actor: Actor) -> QuerySet[Brief]:
    return policy.read.filter(actor, Brief.objects.all())


def marked(actor: Actor, rows: QuerySet[Brief]) -> QuerySet[Brief]:
    """With what `policy.seen_as` asks for (`seen_inside`, `given`), and for a handling body with `owed`: whether that
    body has still to reply. Whoever sees all of the assembly needs no marks."""
    if actor.is_system or actor.has(*SEES_ALL, *BRIEFS):
        return rows if not actor.has(roles.BODY) else rows.annotate(owed=_whether(policy.owed(actor)))
    rows = rows.annotate(seen_inside=_whether(policy.sheet.rows(actor)))
    if not actor.has(roles.BODY):
        return rows
    return rows.annotate(given=_whether(policy.handles.rows(actor)), owed=_whether(policy.owed(actor)))


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def get(actor: Actor, pk: int) -> Brief:
    """A brief the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    found = marked(actor, readable(actor)).select_related(*READ_RELATED).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def authors(brief: Brief) -> list[BriefAuthor]:
    """Whose names stand under it, each with seat, sector and person."""
    return list(brief.authors.select_related("member__person", "member__sector"))


def concern_numbers(brief: Brief) -> list[str]:
    """The numbers of the concerns behind it."""
    links = brief.concerns.select_related("concern")
    return [link.concern.number for link in links.order_by("concern__year", "concern__serial")]


def members_called(assembly_id: int | None, names: list[str]) -> list[str]:
    """Those of the names by which exactly one member in office goes, in the order given."""
    rows = Member.objects.filter(assembly=assembly_id, person__name__in=names, state__in=("active", "leave"))
    seats = list(rows.values_list("person__name", flat=True))
    return [name for name in names if seats.count(name) == 1]


def of_form(actor: Actor, token: str) -> Brief | None:
    """What the same form made when it was sent before."""
    rows = Brief.objects.filter(assembly=actor.assembly_id, created_by=actor.user_id, token=token)
    return rows.first() if token else None


def mine(actor: Actor) -> QuerySet[Brief]:
    """What the actor wrote or has a name under, and drafts that the office entered for somebody; the newest first."""
    rows = (policy.own | policy.read).filter(actor, Brief.objects.all())
    named = BriefAuthor.objects.filter(user=actor.user_id).values("brief")
    own = Q(created_by=actor.user_id, gathered=False) | Q(pk__in=named) | Q(entered=True, state="draft")
    return (
        marked(actor, rows)
        .filter(own)
        .select_related("sector", "merged_into")
        .defer(*PARTS, "feedback")
        .order_by("-id")
    )


def convertible(actor: Actor, ids: list[int]) -> list[Concern]:
    """Of the concerns with these ids those from which the actor may begin a brief."""
    rows = policy.convert.filter(actor, Concern.objects.filter(pk__in=ids[:PAGE], state__in=UNDECIDED))
    return list(rows.select_related("sector").order_by("id"))


def seen_concerns(actor: Actor, ids: list[int]) -> dict[int, Concern]:
    """Of the concerns with these ids those that the actor sees."""
    rows = concerns.read.filter(actor, Concern.objects.filter(pk__in=ids))
    return {concern.pk: concern for concern in rows}


def late(today: date) -> QuerySet[Brief]:
    """Briefs of all assemblies with a clock that ran out and was not escalated yet (daily task)."""
    clocks = Deadline.objects.filter(
        record_type=Brief.label(), due_on__lt=today, met_at=None, dropped_at=None, escalated_on=None
    )
    return Brief.objects.filter(pk__in=clocks.values("record_id"), due_on__lt=today).select_related("assembly")


def to_remind(today: date) -> QuerySet[Brief]:
    """Returned briefs of all assemblies that are due within a week and whose authors were not reminded since."""
    since = JournalEntry.objects.filter(
        record_type=Brief.label(), record_id=OuterRef("pk"), verb="remind", at__gte=OuterRef("moved_at")
    )
    near = {"due_on__gte": today, "due_on__lte": today + timedelta(days=REMIND_DAYS)}
    return Brief.objects.filter(~Exists(since), state="returned", due_kind="mend", **near).select_related("assembly")


def evidence(brief: Brief, pk: int) -> StoredFile:
    """The paper of an adoption; raises `NotAllowed` when it is none of this brief's."""
    found = brief.adoptions.select_related("evidence").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found.evidence


def award_paper(brief: Brief, pk: int) -> StoredFile:
    """The paper that shows a prize; raises `NotAllowed` when it is none of this brief's, or none is kept."""
    found = brief.awards.select_related("evidence").filter(pk=pk).first()
    if found is None or found.evidence is None:
        raise NotAllowed(policy.read.reason)
    return found.evidence


def outside_report(brief: Brief, pk: int) -> BriefReport:
    """A report to somebody outside this installation; raises `NotAllowed` when it is none of this brief's."""
    found = brief.reports.filter(pk=pk, to=None, void=False).select_related("word").first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    found.brief = brief
    return found


def sent_word(brief: Brief) -> StoredFile:
    """The printed sheet out of the package that the brief arrived in; raises `NotAllowed` when it came another way."""
    found = BriefPackage.objects.filter(brief=brief).select_related("word").first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found.word
