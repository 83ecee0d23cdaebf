"""What people said, as it may stand beside and in a brief: without who said it.

A brief holds nobody's name or number. The concerns behind it stay what and where they are, with the personal data their
own room keeps and erases; here their words are read with name and number blotted out, and with every other number that
looks like a telephone or an identity card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tongxin.hear.concerns import texts
from tongxin.hear.concerns.models import Concern
from tongxin.insight import telephones


@dataclass(frozen=True)
class Said:
    """A concern behind a brief, without the person."""

    concern: Concern
    title: str
    text: str
    via: Any = None  # the source through which it came, when briefs were merged


def said(concern: Concern, via: Any = None) -> Said:
    """The words of a concern without the name and number of whoever spoke."""
    text = _plain(concern, concern.text)
    return Said(concern, _title(concern, text), text, via)


def _plain(concern: Concern, words: str) -> str:
    return telephones.without_personal_numbers(texts.impersonal(concern, words))


def _title(concern: Concern, text: str) -> str:
    """A title made from the text is made anew from the one without names and numbers: it may have been cut in the
    middle of one. The office's own title is blotted like any text."""
    if concern.title == texts.title(concern.text) or concern.title.endswith("…"):
        return texts.title(text)
    return _plain(concern, concern.title)


def told_together(concerns: Iterable[Concern]) -> str:
    """What several people said, one paragraph each, as the beginning of a situation."""
    found = [said(concern).text.strip() for concern in concerns]
    if len(found) == 1:
        return found[0]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(found, 1))
