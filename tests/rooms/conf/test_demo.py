"""The whole demo, built on days that are none of ours: the profile's figures, and a life around that day.

Everything is looked at in one test, because building takes longer than looking.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tongxin.carry.briefs.models import Brief, BriefAdoption, BriefAuthor
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.carry.research.models import (
    FieldVisit,
    Honour,
    ReportAward,
    ReportInstruction,
    ResearchReport,
    TeamMember,
)
from tongxin.carry.research.workflow import RESEARCH
from tongxin.conf import demo
from tongxin.hear.concerns.models import Answer, Concern, ConcernFile, Outcome, Rating
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.stations.models import Appointment, DutyTurn, DutyVisit, Station
from tongxin.kernel import figures
from tongxin.kernel.demo import Demo
from tongxin.kernel.models import Deadline, JournalEntry
from tongxin.people.models import Member, RoleGrant

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-one"
BUILT = ("F01", "F02", "F04", "F05", "F06", *(f"F{n}" for n in range(19, 25)), "F31")  # of the yearly account so far
#: Where a concern may be that has a receipt to try out; those carried into briefs have none that is printed.
STATES = {state.name for state in CONCERNS.states} - {"converted"}
#: The dead of night after a holiday's eve, and a working day of the year after: neither weekday, hour nor year may
#: matter.
NIGHT, NEXT_YEAR = datetime(2027, 1, 1, 3, 10), datetime(2028, 6, 15, 10, 45)
EVENING = NIGHT.replace(hour=21, minute=35)
#: Building takes a minute, and days are the same to every database: each has its own.
MOMENTS = {"sqlite": (NIGHT, EVENING), "postgresql": (NEXT_YEAR,)}
SAME = {  # what the demo consists of, without numbers that the database gives and receipts that follow from them
    Member: ("person__name", "person__phone", "sector__code", "duty", "state", "is_entrepreneur"),
    RoleGrant: ("user__username", "role"),
    Station: ("code", "name", "county__code", "sector__code", "state", "opened_on", "address"),
    Concern: (
        "year", "serial", "title", "text", "state", "said_at", "station__code", "sector__code", "committee__code",
        "county__code", "body__code", "speaker_name", "speaker_phone", "due_on", "severity", "rating",
    ),
    Outcome: ("concern__serial", "result", "text", "at", "body__code"),
    Answer: ("concern__serial", "way", "text", "delivery", "at"),
    Rating: ("concern__serial", "value", "comment", "at"),
    ConcernFile: ("concern__serial", "file__sha256"),
    Deadline: ("record_type", "kind", "started_on", "due_on", "met_at", "dropped_at", "escalated_on"),
    Brief: (
        "year", "serial", "title", "situation", "suggestion", "state", "submitted_at", "issue_year", "issue_number",
        "issue_total", "sector__code", "due_on", "result", "feedback", "days_editing", "from_people",
    ),
    BriefAuthor: ("brief__serial", "name", "position"),
    BriefAdoption: ("brief__serial", "level", "organ", "on"),
    ResearchReport: (
        "year", "serial", "title", "text", "state", "committee__code", "submitted_to", "application", "finalized_at",
    ),
    TeamMember: ("report__serial", "name", "leads", "position"),
    FieldVisit: ("report__serial", "on", "place", "heard"),
    ReportInstruction: ("report__serial", "level", "on"),
    ReportAward: ("report__serial", "grade", "year", "on"),
    Honour: ("kind", "occasion", "on", "created_at"),
    DutyTurn: ("station__code", "on", "begins", "seat", "who", "member__person__name", "state", "summary"),
    DutyVisit: ("station__code", "on", "people", "concern__serial"),
    Appointment: ("station__code", "matter", "wish_on", "asked_at", "state", "begins", "turn__member__person__name"),
    ContactRecord: ("member__person__name", "on", "channel", "summary", "policy_told", "others"),
    JournalEntry: ("record_type", "at", "verb", "actor_name", "state_from", "state_to"),
}  # fmt: skip


def build(at: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[Demo, datetime]:
    """The demo as somebody gets it who starts at that moment; the clock stands still from then on."""
    now = timezone.make_aware(at)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return demo.build(None, demo.SEED, PASSWORD), now


def holds_the_profile(made: Demo) -> None:
    city = made.made["assembly"]
    for code in BUILT:
        wanted = made.profile["figures"][code]
        counted = figures.answer(figures.get(code), figures.scope(city, wanted["year"]))
        assert counted.value == wanted["value"], code
    first = Station.objects.order_by("code")[0]
    assert (first.code, first.name, first.state) == ("A001", "尖山区八马路联络站", "active")
    keeper = RoleGrant.objects.get(user__username="station")
    assert (keeper.role, keeper.scope) == ("station", first.pk)
    assert set(made.made["users"]) == set(demo.ACCOUNTS.split())


def is_alive(made: Demo, now: datetime) -> None:
    """Somebody who opens it on that day finds work of every kind, and nothing from after the day."""
    today = timezone.localdate(now)
    found = Counter(Concern.objects.values_list("state", flat=True))
    assert set(found) == {*STATES, "converted"}, sorted(STATES ^ set(found))
    assert set(made.made["receipts"]) == STATES
    briefs = set(Brief.objects.filter(assembly=made.made["assembly"]).values_list("state", flat=True))
    assert briefs == {state.name for state in BRIEFS.states}
    reports = set(ResearchReport.objects.values_list("state", flat=True))
    assert reports == {state.name for state in RESEARCH.states}
    declined = Concern.objects.filter(state="declined")
    assert not declined.exclude(answered_at=None).exists(), "a declined one is there of which nobody was told yet"
    clocks = Deadline.objects.filter(met_at=None, dropped_at=None)
    overdue, running = clocks.filter(due_on__lt=today), clocks.filter(due_on__gte=today)
    for kind, late in (("triage", True), ("triage", False), ("handle", False), ("reply", True), ("rating", False)):
        assert (overdue if late else running).filter(kind=kind).exists(), (kind, "overdue" if late else "running")
    assert running.filter(due_on=today).exists(), "something is due today"
    assert not overdue.filter(escalated_on=None).exists(), "whatever is overdue has been escalated"
    assert Concern.objects.filter(said_at__gte=now - timedelta(days=2)).count() >= 5, "somebody spoke lately"
    told = Concern.objects.filter(source="contact")
    assert told.exclude(answered_at=None).count() >= 8, "what was raised at contacts is answered"
    assert told.filter(state="recorded").exists(), "something raised at a contact waits"
    for model, field in (
        (Concern, "said_at"),
        (JournalEntry, "at"),
        (Brief, "moved_at"),
        (Answer, "at"),
        (Rating, "at"),
    ):
        assert not model.objects.filter(**{f"{field}__gt": now}).exists(), f"{model.__name__} from after that day"


def nobody_works_at_night() -> None:
    """Whom people meet, when, and who arranged it: by day. What happens by itself may happen at night."""
    kinds = (
        "stations.appointment",
        "stations.dutyturn",
        "stations.rota",
        "contact.contactrecord",
        "contact.areamember",
    )
    rows = JournalEntry.objects.filter(record_type__in=kinds).exclude(verb="miss")
    found = {
        (kind, verb, timezone.localtime(at).hour) for kind, verb, at in rows.values_list("record_type", "verb", "at")
    }
    assert {"stations.appointment", "contact.contactrecord"} <= {kind for kind, *_rest in found}
    assert [one for one in sorted(found) if not 7 <= one[-1] < 21] == []


def all_of_it() -> dict[str, Counter[tuple[Any, ...]]]:
    return {model.__name__: Counter(model.objects.values_list(*names)) for model, names in SAME.items()}


def test_it_is_alive_on_any_day_and_the_same_at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for moment in MOMENTS[connection.vendor]:
        with transaction.atomic():
            made, now = build(moment, monkeypatch)
            holds_the_profile(made)
            is_alive(made, now)
            if moment == NEXT_YEAR:  # the others are moments at which somebody works late
                nobody_works_at_night()
            found.append(all_of_it())
            transaction.set_rollback(True)
        assert not Concern.objects.exists()
    first, *others = found
    assert all(rows for rows in first.values()), {name for name, rows in first.items() if not rows}
    for other in others:
        for name, rows in first.items():
            assert rows == other[name], f"{name}: {list((rows - other[name]).elements())[:3]}"
