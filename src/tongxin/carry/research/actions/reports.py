"""What a report's moves change beyond the state. Called only by the door."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from tongxin.carry.recognition.actions import Facts, stored
from tongxin.kernel.actor import Actor

from ..models import FieldVisit, ResearchReport, TeamMember
from ..teams import Person

TEXTS = ("title", "topic", "committee", "sector", "text")


def draft(*, by: Actor, now: datetime, assembly: Any, token: str = "", file: Any = (), **told: Any) -> ResearchReport:
    """A new report; its team follows when it is saved."""
    report = ResearchReport(assembly=assembly, token=token, **{name: told[name] for name in TEXTS})
    report.file = stored(file, report, by)
    return report


def keep_draft(report: ResearchReport, by: Actor, now: datetime, *, people: Any = (), **told: Any) -> Facts:
    _name_team(report, people)
    return {}


def write(report: ResearchReport, by: Actor, now: datetime, *, file: Any = (), people: Any = (), **told: Any) -> Facts:
    """The text, the team, and a newer file in place of the old one."""
    for name in TEXTS:
        setattr(report, name, told[name])
    _name_team(report, people)
    if file:
        report.file = stored(file, report, by)
    elif told.get("without_file"):
        report.file = None
    return {}


def says_the_same(report: ResearchReport, told: Facts) -> bool:
    """Whether writing this would change nothing: the text, the team and the file are those that are kept."""
    kept = [(each.member_id, each.name, each.unit, each.leads) for each in report.team.all()]
    team = [(each.member and each.member.pk, each.name, each.unit[:100], each.leads) for each in told["people"]]
    files = [hashlib.sha256(each.content).hexdigest() for each in told["file"]]
    same_file = not told.get("without_file") and files in ([], [report.file.sha256] if report.file else [])
    return same_file and kept == team and all(getattr(report, name) == told[name] for name in TEXTS)


def _name_team(report: ResearchReport, people: list[Person]) -> None:
    report.team.all().delete()
    TeamMember.objects.bulk_create(
        TeamMember(
            report=report, member=each.member, user_id=each.member.person.user_id if each.member else None,
            name=each.name, unit=each.unit[:100], leads=each.leads, position=n,
        )
        for n, each in enumerate(people)
    )  # fmt: skip


def visit(
    report: ResearchReport, by: Actor, now: datetime, *, on: date, place: str, heard: int, note: str = ""
) -> Facts:
    """A day in the field."""
    FieldVisit.objects.create(
        assembly_id=report.assembly_id, report=report, on=on, place=place, heard=heard, note=note, created_at=now,
        updated_at=now, created_by_id=by.user_id,
    )  # fmt: skip
    return {"on": on.isoformat(), "place": place}


def strike_visit(report: ResearchReport, by: Actor, now: datetime, *, visit: FieldVisit, reason: str) -> Facts:
    """It was entered by mistake."""
    visit.struck, visit.updated_at = True, now
    visit.save(update_fields=["struck", "updated_at"])
    return {"on": visit.on.isoformat(), "place": visit.place, "note": reason}


def hand_in(report: ResearchReport, by: Actor, now: datetime) -> Facts:
    report.handed_in_at = report.handed_in_at or now
    report.reviewer = None
    return {}


def review(report: ResearchReport, by: Actor, now: datetime, *, note: str = "") -> Facts:
    report.reviewer_id = by.user_id
    return {"note": note}


def send_back(report: ResearchReport, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Back to the writers, by the reviewer or by whoever was to finalize it."""
    return {"reason": reason, "note": text}


def _moment(on: date, now: datetime) -> datetime:
    """Now for today; for a day that is entered later, its noon, which is on that day in every list."""
    return now if on == timezone.localdate(now) else timezone.make_aware(datetime.combine(on, time(12)))


def finalize(report: ResearchReport, by: Actor, now: datetime, *, on: date, note: str = "") -> Facts:
    """From that day on it is one of the year's reports (F19)."""
    report.finalizer_id, report.finalized_at = by.user_id, _moment(on, now)
    return {"note": note, "on": on.isoformat()}


def submit(report: ResearchReport, by: Actor, now: datetime, *, to: str, on: date) -> Facts:
    """Sent up; to others as well when it was sent before. What counts is the first day."""
    report.submitted_to = "、".join(filter(None, (report.submitted_to, to)))
    report.submitted_at = min(filter(None, (report.submitted_at, _moment(on, now))))
    return {"to": to, "on": on.isoformat()}


def apply(report: ResearchReport, by: Actor, now: datetime, *, application: str, on: date) -> Facts:
    """What those who decide did with it."""
    report.application, report.applied_at = application, _moment(on, now)
    return {"on": on.isoformat()}


def withdraw(report: ResearchReport, by: Actor, now: datetime, *, reason: str) -> Facts:
    return {"note": reason}
