"""Telephone numbers in free text: what looks like one is neither found nor shown where a text is searched.

Identity card numbers are looked for where words of people are handed on (briefs)."""

from __future__ import annotations

import re

MASK = "****"  # no word, so an index has no term of it

# Between digits: blanks, hyphens of any width, marks nobody sees; never a new line, where another number may begin.
_GAP = r"(?:[^\S\n]|[-‐-―−－\u00ad\u200b-\u200f\u2060-\u206f\ufeff]){0,3}"
_MOBILE = rf"(?:(?:[+＋]|[0０]{{2}})?[8８][6６]{_GAP})?[1１][3-9３-９]\d"  # and eight digits
_AREA = r"[0０](?:[1１][0０]|[2２]\d|[3-9３-９]\d{2})"
_LANDLINE = rf"(?:[(（]{_AREA}[)）]|{_AREA})"  # and seven or eight digits
_WHOLE = rf"(?:{_MOBILE}(?:{_GAP}\d){{8}}|{_LANDLINE}(?:{_GAP}\d){{7,8}})(?!\d)"
_CUT = rf"(?:{_MOBILE}|{_LANDLINE})(?:{_GAP}\d){{0,8}}(?={_GAP}…)"  # a title ends in the middle of it
_TELEPHONE = re.compile(rf"(?<!\d)(?:{_WHOLE}|{_CUT})")
#: An identity card has 18 digits, the last of which may be X: place 6, birth 8, order and check 4.
_IDENTITY = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?![\dXxＸｘ])")


def without_telephones(text: str) -> str:
    """The text with `MASK` for every mobile number, and every landline with its area code."""
    return _TELEPHONE.sub(MASK, text)


def personal_numbers(text: str) -> list[str]:
    """The telephone and identity card numbers in the text, each once, in their order."""
    identities = [(found.start(), found[0]) for found in _IDENTITY.finditer(text)]
    rest = _IDENTITY.sub(lambda found: " " * len(found[0]), text)
    telephones = [(found.start(), found[0]) for found in _TELEPHONE.finditer(rest)]
    return list(dict.fromkeys(number.strip() for _at, number in sorted([*identities, *telephones])))


def without_personal_numbers(text: str) -> str:
    """The text with `MASK` for every telephone and identity card number."""
    return without_telephones(_IDENTITY.sub(MASK, text))
