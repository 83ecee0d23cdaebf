"""F04 and F05 of the yearly account, and how briefs fare: adopted where, returned why, how long on which desk, how many
began with somebody's words, how many came back to them.

Leaders' instructions are counted by papers, not by instructions (domain §1.3, F20).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Avg, Case, CharField, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.carry.recognition.lists import AWARD_GRADES, AWARD_LEVELS
from tongxin.kernel import options
from tongxin.kernel.figures import Column, Dimension, Figure, Scope, register
from tongxin.kernel.rules import NOTHING, Rule
from tongxin.people.models import Committee, Sector
from tongxin.people.policy import BRIEFS, SEES_ALL, own_assembly

from . import policy
from .models import Brief, BriefAdoption, BriefAward, BriefConcern, BriefInstruction, BriefReport, BriefReturn
from .queries.desk import OUT

PIECE = pgettext_lazy("unit", "briefs")
PAPERS = pgettext_lazy("unit", "papers")
TIMES = pgettext_lazy("unit", "times")
DAYS = pgettext_lazy("unit", "days")
#: Exclusive, and together all that was handed in.
STAGES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "work": (_("In hand"), ("submitted", "returned", "editing", "reviewing", "signing")),
    "issued": (_("Issued"), (*OUT, "handling", "replied", "fed_back")),
    "merged": (_("Merged into another"), ("merged",)),
    "ended": (_("Not taken on or taken back"), ("not_adopted", "withdrawn")),
}
STAGE_OF_ROW = Case(
    *(When(state__in=states, then=Value(key)) for key, (_label, states) in STAGES.items()), output_field=CharField()
)


def _span(field: str) -> Callable[[Scope], Q]:
    return lambda where: Q(assembly=where.assembly, **{f"{field}__gte": where.begin, f"{field}__lt": where.end})


issued, sent_out = _span("issued_at"), _span("transferred_at")


def handed_in(where: Scope) -> Q:
    """What writers sent; what an editor made of several is none of theirs."""
    return _span("submitted_at")(where) & Q(gathered=False)


def own(where: Scope) -> Q:
    return Q(assembly=where.assembly)


def _codes(where: Scope, key: str, *meanings: str) -> list[str]:
    """The codes of a list whose neutral meaning is one of these."""
    return [choice.code for choice in options.every_choice(where.assembly.pk, key) if choice.meaning in meanings]


def reported_above(where: Scope) -> Q:
    """To the province or beyond, in the year."""
    levels = _codes(where, "briefs.level", "province", "national")
    rows = BriefReport.objects.filter(
        brief=OuterRef("pk"), level__in=levels, at__gte=where.begin, at__lt=where.end, void=False
    )
    return Q(Exists(rows))


def adopted_at(*meanings: str) -> Callable[[Scope], Q]:
    def condition(where: Scope) -> Q:
        levels = _codes(where, "briefs.level", *meanings)
        return Q(Exists(BriefAdoption.objects.filter(brief=OuterRef("pk"), level__in=levels, void=False)))

    return condition


def instructed(where: Scope) -> Q:
    days = {"on__gte": where.first_day, "on__lte": where.last_day}
    rows = BriefInstruction.objects.filter(brief=OuterRef("pk"), void=False, **days)
    return Q(Exists(rows))


def _happened(field: str) -> Callable[[Scope], Q]:
    return lambda where: Q(**{f"{field}__isnull": False})


def fed_back(where: Scope) -> Q:
    """Everybody was told: nobody who left a number still waits for the first call."""
    waits = BriefConcern.objects.filter(brief=OuterRef("pk"), concern__state="outcome", concern__answered_at=None)
    return Q(fed_back_at__isnull=False) & ~Q(Exists(waits))


def used(where: Scope) -> Q:
    """Issued, or part of one that is."""
    part = Q(merged_into__issued_at__isnull=False) | Q(merged_into__merged_into__issued_at__isnull=False)
    return Q(issued_at__isnull=False) | part


def decided(where: Scope) -> Q:
    return Q(decided_at__isnull=False)


def from_people(where: Scope) -> Q:
    return Q(from_people=True)


def _average(column: str) -> Callable[[Scope], Any]:
    """The average of whole days over the year's issues, to the nearest day."""
    return lambda where: Cast(Round(Avg(column)), IntegerField())


def everything(where: Scope) -> Q:
    return Q()


def _sectors(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Sector.objects.filter(assembly=where.assembly)}


def _committees(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Committee.objects.filter(assembly=where.assembly)}


def _list(key: str) -> Callable[[Scope], dict[Any, str]]:
    def named(where: Scope) -> dict[Any, str]:
        return {choice.code: choice.label for choice in options.every_choice(where.assembly.pk, key)}

    # The registry remembers the names of a dimension by this.
    named.__qualname__ = f"_list.{key}"
    return named


def _public_title(brief: Brief) -> str:
    return brief.title if brief.public else str(_("(for internal reading)"))


NUMBER = Column(_("No."), lambda brief: brief.number, link=True)
ISSUE = Column(_("issue"), lambda brief: brief.issue, public=True, link=True)
TITLE = Column(_("title"), lambda brief: brief.title, wide=True)
SECTOR = Column(_("sector"), lambda brief: str(brief.sector or ""), public=True)
CATEGORY = Column(
    _("category"), lambda brief: options.label(brief.assembly_id, "briefs.category", brief.category), public=True
)
ISSUED = Column(_("issued"), lambda brief: timezone.localdate(brief.issued_at) if brief.issued_at else "", public=True)
HANDED_IN = Column(
    _("handed in"), lambda brief: timezone.localdate(brief.submitted_at) if brief.submitted_at else "", public=True
)
ISSUED_TITLE = replace(TITLE, outside=_public_title)
STAGE = Column(
    _("where it stands"),
    lambda brief: next((str(label) for label, states in STAGES.values() if brief.state in states), ""),
    public=True,
)
ISSUED_COLUMNS = (ISSUE, ISSUED_TITLE, ISSUED, SECTOR, CATEGORY)
HANDED_COLUMNS = (NUMBER, TITLE, HANDED_IN, SECTOR, CATEGORY, STAGE)


def _division(month: str) -> tuple[Dimension, ...]:
    return (
        Dimension("category", _("Category"), "category", _list("briefs.category")),
        Dimension("sector", _("Sector"), "sector_id", _sectors),
        Dimension("committee", _("Committee"), "committee_id", _committees),
        Dimension("month", _("Month"), month, lambda where: {}, month=True),
    )


BY_ISSUE, BY_ENTRY = _division("issued_at"), _division("submitted_at")
BY_STAGE = Dimension(
    "stage", _("Where they stand"), STAGE_OF_ROW, lambda where: {k: str(label) for k, (label, _s) in STAGES.items()},
    tones={"work": "indigo", "issued": "jade", "merged": "plum", "ended": "sand"},
)  # fmt: skip
BY_LEVEL = Dimension("level", _("Level"), "level", _list("briefs.level"))
OF_PRIZES = (
    Dimension("level", _("Level"), "level", _list(AWARD_LEVELS)),
    Dimension("grade", _("Grade"), "grade", _list(AWARD_GRADES)),
)
BY_REASON = Dimension("reason", _("Reason"), "reason", _list("briefs.return_reason"))
BY_KIND = Dimension("kind", _("Kind"), "kind", lambda where: {k: str(v) for k, v in BriefReturn.Kind.choices})

# Adoptions and returns hang on briefs that were handed in, all of which these see.
OF_STAFF = Rule(lambda actor: own_assembly(actor, *SEES_ALL, *BRIEFS), policy.read.reason)
# On which papers a leader wrote is told neither to handling bodies nor to those who read what is public.
SEES_INSTRUCTED = Rule(
    lambda actor: policy.read.rows(actor) if policy.is_staff(actor) or actor.is_system else NOTHING, policy.read.reason
)
OF_YEAR = _("Of the briefs issued in the year, whenever it happened.")

OF_SENT = _("Average in whole days, of those given to bodies in the year that have got past it.")


def _issued(code: str, label: Any, note: Any, **more: Any) -> Figure:
    usual: dict[str, Any] = {
        "unit": PIECE, "group": "result", "period": "year", "model": Brief, "within": issued, "columns": ISSUED_COLUMNS,
        "dimensions": BY_ISSUE, "read": policy.read, "order": ("-issued_at", "-id"), "related": ("sector",),
        "since": "issued_at",
    }  # fmt: skip
    return Figure(code, label, note=note, **(usual | more))


def _share(code: str, label: Any, counted: Callable[[Scope], Q], note: Any = OF_YEAR, **more: Any) -> Figure:
    return _issued(code, label, note, counted=counted, whole=everything, **({"unit": "%", "places": 1} | more))


def _handed(code: str, label: Any, note: Any, **more: Any) -> Figure:
    usual = {"within": handed_in, "columns": HANDED_COLUMNS, "dimensions": BY_ENTRY, "order": ("-submitted_at", "-id")}
    return _issued(code, label, note, **(usual | {"since": "submitted_at"} | more))


def _desk(code: str, label: Any, column: str, **more: Any) -> Figure:
    lain = Column(_("days"), lambda brief: getattr(brief, column), public=True)
    note = _("Average of the year's issues, in whole days; when it came back to a desk, all its days there.")
    usual = {"note": note, "unit": DAYS, "counted": everything, "whole": everything, "value": _average(column)}
    return _issued(code, label, columns=(ISSUE, TITLE, ISSUED, lain), **(usual | more))


def replied(where: Scope) -> Q:
    return sent_out(where) & Q(replied_at__isnull=False)


def told_after_reply(where: Scope) -> Q:
    return replied(where) & Q(fed_back_at__isnull=False)


FIGURES = (
    _issued(
        "F04", _("Briefs issued"), _("By the day of the signature. An issue made of several submissions counts once."),
        source="整理归纳为38篇信息", drawn="category", unit=PAPERS,
    ),
    _issued(
        "F05", _("Briefs reported to the province or beyond"), _("By the day of the report; each brief once."),
        source="上报省政协12篇", within=own, counted=reported_above, unit=PAPERS,
    ),
    _handed(
        "B01", _("Briefs handed in"), _("By the day they were first handed in, wherever they stand today."),
        dimensions=(BY_STAGE, *BY_ENTRY),
    ),
    _handed(
        "B02", _("Briefs used"), _("Issued or part of an issue, of those handed in in the year that were decided on."),
        counted=used, whole=decided, unit="%", places=1,
    ),
    _handed(
        "B03", _("Briefs that began with a constituent's words"), _("Of those handed in in the year."),
        counted=from_people, whole=everything, unit="%", places=1,
    ),
    _share("B04", _("Briefs adopted at any level"), _happened("adopted_at")),
    _share("B05", _("Briefs adopted by this place's Party and government"), adopted_at("own")),
    _share("B06", _("Briefs adopted in the province"), adopted_at("province")),
    _share("B07", _("Briefs adopted nationally"), adopted_at("national")),
    Figure(
        "B08", _("Adoptions"), TIMES, "result", "year", BriefAdoption,
        columns=(
            Column(_("by whom"), lambda a: a.organ, public=True, link=True),
            Column(_("level"), lambda a: a.level_label, public=True), Column(_("day"), lambda a: a.on, public=True),
            Column(_("brief"), lambda a: a.brief.title, wide=True),
        ),
        within=lambda where: Q(
            assembly=where.assembly, on__gte=where.first_day, on__lte=where.last_day, void=False
        ),
        note=_("By the day of the adoption; a brief adopted at several levels counts at each."),
        dimensions=(BY_LEVEL,), read=OF_STAFF, order=("-on", "-id"), related=("brief",),
    ),
    _issued(
        "B09", _("Briefs with a leader's instruction"),
        _("Counts papers, not instructions: one with several counts once. By the day of the instruction."),
        within=own, counted=instructed, unit=PAPERS, public=False, read=SEES_INSTRUCTED, least=1,
    ),
    Figure(
        "B10", _("Briefs returned or not taken on"), TIMES, "result", "year", BriefReturn,
        columns=(
            Column(_("brief"), lambda r: r.brief.number, link=True),
            Column(_("title"), lambda r: r.brief.title, wide=True),
            Column(
                _("reason"), lambda r: options.label(r.assembly_id, "briefs.return_reason", r.reason), public=True
            ),
            Column(_("kind"), lambda r: r.get_kind_display(), public=True),
            Column(_("day"), lambda r: timezone.localdate(r.at), public=True),
        ),
        within=_span("at"), note=_("Each return counts, with the reason it was given: what writers can learn from."),
        dimensions=(BY_REASON, BY_KIND), public=False, read=OF_STAFF, order=("-at", "-id"),
        related=("brief",),
    ),
    _share(
        "B11", _("Briefs fed back to authors and people"), fed_back,
        _("Of the briefs issued in the year, whenever it happened; none of whose people still waits for a call."),
    ),
    _share(
        "B12", _("Briefs replied to by the bodies"), _happened("replied_at"),
        _("Of those given to bodies in the year."), within=sent_out,
    ),
    _desk("B13", _("Days until a brief is taken on"), "days_submitted"),
    _desk("B14", _("Days with the editor"), "days_editing"),
    _desk("B15", _("Days with the reviewer"), "days_reviewing"),
    _desk("B16", _("Days until the signature"), "days_signing"),
    _desk("B17", _("Days with the author, to be mended"), "days_returned"),
    _desk("B18", _("Days from the issue to the handling body"), "days_issued", note=OF_SENT, within=sent_out),
    _desk("B19", _("Days with the handling bodies"), "days_handling", note=OF_SENT, within=replied),
    _desk("B20", _("Days from the reply to the feedback"), "days_replied", note=OF_SENT, within=told_after_reply),
    Figure(
        "B21", _("Prizes for briefs"), TIMES, "result", "year", BriefAward,
        columns=(
            Column(_("prize"), lambda a: a.name, public=True, link=True),
            Column(_("grade"), lambda a: a.grade_label, public=True),
            Column(_("given by"), lambda a: a.issuer, public=True), Column(_("year"), lambda a: a.year, public=True),
            Column(_("brief"), lambda a: a.brief.title, wide=True),
        ),
        within=lambda where: Q(assembly=where.assembly, year=where.year, void=False),
        note=_("By the year for which the prize was given."), dimensions=OF_PRIZES, read=OF_STAFF,
        order=("-year", "-id"), related=("brief",),
    ),
)  # fmt: skip


def declare() -> None:
    register(*FIGURES)
