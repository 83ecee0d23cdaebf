"""Handing in and taking back; taking on, returning and not adopting at the editors' desk."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongxin.kernel.actor import Actor

from .. import above
from ..clocks import MEND_CLOCK
from ..models import Brief, BriefReport, BriefReturn
from .steps import Facts, drop, leave, release_concerns

# Handing in, taking back


def submit(brief: Brief, by: Actor, now: datetime) -> Facts:
    leave(brief, now)
    brief.submitted_at = brief.submitted_at or now
    return {}


def withdraw(brief: Brief, by: Actor, now: datetime, *, reason: str = "") -> Facts:
    leave(brief, now)
    release_concerns(brief, now, _("The brief %(number)s was taken back by its author.") % {"number": brief.number})
    return {"note": reason}


# At the editors' desk


def accept(brief: Brief, by: Actor, now: datetime) -> Facts:
    leave(brief, now)
    brief.editor_id = by.user_id
    brief.decided_at = now
    return {}


def recall(brief: Brief, by: Actor, now: datetime, *, reason: str) -> Facts:
    """The author does not mend it: the editor goes on with the text as it stands."""
    leave(brief, now)
    drop(brief, MEND_CLOCK.kind, now)
    brief.editor_id = by.user_id
    brief.decided_at = brief.decided_at or now
    return {"note": reason}


def take_over(brief: Brief, by: Actor, now: datetime, *, reason: str) -> Facts:
    """Another editor works on it from now on."""
    before, brief.editor = brief.editor, by.user
    return {"editor": str(before or ""), "note": reason}


def return_(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Back to the author, to be mended. What comes back from there is read anew by three people, whoever they are."""
    leave(brief, now)
    brief.editor = brief.reviewer = None
    _send_back(brief, by, now, BriefReturn.Kind.RETURNED, reason, text)
    return {"reason": reason, "note": text}


def not_adopt(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Not taken on; the concerns behind it are handled another way."""
    leave(brief, now)
    brief.decided_at = now
    _send_back(brief, by, now, BriefReturn.Kind.NOT_ADOPTED, reason, text)
    release_concerns(brief, now, _("The brief %(number)s was not taken on.") % {"number": brief.number})
    above.tell(brief, BriefReport.Outcome.NOT_ADOPTED, now, code=reason, text=text)
    return {"reason": reason, "note": text}


def reject(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Back to the editor, by the reviewer or the signer."""
    leave(brief, now)
    _send_back(brief, by, now, BriefReturn.Kind.REJECTED, reason, text)
    return {"reason": reason, "note": text}


def _send_back(brief: Brief, by: Actor, now: datetime, kind: str, reason: str, text: str) -> None:
    BriefReturn.objects.create(
        assembly_id=brief.assembly_id, brief=brief, kind=kind, reason=reason, text=text, at=now, created_at=now,
        updated_at=now, created_by_id=by.user_id,
    )  # fmt: skip
