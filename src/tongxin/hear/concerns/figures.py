"""The chain's own figures: how many were heard, and how far each got. All but the last count the concerns *said* in the
year, so that the parts add up to the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.kernel import options
from tongxin.kernel.figures import Column, Dimension, Figure, Scope, register
from tongxin.kernel.rules import Rule
from tongxin.people.models import Assembly, Committee, Sector
from tongxin.people.policy import SEES_ALL, own_assembly

from . import policy
from .models import Concern, Rating

# Coarser than the states: the public, and with it the handling bodies, must not read from it who was not satisfied. So
# what was answered once stays answered, also while it is looked at again.
ANSWERED = "answered"
STAGES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "new": (_("To be triaged"), ("recorded",)),
    "handling": (_("In hand"), ("triaged", "direct_help", "referred", "converted")),
    "telling": (_("To be answered"), ("outcome", "declined")),
    ANSWERED: (_("Answered"), ("answered", "disputed", "closed")),
}
STAGE_OF = {state: label for label, states in STAGES.values() for state in states}


STAGE_OF_ROW = Case(
    When(answered_at__isnull=False, then=Value(ANSWERED)),
    *(When(state__in=states, then=Value(key)) for key, (_label, states) in STAGES.items()),
    output_field=CharField(),
)


def _stage(concern: Concern) -> str:
    return str(STAGES[ANSWERED][0] if concern.answered_at else STAGE_OF.get(concern.state, ""))


def heard(where: Scope) -> Q:
    return Q(assembly=where.assembly, said_at__gte=where.begin, said_at__lt=where.end)


def due_for_triage(where: Scope) -> Q:
    return Q(triaged_at__isnull=False) | Q(triage_due_on__lt=where.today)


def triaged_in_time(where: Scope) -> Q:
    return Q(triaged_in_time=True)


def due_for_answer(where: Scope) -> Q:
    return Q(answered_at__isnull=False) | Q(answer_due_on__lt=where.today)


def answered_in_time(where: Scope) -> Q:
    return Q(answered_in_time=True)


def answered(where: Scope) -> Q:
    return Q(answered_at__isnull=False)


def rated(where: Scope) -> Q:
    return Q(rated_at__isnull=False)


def satisfied(where: Scope) -> Q:
    return Q(rating=Rating.Value.SATISFIED)


def declined(where: Scope) -> Q:
    return ~Q(decline_reason="")


def said_until_the_end(where: Scope) -> Q:
    return Q(assembly=where.assembly, said_at__lt=where.end)


def open_at_the_end(where: Scope) -> Q:
    return Q(closed_at=None) | Q(closed_at__gte=where.end)


NUMBER = Column(_("No."), lambda concern: concern.number, public=True, link=True)
TITLE = Column(_("title"), lambda concern: concern.named, wide=True)
SAID = Column(_("said"), lambda concern: timezone.localdate(concern.said_at), public=True)
TOPIC = Column(
    _("topic"), lambda concern: options.label(concern.assembly_id, "concerns.topic", concern.topic), public=True
)
COUNTY = Column(_("county"), lambda concern: concern.county.place if concern.county else "", public=True)
STATION = Column(_("station"), lambda concern: str(concern.station or ""), public=True)
STAGE = Column(_("where it stands"), _stage, public=True)
COLUMNS = (NUMBER, TITLE, SAID, TOPIC, COUNTY, STATION, STAGE)
RATING_COLUMNS = tuple(replace(column, public=False) for column in (NUMBER, TITLE, SAID, TOPIC, COUNTY))


def _sectors(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Sector.objects.filter(assembly=where.assembly)}


def _committees(where: Scope) -> dict[Any, str]:
    return {row.pk: str(row) for row in Committee.objects.filter(assembly=where.assembly)}


def _counties(where: Scope) -> dict[Any, str]:
    return {row.pk: row.place for row in Assembly.objects.filter(parent=where.assembly)}


def _stations(where: Scope) -> dict[Any, str]:
    model: Any = Concern._meta.get_field("station").related_model
    return {row.pk: str(row) for row in model._default_manager.filter(assembly=where.assembly)}


def _topics(where: Scope) -> dict[Any, str]:
    return {choice.code: choice.label for choice in options.every_choice(where.assembly.pk, "concerns.topic")}


PLACES = (
    Dimension("county", _("County"), "county_id", _counties),
    Dimension("station", _("Station"), "station_id", _stations),
    Dimension("sector", _("Sector"), "sector_id", _sectors),
    Dimension("committee", _("Committee"), "committee_id", _committees),
    Dimension("topic", _("Topic"), "topic", _topics),
    Dimension("month", _("Month"), "said_at", lambda where: {}, month=True),
)
BY_STAGE = Dimension(
    "stage",
    _("Where they stand"),
    STAGE_OF_ROW,
    lambda where: {key: str(label) for key, (label, _states) in STAGES.items()},
    tones={"new": "seal", "handling": "ochre", "telling": "indigo", ANSWERED: "jade"},
)

BY_WRITER = Dimension(
    "writer",
    _("Who wrote it down"),
    Case(
        When(source__in=(Concern.Source.CODE, Concern.Source.PORTAL), then=Value("person")),
        default=Value("staff"),
        output_field=CharField(),
    ),
    lambda where: {"person": str(_("by the person")), "staff": str(_("written down by members and staff"))},
)
COHORT = _("Counts concerns said in the year, wherever they stand today.")
PIECE = pgettext_lazy("unit", "concerns")


# Who may read single ratings: not the handling bodies, which see their own concerns without them.
READS_RATINGS = policy.triage | Rule(lambda actor: own_assembly(actor, *SEES_ALL), policy.read.reason)
# Whoever wrote a concern down for somebody saw its receipt, too: what was rated under it can be told apart.
# A body knows the topic, county and month of what it handled: any row or small part would tell it what a person thinks.
IN_CONFIDENCE: dict[str, Any] = {"columns": RATING_COLUMNS, "read": READS_RATINGS, "least": 3}
RATED: dict[str, Any] = IN_CONFIDENCE | {"dimensions": (BY_WRITER, *PLACES)}


def _figure(code: str, label: Any, note: Any, **more: Any) -> Figure:
    usual: dict[str, Any] = {"unit": PIECE, "period": "year", "within": heard, "columns": COLUMNS, "dimensions": PLACES}
    usual |= {"read": policy.read, "order": ("-said_at", "-id"), "related": ("county", "station"), "since": "said_at"}
    return Figure(code, label, group="chain", model=Concern, note=note, **(usual | more))


FIGURES = (
    _figure(
        "C01", _("Concerns heard"),
        _("By the day they were said. The four stages exclude each other and add up to the whole."),
        dimensions=(BY_STAGE, *PLACES), drawn="stage",
    ),
    _figure(
        "C02", _("Triaged in time"),
        _("Of those triaged and those whose time for triage has run out; all of them said in the year."),
        counted=triaged_in_time, whole=due_for_triage, unit="%", places=1,
    ),
    _figure("C03", _("Answered to the person"), COHORT, counted=answered),
    _figure(
        "C04", _("Answered in time"),
        _("Of those answered and those whose time for the answer has run out; the newest answer counts."),
        counted=answered_in_time, whole=due_for_answer, unit="%", places=1,
    ),
    _figure(
        "C05", _("Rated by the person"),
        _("Of those answered. Only the person who holds the receipt can rate; who does not rate counts as not rated."),
        counted=rated, whole=answered, unit="%", places=1, **RATED,
    ),
    _figure(
        "C06", _("Satisfied"),
        _("Of those rated, “satisfied” only; “fair” is not counted as satisfied. The newest rating counts."),
        counted=satisfied, whole=rated, unit="%", places=1, **RATED,
    ),
    _figure(
        "C07", _("Declined with a reason"), _("The person is told the reason and where to go instead."),
        counted=declined,
    ),
    _figure(
        "C08", _("Still open, of all years"), _("Said by the last day and not closed on it, of whatever year."),
        within=said_until_the_end, counted=open_at_the_end, period="current",
        **IN_CONFIDENCE,  # whom the rating closed, and whom not
    ),
)  # fmt: skip


def declare() -> None:
    register(*FIGURES)
