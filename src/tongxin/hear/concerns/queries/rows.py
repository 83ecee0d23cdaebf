"""One concern, and sets of them: by address, receipt or number, like another one, and what the daily tasks ask for."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from tongxin.kernel import search
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Deadline, JournalEntry

from .. import policy
from ..models import Concern, ConcernFile

PAGE = 30  # concerns of the queue on one page
LIST_RELATED = ("county", "sector")
READ_RELATED = ("assembly", "county", "sector", "committee", "body", "station")


def readable(actor: Actor) -> QuerySet[Concern]:
    return policy.read.filter(actor, Concern.objects.all())


def get(actor: Actor, pk: int) -> Concern:
    """A concern the actor may see. Raises `NotAllowed` (404 to the outside) for all others."""
    found = readable(actor).select_related(*READ_RELATED).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read.reason)
    return found


def chosen(actor: Actor, ids: list[int]) -> list[Concern]:
    """The visible ones of the ids, for triage of several at once."""
    return list(readable(actor).filter(pk__in=ids[:PAGE]).select_related(*READ_RELATED).order_by("due_on", "id"))


def similar(actor: Actor, concern: Concern, limit: int = 5) -> list[tuple[Concern, int]]:
    """Open concerns of the actor's that speak of much the same, each with its likeness in per cent."""
    rows = readable(actor).exclude(state="closed").select_related(*LIST_RELATED)
    return [(other, round(100 * likeness)) for other, likeness in search.similar(concern, rows, limit)]


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
