"""The versions of a text, and what changed from one to another."""

from __future__ import annotations

from typing import Any, NamedTuple

from tongxin.insight import textdiff

from ..models import TEXTS, Brief, BriefVersion


class Changed(NamedTuple):
    """One part of the text in two versions: its label and the pieces."""

    label: Any
    pieces: list[textdiff.Piece]


def versions(brief: Brief) -> list[BriefVersion]:
    return list(brief.versions.select_related("created_by"))


def compare(old: BriefVersion, new: BriefVersion) -> list[Changed]:
    """What changed from one version to another, part by part, told by characters."""
    return [
        Changed(Brief._meta.get_field(name).verbose_name, textdiff.diff(old.texts[name], new.texts[name]))  # type: ignore[union-attr]
        for name in TEXTS
        if old.texts[name] or new.texts[name]
    ]
