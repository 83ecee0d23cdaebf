"""What people said, as it may stand beside and in a brief: without who said it.

A brief holds nobody's name or number. The concerns behind it stay what and where they are, with the personal data their
own room keeps and erases; here their words are read with name and number blotted out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tongxin.hear.concerns import texts
from tongxin.hear.concerns.models import Concern


@dataclass(frozen=True)
class Said:
    """A concern behind a brief, without the person."""

    concern: Concern
    title: str
    text: str
    via: Any = None  # the source through which it came, when briefs were merged


def said(concern: Concern, via: Any = None) -> Said:
    """The words of a concern without the name and number of whoever spoke."""
    return Said(concern, texts.impersonal(concern, concern.title), texts.impersonal(concern, concern.text), via)


def told_together(concerns: Iterable[Concern]) -> str:
    """What several people said, one paragraph each, as the beginning of a situation."""
    found = [said(concern).text.strip() for concern in concerns]
    if len(found) == 1:
        return found[0]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(found, 1))
