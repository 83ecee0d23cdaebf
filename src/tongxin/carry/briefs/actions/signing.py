"""Review and signature, up to the issue."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from tongxin.kernel import numbering, options
from tongxin.kernel.actor import Actor

from ..models import Brief
from .steps import Facts, leave


def send_review(brief: Brief, by: Actor, now: datetime, *, note: str = "") -> Facts:
    leave(brief, now)
    return {"note": note}


def approve(brief: Brief, by: Actor, now: datetime, *, note: str = "") -> Facts:
    leave(brief, now)
    brief.reviewer_id = by.user_id
    return {"note": note}


def sign(brief: Brief, by: Actor, now: datetime, *, main_to: str, copy_to: str) -> Facts:
    """Signed is issued: the brief takes the next number of the year and the next of all.

    Both counters stay locked until the transaction ends, so that two signers at one moment queue for them, and a
    signature that fails gives its numbers back.
    """
    leave(brief, now)
    brief.signer_id, brief.issued_at = by.user_id, now
    brief.main_to, brief.copy_to = main_to, copy_to
    levels = {each.code: each.meaning for each in options.every_choice(brief.assembly_id, "briefs.secrecy")}
    brief.public = levels.get(brief.secrecy) == "public"
    brief.issue_year = timezone.localdate(now).year
    brief.issue_number = numbering.take(brief.assembly_id, "brief.issue", str(brief.issue_year))
    counter = numbering.lock(brief.assembly_id, "brief.issue.all")
    if counter.value == 0:  # the first one here goes on where the paper files ended
        counter.value = int(options.parameter(brief.assembly_id, "briefs.issued_before"))
        counter.save(update_fields=["value"])
    brief.issue_total = numbering.take(brief.assembly_id, "brief.issue.all", "")
    return {"issue": brief.issue_number, "total": brief.issue_total}
