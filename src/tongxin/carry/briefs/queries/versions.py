"""The versions of a text, and what changed from one to another."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tongxin.insight import textdiff

from ..models import PARTS, TEXTS, Brief, BriefVersion


class Changed(NamedTuple):
    """One part of the text in two versions: its label and the pieces."""

    label: Any
    pieces: list[textdiff.Piece]


#: The steps whose text the authors know: what they handed in, what came back to them, what was issued.
SHOWN = ("draft", "submit", "return", "withdraw", "sign")


def versions(brief: Brief, story: Any = None) -> list[BriefVersion]:
    """All versions; with the `story` of somebody who is not of the staff those that he wrote himself, that were handed
    in or came back, and the one that was issued. The editor's working texts are the editor's, and so is the name."""
    return _known(list(brief.versions.select_related("created_by")), story)


def from_files(brief: Brief, story: Any) -> list[BriefVersion]:
    """Those of the versions that the reader of the `story` may know of which were read from a Word file, the newest
    first, each with the file and with what found no place; without their texts."""
    rows = brief.versions.select_related("created_by", "file").defer(*PARTS)
    return [each for each in reversed(_known(list(rows), story)) if each.file_id or each.left]


def _known(found: list[BriefVersion], story: Any) -> list[BriefVersion]:
    if story is None or story.inside:
        return found
    times = [event.at for event in story.events if event.verb in SHOWN]
    known = {newest.pk for at in times if (newest := _at(found, at))}
    shown = [each for each in found if each.pk in known or each.created_by_id == story.actor.user_id]
    for each in shown:
        if each.edited:
            each.created_by = None
    return shown


def _at(found: list[BriefVersion], moment: datetime) -> BriefVersion | None:
    """The text as it stood at a moment."""
    return next((each for each in reversed(found) if each.created_at <= moment), None)


def compare(old: BriefVersion, new: BriefVersion) -> list[Changed]:
    """What changed from one version to another, part by part, told by characters."""
    return [
        Changed(Brief._meta.get_field(name).verbose_name, textdiff.diff(old.texts[name], new.texts[name]))  # type: ignore[union-attr]
        for name in TEXTS
        if old.texts[name] or new.texts[name]
    ]
