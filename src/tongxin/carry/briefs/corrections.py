"""What was entered of a brief by mistake: an adoption, a report to somebody elsewhere, a prize, a leader's instruction.
It stays to be seen by the staff, counts nowhere, and the brief stands where what is left puts it.

A report to the assembly above in this installation is none of these: the text arrived there and is decided on there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor

from . import policy
from .models import Brief

KINDS = {
    "adoption": _("Adoption"), "report": _("Report upward"), "award": _("Prize"),
    "instruction": _("Leader's instruction"),
}  # fmt: skip
#: The states that rest on such an entry, the furthest first: its related name, the brief's moment and the row's.
RESTS_ON = {
    "instructed": ("instructions", "instructed_at", "created_at"),
    "adopted": ("adoptions", "adopted_at", "created_at"),
    "reported": ("reports", "reported_at", "at"),
}
#: Prizes change no state, and yet the brief's moment rests on them.
MOMENTS = (*RESTS_ON.values(), ("awards", "awarded_at", "created_at"))
#: The moves by the state in which the brief stands afterwards, when that is another one.
MOVES = {"adopted": "strike_to_adopted", "reported": "strike_to_reported", "issued": "strike_to_issued"}


def offered(actor: Actor, brief: Brief) -> dict[str, Any]:
    """The entries that the actor may strike, each by a key like `adoption:3`."""
    found: list[tuple[str, QuerySet]] = []
    if policy.follow.allows(actor, brief):
        found += [("adoption", brief.adoptions.all()), ("report", brief.reports.filter(arrived=None))]
        found.append(("award", brief.awards.all()))
    if policy.instruct.allows(actor, brief):
        found.append(("instruction", brief.instructions.all()))
    return {f"{kind}:{row.pk}": row for kind, rows in found for row in rows.filter(void=False)}


def words(key: str, row: Any) -> Any:
    """An entry as it is chosen: what it is, of whom, and its day."""
    kind = key.partition(":")[0]
    day = row.year if kind == "award" else timezone.localdate(row.at) if kind == "report" else row.on
    when = day if kind == "award" else date_format(day, "DATE_FORMAT")
    return _("%(kind)s: %(what)s (%(when)s)") % {"kind": KINDS[kind], "what": row, "when": when}


def stands_then(brief: Brief, row: Any) -> str:
    """The state in which the brief stands without the entry."""
    order = list(RESTS_ON)
    if brief.state not in order:
        return brief.state
    for state in order[order.index(brief.state) :]:
        rows: QuerySet = getattr(brief, RESTS_ON[state][0]).filter(void=False)
        if (rows.exclude(pk=row.pk) if isinstance(row, rows.model) else rows).exists():
            return state
    return "issued"


def move_for(actor: Actor, brief: Brief, data: Mapping) -> str:
    """Which of the moves strikes the chosen entry."""
    row = offered(actor, brief).get(str(data.get("what", "")))
    state = stands_then(brief, row) if row is not None else brief.state
    return "strike" if state == brief.state else MOVES[state]


def mark(brief: Brief, row: Any, now: datetime) -> None:
    """The entry is void; when the brief was first reported, adopted, awarded or instructed on, the others say."""
    row.void, row.updated_at = True, now
    row.version += 1
    row.save(update_fields=["void", "updated_at", "version"])
    for related, moment, of_row in MOMENTS:
        rows = getattr(brief, related).filter(void=False).order_by()
        setattr(brief, moment, rows.aggregate(first=Min(of_row))["first"])
