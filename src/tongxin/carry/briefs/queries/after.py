"""What came of a brief: adoptions, prizes, reports upward, instructions, what the bodies did, whether it was looked at
again.

They lie in six tables and are read in one query, each as a `Step`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, TruncDate

from tongxin.carry.recognition.lists import AWARD_GRADES, INSTRUCTION_LEVELS
from tongxin.kernel import options
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.people import roles
from tongxin.people.models import Body

from .. import policy
from ..models import Brief, BriefAdoption, BriefAward, BriefFollowUp, BriefHandling, BriefInstruction, BriefReport

ADOPTION, REPORT, INSTRUCTION, HANDLING, FOLLOW_UP = "adoption", "report", "instruction", "handling", "follow_up"
AWARD = "award"
_EMPTY = Value("", TextField())
_LISTS = {
    ADOPTION: "briefs.level",
    REPORT: "briefs.level",
    AWARD: AWARD_GRADES,
    INSTRUCTION: INSTRUCTION_LEVELS,
    HANDLING: "concerns.result",
    FOLLOW_UP: "concerns.result",
}


@dataclass(frozen=True)
class Step:
    """One thing that happened. `on` is None for a body that has not replied; `code` is a level or result, in words as
    `label`; `ended`: given to others since, or entered by mistake. `more` is the state it has there (reports), the
    body's part, or a prize's year, with a star when its paper is kept."""

    kind: str
    pk: int
    on: date | None
    code: str
    name: str
    name_en: str
    text: str
    more: str
    ended: bool
    assembly_id: int

    @property
    def label(self) -> str:
        return options.label(self.assembly_id, _LISTS[self.kind], self.code) if self.code else ""

    @property
    def who(self) -> str:
        """The organ, assembly or body, in the reader's language."""
        return str(Body(name=self.name, name_en=self.name_en))

    @property
    def stands(self) -> Any:
        """Where it stands in the assembly that it was reported to."""
        return workflows.of(Brief).state(self.more).label if self.kind == REPORT and self.more else ""

    @property
    def outside(self) -> bool:
        """A report to somebody outside this installation: it goes there as a package."""
        return self.kind == REPORT and not self.more and not self.ended

    @property
    def year(self) -> str:
        return self.more.rstrip("*") if self.kind == AWARD else ""

    @property
    def on_paper(self) -> bool:
        """Whether the paper that shows a prize is kept."""
        return self.kind == AWARD and self.more.endswith("*")

    @property
    def part(self) -> Any:
        return BriefHandling.Part(self.more).label if self.kind == HANDLING else ""


def steps(actor: Actor, brief: Brief) -> dict[str, list[Step]]:
    """What the actor may know of what came of it, by kind; one query, none for a brief that was not issued."""
    found: dict[str, list[Step]] = defaultdict(list)
    parts = list(_parts(actor, brief))
    rows: Any = parts[0].union(*parts[1:], all=True) if parts else ()
    for row in sorted((Step(*row) for row in rows), key=_by_day):
        found[row.kind].append(row)
    return found


def _parts(actor: Actor, brief: Brief) -> Any:
    seen = policy.seen_as(actor, brief)
    if seen == policy.AS_PUBLIC:
        return  # what came of it is between the assembly, the authors and the bodies
    discreet = seen == policy.AS_BODY
    inside = policy.sees_story(actor) and not discreet
    if not discreet and brief.issued_at:
        yield from _honours(brief, inside)
    if brief.transferred_at and (inside or discreet or brief.fed_back_at):
        rows = _row(
            BriefHandling, brief, HANDLING, TruncDate("replied_at"), "result", "body__name", "body__name_en", "text",
            Cast("part", TextField()), Case(When(ended_at=None, then=False), default=True),
        )  # fmt: skip
        lead = Q(body=brief.lead_body_id, part=BriefHandling.Part.LEAD)
        own = rows.filter(Q(body__in=actor.scopes(roles.BODY)) | lead)
        yield own if discreet else rows  # a body reads its own words and those of the one that leads
    if brief.replied_at and inside:
        yield _row(BriefFollowUp, brief, FOLLOW_UP, TruncDate("at"), "done", text="text")


def _honours(brief: Brief, inside: bool) -> Any:
    """Adoptions, reports and instructions; what was entered by mistake only the staff see."""
    seen, struck = (Q() if inside else Q(void=False)), F("void")
    if inside or brief.adopted_at:
        yield _row(BriefAdoption, brief, ADOPTION, F("on"), "level", "organ", text="note", ended=struck).filter(seen)
    if inside or brief.awarded_at:
        text = Cast("year", TextField())
        year = Case(When(evidence=None, then=text), default=Concat(text, Value("*"), output_field=TextField()))
        yield _row(BriefAward, brief, AWARD, F("on"), "grade", "name", text="issuer", more=year, ended=struck).filter(
            seen
        )
    if inside or brief.reported_at:
        there = Case(When(arrived=None, then=_EMPTY), default=Cast("arrived__state", TextField()))
        rows = _row(
            BriefReport, brief, REPORT, TruncDate("at"), "level", "to_name", text="answer", more=there, ended=struck
        )
        yield rows.filter(seen)
    if inside or brief.instructed_at:  # level and day alone, which are not sealed
        yield _row(BriefInstruction, brief, INSTRUCTION, F("on"), "level", ended=struck).filter(seen)


def _row(
    model: Any,
    brief: Brief,
    kind: str,
    on: Any,
    code: str,
    name: str = "",
    name_en: str = "",
    text: str = "",
    more: Any = _EMPTY,
    ended: Any = Value(False, BooleanField()),  # noqa: B008 - a constant
) -> QuerySet:
    """The columns of a `Step`, the same for every table."""
    words = [Cast(path, TextField()) if path else _EMPTY for path in (code, name, name_en, text)]
    rows = model._default_manager.filter(brief=brief).order_by()
    return rows.values_list(Value(kind, TextField()), "pk", on, *words, more, ended, "assembly_id")


def _by_day(step: Step) -> tuple[date, int]:
    return step.on or date.max, step.pk
