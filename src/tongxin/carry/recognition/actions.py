"""What entering an instruction or an award keeps; called by the rooms' own actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tongxin.kernel.actor import Actor
from tongxin.kernel.files import DOCUMENTS, PICTURES, accept

from . import sealed

Facts = dict[str, Any]


def _marks(paper: Any, by: Actor, now: datetime) -> Facts:
    return {"assembly_id": paper.assembly_id, "created_at": now, "updated_at": now, "created_by_id": by.user_id}


def instruct(
    paper: Any, by: Actor, now: datetime, *, level: str, on: date, leader: str, text: str, scan: Any = ()
) -> Facts:
    """A leader wrote on it. The journal keeps level and day; name, words and scan stay sealed."""
    kept = sealed.keep(scan[0], paper, by) if scan else None
    paper.instructions.create(level=level, on=on, leader=leader, text=text, scan=kept, **_marks(paper, by, now))
    paper.instructed_at = paper.instructed_at or now
    return {"instruction": level, "on": on.isoformat()}


def award(paper: Any, by: Actor, now: datetime, *, evidence: Any = (), **told: Any) -> Facts:
    """It was given a prize; the paper that shows it is kept when there is one."""
    paper.awards.create(evidence=stored(evidence, paper, by), **told, **_marks(paper, by, now))
    return {"prize": told["name"], "grade": told["grade"], "year": told["year"]}


def stored(files: Any, paper: Any, by: Actor) -> Any:
    """The one file that was sent, kept; None when there is none."""
    return accept(files[0], assembly=paper.assembly, by=by.user, kinds=PICTURES | DOCUMENTS) if files else None
