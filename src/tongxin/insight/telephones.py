"""Telephone numbers in free text: what looks like one is neither found nor shown where a text is searched.

Identity card numbers are hidden there too, and where words of people are handed on (briefs)."""

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
# Seven or eight digits alone are a quantity or a date as well: a number of the town only behind a word that says so.
_DATE = r"(?:19|20)\d\d[-‐-―−－./ ]?(?:0[1-9]|1[0-2])[-‐-―−－./ ]?(?:0[1-9]|[12]\d|3[01])(?!\d)"
_TOWN = rf"(?!{_DATE})[2-8２-８](?:{_GAP}\d){{6,7}}(?!\d|{_GAP}[元万亿年月号件户人次个页吨亩米])"
_SAID = r"(?:电话|電話|座机|固话|热线|传真|致电|拨打|[Tt][Ee][Ll]\.?)(?:号码|號碼|号)?(?:[^\S\n]|[:：是为為]){0,4}"
_LOCAL = re.compile(rf"({_SAID})({_TOWN}(?:(?:[^\S\n]|[、,，/／或和]){{1,3}}{_TOWN})*)")
#: An identity card has 18 digits, the last of which may be X: place 6, birth 8, order and check 4.
_IDENTITY = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?![\dXxＸｘ])")


def without_telephones(text: str) -> str:
    """The text with `MASK` for every mobile number, every landline with its area code, and one without behind a word
    like 电话."""
    return _LOCAL.sub(rf"\g<1>{MASK}", _TELEPHONE.sub(MASK, text))


def personal_numbers(text: str) -> list[str]:
    """The telephone and identity card numbers in the text, each once, in their order."""
    identities = [(found.start(), found[0]) for found in _IDENTITY.finditer(text)]
    rest = _IDENTITY.sub(lambda found: " " * len(found[0]), text)
    telephones = [(found.start(), found[0]) for found in _TELEPHONE.finditer(rest)]
    rest = _TELEPHONE.sub(lambda found: " " * len(found[0]), rest)
    telephones += [(found.start(2), found[2]) for found in _LOCAL.finditer(rest)]
    return list(dict.fromkeys(number.strip() for _at, number in sorted([*identities, *telephones])))


def without_personal_numbers(text: str) -> str:
    """The text with `MASK` for every telephone and identity card number."""
    return without_telephones(_IDENTITY.sub(MASK, text))
