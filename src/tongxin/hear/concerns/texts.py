"""Small things about the words of a concern."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from tongxin.insight.text import excerpt, normalise
from tongxin.kernel.personal import blot_out

SHORTEST, LONGEST = 6, 28  # characters of a title made from the text
_CLAUSE = re.compile(r"[，。！？；,!?;…]")
_BETWEEN = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """32 hex digits that are equal for texts of the same words, whatever their width, case, spaces and punctuation."""
    plain = normalise(text)
    words = _BETWEEN.sub("", plain)
    return blake2b((words or plain).encode(), digest_size=16).hexdigest()


def title(text: str) -> str:
    """A title for a text that has none: its first clause when that says enough and is short, else its beginning."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    clause = _CLAUSE.split(line, maxsplit=1)[0].strip()
    return clause if SHORTEST <= len(clause) <= LONGEST else excerpt(text, LONGEST)


def impersonal(concern: Any, text: str) -> str:
    """The text without the person's name and number."""
    return blot_out(text, concern.speaker_name, concern.speaker_phone)


def message(concern: Any, assembly: Any, address: str) -> str:
    """The text message that tells a person of an answer; without the receipt, which nobody in the office knows."""
    return _(
        "%(assembly)s: there is an answer to what you told us, “%(title)s”. Open %(address)s and type in your receipt "
        "to read it and to say whether you are satisfied."
    ) % {"assembly": assembly, "title": concern.title, "address": address}
