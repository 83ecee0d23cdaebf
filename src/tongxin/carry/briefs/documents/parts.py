"""The text of a brief as blocks of a paper, and the words that name who speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tongxin.documents.official import Block, Heading, Paragraph
from tongxin.documents.official.content import chinese, numbered

from ..models import PARTS, Brief, BriefAuthor

NAMED = 3  # authors named in the lead; of more the number is told
LONGEST_HEADING = 30
_NUMBERS = {chinese(number): number for number in range(1, 100)}
_CHINESE = "[一二三四五六七八九十]{1,3}"
#: The writer's own numbers, 一、 （一） 1. （1）, by their level.
_MARKERS = (
    re.compile(rf"^({_CHINESE})[、.．]"),
    re.compile(rf"^[（(]({_CHINESE})[）)]、?"),
    re.compile(r"^([0-9]{1,2})[.．、](?![0-9])"),
    re.compile(r"^[（(]([0-9]{1,2})[）)]、?"),
)


def body(brief: Brief, headings: Sequence[str]) -> Iterator[Block]:
    """The parts that are written, each under its heading. Numbers of the writer's own go a level deeper below it."""
    for part, heading in zip(PARTS, headings, strict=True):
        text = getattr(brief, part)
        if not text.strip():
            continue
        if heading:
            yield Heading(1, heading)
        yield from blocks(text, deeper=bool(heading))


def blocks(text: str, *, deeper: bool) -> Iterator[Block]:
    """Paragraphs and headings of one part. `deeper`: a part that counts 一、二、 by itself stands below a heading that
    has such a number, so that 一、 becomes （一） and what is below it follows."""
    lines = [(*_marked(line), line) for line in map(str.strip, text.splitlines()) if line]
    shift = int(deeper and any(level == 1 for level, *_rest in lines))
    for level, number, words, line in lines:
        if not level:
            yield Paragraph(line)
            continue
        deep = min(level + shift, 4)
        told = numbered(deep, number) + words
        if len(told) <= LONGEST_HEADING and not told.endswith(("。", "；", ";")):
            yield Heading(deep, told, numbered=False)  # type: ignore[arg-type] # one to four
        else:
            yield Paragraph(told)


def _marked(line: str) -> tuple[int, int, str]:
    """Level and number that a line begins with, and the rest of it; level 0 for none."""
    for level, marker in enumerate(_MARKERS, 1):
        if found := marker.match(line):
            number = int(found[1]) if found[1].isascii() else _NUMBERS.get(found[1], 0)
            if number:
                return level, number, line[found.end() :].strip()
    return 0, 0, line


def lead(brief: Brief, authors: Sequence[BriefAuthor], pattern: str) -> str:
    """教育界别委员甲、农业界别委员乙反映：— by sector, in the authors' order; "" when nobody's name is known.

    A lower assembly, a station or a committee speaks in its own name.
    """
    if brief.origin in (Brief.Origin.LOWER, Brief.Origin.STATION) and brief.unit:
        return f"{brief.unit}反映："
    if brief.origin == Brief.Origin.COMMITTEE and brief.committee:
        return f"{brief.committee.name}反映："
    shown = authors[:NAMED]
    told = "、".join(_spoken(shown, pattern))
    if not told:
        return ""
    members = all(author.member_id for author in authors)
    more = f"等{len(authors)}{'名委员' if members else '人'}" if len(authors) > len(shown) else ""
    return f"{told}{more}反映："


def _spoken(authors: Iterable[BriefAuthor], pattern: str) -> list[str]:
    by_sector: dict[str, list[str]] = {}
    for author in authors:
        by_sector.setdefault(sector_name(author), []).append(author.name)
    found = []
    for sector, names in by_sector.items():
        joined = "、".join(names)
        told = pattern.replace("{sector}", sector).replace("{names}", joined) if sector else joined
        found.append(told if joined in told else f"{told}{joined}")  # a pattern without {names} still names them
    return found


def sector_name(author: BriefAuthor) -> str:
    """教育, for 教育界 as well as for 教育界别; "" for somebody without a seat."""
    member: Any = author.member
    return member.sector.name.removesuffix("界别").removesuffix("界") if member else ""
