"""What handing an instruction on to a body changes, its reply, and looking at it again. Called only by the door."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from tongxin.carry.recognition.actions import Facts
from tongxin.kernel import deadlines
from tongxin.kernel.actor import Actor

from ..models import ReportFollowUp, ReportHandling, ResearchReport


def _marks(report: ResearchReport, by: Actor, now: datetime) -> Facts:
    return {
        "assembly_id": report.assembly_id, "report": report, "created_at": now, "updated_at": now,
        "created_by_id": by.user_id,
    }  # fmt: skip


def transfer(
    report: ResearchReport, by: Actor, now: datetime, *, instruction: Any, body: Any, due_on: date | None = None,
    note: str = "",
) -> Facts:  # fmt: skip
    """Given to a body, or to it again; the clock asks for `due_on`. What was said before stays to be read."""
    report.handlings.filter(ended_at=None).update(ended_at=now, updated_at=now)
    ReportHandling.objects.create(instruction=instruction, body=body, note=note, **_marks(report, by, now))
    report.lead_body = body
    return {"body": str(body), "note": note}


def reply(report: ResearchReport, by: Actor, now: datetime, *, result: str, text: str) -> Facts:
    report.handlings.filter(ended_at=None).update(result=result, text=text, replied_at=now, updated_at=now)
    return {"result": result}


def follow_up(report: ResearchReport, by: Actor, now: datetime, *, done: str, text: str) -> Facts:
    ReportFollowUp.objects.create(done=done, text=text, **_marks(report, by, now))
    return {"result": done}


def escalate(report: ResearchReport, by: Actor, now: datetime) -> Facts:
    """Mark the clocks that have run out, so that each is escalated once."""
    today = timezone.localdate(now)
    for clock in deadlines.open_ones(report):
        if clock.due_on < today and clock.escalated_on is None:
            clock.escalated_on = today
            clock.save(update_fields=["escalated_on"])
    return {}
