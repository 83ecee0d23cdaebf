"""F19–F24 and F31 of the yearly account, and how many of the year's reports a leader wrote on.

Leaders' instructions are counted by papers, not by instructions (domain §1.3, F20): a report with three counts once.
Prizes are counted by what they mean, whatever a place calls its grades.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.carry.recognition.lists import AWARD_GRADES, AWARD_LEVELS, INSTRUCTION_LEVELS
from tongxin.kernel import options
from tongxin.kernel.figures import Column, Dimension, Figure, Scope, everything, own, register
from tongxin.kernel.rules import NOTHING, Rule
from tongxin.people.models import Committee

from . import lists, policy
from .models import Honour, ReportAward, ReportInstruction, ResearchReport

PAPERS = pgettext_lazy("unit", "reports")
TIMES = pgettext_lazy("unit", "times")


def finalized(where: Scope) -> Q:
    return Q(assembly=where.assembly, finalized_at__gte=where.begin, finalized_at__lt=where.end)


def _codes(where: Scope, key: str, *meanings: str) -> list[str]:
    """The codes of a list whose neutral meaning is one of these."""
    return [choice.code for choice in options.every_choice(where.assembly.pk, key) if choice.meaning in meanings]


def instructed_by(meaning: str) -> Callable[[Scope], Q]:
    """Reports on which a leader of that level wrote within the year, each once."""

    def condition(where: Scope) -> Q:
        rows = ReportInstruction.objects.filter(
            report=OuterRef("pk"), level__in=_codes(where, INSTRUCTION_LEVELS, meaning), on__gte=where.first_day,
            on__lte=where.last_day,
        )  # fmt: skip
        return Q(Exists(rows))

    return condition


def instructed(where: Scope) -> Q:
    return Q(instructed_at__isnull=False)


def applied(where: Scope) -> Q:
    return Q(applied_at__isnull=False)


def awarded(where: Scope) -> Q:
    """Prizes for the year that are no mistake."""
    return Q(assembly=where.assembly, year=where.year, void=False)


def of_province(grade: str) -> Callable[[Scope], Q]:
    """Prizes of that grade that were given by the province."""
    return lambda where: Q(
        level__in=_codes(where, AWARD_LEVELS, "province"), grade__in=_codes(where, AWARD_GRADES, grade)
    )


def honoured(where: Scope) -> Q:
    return Q(assembly=where.assembly, on__gte=where.first_day, on__lte=where.last_day, void=False)


def talks(where: Scope) -> Q:
    return Q(kind__in=_codes(where, lists.HONOUR_KINDS, "experience_talk"))


def _committees(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Committee.objects.filter(assembly=where.assembly)}


def _list(key: str) -> Callable[[Scope], dict[Any, str]]:
    def named(where: Scope) -> dict[Any, str]:
        return {choice.code: choice.label for choice in options.every_choice(where.assembly.pk, key)}

    # The registry remembers the names of a dimension by this.
    named.__qualname__ = f"_list.{key}"
    return named


def _with_levels(rows: QuerySet, where: Scope) -> QuerySet:
    """What the column of levels needs; the sealed words are not even read."""
    levels = ReportInstruction.objects.defer("leader", "text")
    return rows.defer("text", "application").prefetch_related(Prefetch("instructions", queryset=levels))


def _levels(report: ResearchReport) -> str:
    return "、".join(dict.fromkeys(each.level_label for each in report.instructions.all()))


NUMBER = Column(_("No."), lambda report: report.number, public=True, link=True)
TITLE = Column(_("title"), lambda report: report.title, wide=True)
COMMITTEE = Column(_("committee"), lambda report: str(report.committee or ""), public=True)
TOPIC = Column(_("topic"), lambda report: report.topic_label, public=True)
DONE = Column(
    _("finalized"), lambda report: timezone.localdate(report.finalized_at) if report.finalized_at else "", public=True
)
LEVELS = Column(_("instructions"), _levels, wide=True)
COLUMNS = (NUMBER, TITLE, DONE, COMMITTEE, TOPIC)
DIMENSIONS = (
    Dimension("topic", _("Topic"), "topic", _list(lists.TOPICS)),
    Dimension("committee", _("Committee"), "committee_id", _committees),
    Dimension("month", _("Month"), "finalized_at", lambda where: {}, month=True),
)
OF_AWARDS = (
    Column(_("prize"), lambda award: award.name, public=True, link=True),
    Column(_("report"), lambda award: award.report.title, wide=True),
    Column(_("grade"), lambda award: award.grade_label, public=True),
    Column(_("given by"), lambda award: award.issuer, public=True),
    Column(_("year"), lambda award: award.year, public=True),
)
OF_HONOURS = (
    Column(_("occasion"), lambda honour: honour.occasion, public=True, link=True, wide=True),
    Column(_("kind"), lambda honour: honour.kind_label, public=True),
    Column(_("given or held by"), lambda honour: honour.issuer, public=True),
    Column(_("day"), lambda honour: honour.on, public=True),
)
# On which reports a leader wrote is for the staff to know, not for members of a team or anybody else.
SEES_INSTRUCTED = Rule(lambda actor: policy.read.rows(actor) if policy.is_staff(actor) else NOTHING, policy.read.reason)
BY_PAPER = _("Counts papers, not instructions: a report with several counts once. By the day of the instruction.")


def _report(code: str, label: Any, note: Any, **more: Any) -> Figure:
    usual: dict[str, Any] = {
        "unit": PAPERS, "group": "result", "period": "year", "model": ResearchReport, "within": finalized,
        "columns": COLUMNS, "dimensions": DIMENSIONS, "read": policy.read, "order": ("-finalized_at", "-id"),
        "related": ("committee",), "since": "finalized_at", "prepare": _with_levels,
    }  # fmt: skip
    return Figure(code, label, note=note, **(usual | more))


def _instructed(code: str, label: Any, meaning: str, source: str) -> Figure:
    return _report(
        code, label, BY_PAPER, source=source, within=own, counted=instructed_by(meaning), columns=(*COLUMNS, LEVELS),
        dimensions=DIMENSIONS[:2], read=SEES_INSTRUCTED, least=1,
    )  # fmt: skip


def _prize(code: str, label: Any, grade: str, source: str) -> Figure:
    return Figure(
        code, label, PAPERS, "result", "year", ReportAward, columns=OF_AWARDS, within=awarded,
        counted=of_province(grade), source=source, note=_("By the year for which the prize was given."),
        read=policy.read_award, order=("-on", "-id"), related=("report",),
        dimensions=(Dimension("topic", _("Topic"), "report__topic", _list(lists.TOPICS)),),
    )  # fmt: skip


FIGURES = (
    _report(
        "F19", _("Research reports"), _("By the day they were finalized."), source="形成调研报告13篇", drawn="topic"
    ),
    _instructed(
        "F20", _("Reports the main leader of the provincial Party committee wrote on"), "province_main",
        "省委主要领导批示1篇",
    ),
    _instructed(
        "F21", _("Reports the main leader of the city Party committee wrote on"), "city_main",
        "市委主要领导批示10篇",
    ),
    _prize("F22", _("First prizes of the province for research"), "first", "省政协优秀调研成果一等奖4篇"),
    _prize("F23", _("Second prizes of the province for research"), "second", "二等奖2篇"),
    _prize("F24", _("Merit prizes of the province for research"), "merit", "优秀奖1篇"),
    Figure(
        "F31", _("Talks on experience"), TIMES, "result", "year", Honour, columns=OF_HONOURS, within=honoured,
        counted=talks, source="在全省市（地）政协提案工作座谈会上作经验介绍",
        note=_("Honours of the assembly of this kind, by their day."), read=policy.read_honour, order=("-on", "-id"),
    ),
    _report(
        "R01", _("Research reports a leader wrote on"),
        _("Of the reports finalized in the year, each once, whenever and at whatever level a leader wrote on it."),
        counted=instructed, whole=everything, unit="%", places=1, columns=(*COLUMNS, LEVELS),
        read=SEES_INSTRUCTED, least=1,
    ),
    _report(
        "R02", _("Research reports that were applied"),
        _("Of the reports finalized in the year, whenever it happened."),
        counted=applied, whole=everything, unit="%", places=1,
    ),
)  # fmt: skip


def declare() -> None:
    register(*FIGURES)
