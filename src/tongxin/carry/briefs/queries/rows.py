"""One brief, and sets of them: what the actor may see, wrote, may begin."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, StoredFile

from .. import policy
from ..models import PARTS, Brief, BriefAuthor

PAGE = 30
LIST_RELATED = ("sector", "lead_body")
READ_RELATED = (
    "assembly__parent", "sector", "committee", "lead_body", "editor", "reviewer", "signer", "merged_into",
)  # fmt: skip


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


def mine(actor: Actor) -> QuerySet[Brief]:
    """What the actor wrote or has a name under, the newest first."""
    rows = (policy.own | policy.read).filter(actor, Brief.objects.all())
    named = BriefAuthor.objects.filter(user=actor.user_id).values("brief")
    own = Q(created_by=actor.user_id, gathered=False) | Q(pk__in=named)
    return rows.filter(own).select_related("sector", "merged_into").defer(*PARTS, "feedback").order_by("-id")


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
