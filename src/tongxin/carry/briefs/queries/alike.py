"""While writing: what was said and written of much the same, in all years, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tongxin.hear.concerns.models import Concern, Outcome
from tongxin.kernel import options, search
from tongxin.kernel.actor import Actor
from tongxin.kernel.search import Hit

from .. import policy
from ..models import Brief, BriefConcern
from .rows import LIKE, convertible, marked, readable

SHOWN = 6
READ = 6_000  # characters of a text that are compared; a brief has fewer
LEAST = 6  # below so many characters nothing is compared


@dataclass
class Alike:
    """A brief or concern about much the same: `likeness` in per cent; `result` is what came of it; `briefs` those that
    carry the concern (number, address); `joins`: the concern's id when the actor may carry it along."""

    hit: Hit
    likeness: int
    result: str = ""
    issue: str = ""
    briefs: list[tuple[str, str]] = field(default_factory=list)
    joins: int | None = None

    @property
    def is_brief(self) -> bool:
        return self.hit.kind.model is Brief


def alike(actor: Actor, text: str, *, brief: Brief | None = None, concerns: Iterable[int] = ()) -> list[Alike]:
    """What the actor may see of briefs and concerns that is most like the text. The brief itself, what it was made of
    and the concerns it carries (those it is saved with, and `concerns`) are left out."""
    if len("".join(text.split())) < LEAST:
        return []
    own = set(concerns)
    made_of: set[int] = set()
    if brief is not None:
        own |= set(brief.concerns.values_list("concern_id", flat=True))
        made_of = set(brief.sources.values_list("pk", flat=True))
    known = {Brief: made_of, Concern: own}
    limit = SHOWN + len(own) + len(made_of)
    found = [
        Alike(hit, round(100 * likeness))
        for hit, likeness in search.alike(actor, text[:READ], only=(Brief, Concern), besides=brief, limit=limit)
        if likeness >= LIKE and hit.record_id not in known[hit.kind.model]  # type: ignore[index]
    ][:SHOWN]
    _briefs_tell(actor, {each.hit.record_id: each for each in found if each.is_brief})
    _concerns_tell(actor, {each.hit.record_id: each for each in found if not each.is_brief})
    return found


def _briefs_tell(actor: Actor, found: dict[int, Alike]) -> None:
    """The issue, and the result when it was fed back."""
    if not found:
        return
    for brief in marked(actor, readable(actor)).filter(pk__in=found).only(*_BRIEF):
        found[brief.pk].issue = brief.issue
        if brief.fed_back_at and brief.result and policy.seen_as(actor, brief) == policy.INSIDE:
            found[brief.pk].result = options.label(brief.assembly_id, "concerns.result", brief.result)


_BRIEF = (
    "assembly_id", "submitted_at", "issue_year", "issue_number", "issue_total", "fed_back_at", "result", "year",
    "serial",
)  # fmt: skip


def _concerns_tell(actor: Actor, found: dict[int, Alike]) -> None:
    """The newest outcome, the briefs that carry it, and whether it can be carried along."""
    if not found:
        return
    for outcome in Outcome.objects.filter(concern__in=found).order_by("at", "id"):
        found[outcome.concern_id].result = outcome.result_label
    carried: Any = BriefConcern.objects.filter(concern__in=found, brief__in=readable(actor).values("pk"))
    for link in carried.select_related("brief").order_by("brief_id"):
        found[link.concern_id].briefs.append((link.brief.number, link.brief.get_absolute_url()))
    for concern in convertible(actor, list(found)):
        found[concern.pk].joins = concern.pk
