"""Which part of a brief a heading begins: 基本情况 the situation, 原因分析 the analysis, 对策建议 the suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = (
    "基本|主要|有关|相关|具体|几点|几条|几个|一些|存在|突出|当前|目前|现实|现行|工作|下一步|今后|解决|改进|改善|产生|形成|"
    "造成|深层次|情况|问题|现状|背景|案由|事由|困难|难点|短板|不足|表现|原因|成因|分析|剖析|症结|根源|建议|对策|措施|举措|"
    "办法|意见|思路|调研|调查|反映|概况|简介|提出|如下|以下|为此|因此|对此|我们|特|的|及|和|与|其|及其|以及|、|，|,"
)
_STRICT = re.compile(rf"(?:{_WORDS}){{1,12}}")
_SITUATION = "情况|问题|现状|背景|案由|事由|困难|难点|短板|不足|概况"
_CAUSE = "原因|成因|症结|根源|剖析|分析"
_ADVICE = "建议|对策|措施|举措|办法|意见"
_LAST = re.compile(f"(?:{_SITUATION}|{_CAUSE}|{_ADVICE})$")
_KEY = re.compile(f"{_SITUATION}|{_CAUSE}|{_ADVICE}")
_BOTH = re.compile(f"(?:{_SITUATION}).{{0,4}}(?:及|和|与|、).{{0,6}}(?:{_CAUSE}|{_ADVICE})")
_SUGGESTION = re.compile(_ADVICE)
_ANALYSIS = re.compile(_CAUSE)
_TOLD = re.compile(r"(?:情况|现状)分析")
_MARKERS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}\s*[、.．]\s*"),
    re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]\s*、?"),
    re.compile(r"^[0-9]{1,2}\s*[.．、](?![0-9])\s*"),
    re.compile(r"^[（(][0-9]{1,2}[）)]\s*、?"),
)
#: Where there is no heading for a part, how a paragraph begins that belongs to it.
CUES = {
    "suggestion": re.compile(
        r"^(?:为此|因此|对此|鉴于此|综上|综上所述)?[，,]?\s*(?:特|我们|现)?(?:提出(?:以下|如下)?)?建议"
    ),
    "analysis": re.compile(
        r"^(?:究其原因|(?:分析)?其?(?:主要)?原因(?:主要)?(?:有|是|在于|在)|造成.{1,14}的?(?:主要)?原因)"
    ),
}
# A heading in the middle of a paragraph: after a sentence's end, a few such words and a colon.
_INSIDE = re.compile(rf"(?<=[。！？；”])\s*(?=(?:(?:{_WORDS}){{2,6}})[：:])")


def marker(line: str) -> tuple[int, str]:
    """The level of the number before a line (一、 1, （一） 2, 1. 3, （1） 4; 0 for none) and the line without it."""
    for level, form in enumerate(_MARKERS, 1):
        if found := form.match(line):
            return level, line[found.end() :]
    return 0, line


def bare(line: str, *, loose: bool = False) -> str:
    """The line when it is made of a heading's words only, else "". `loose`: one that bears a heading's number may say
    more, as long as it ends like one (我市加装电梯工作现状)."""
    words = marker(line)[1].rstrip("：:。 　")
    strict = _STRICT.fullmatch(words) and _KEY.search(words)
    return words if strict or (loose and len(words) <= 24 and _LAST.search(words)) else ""


def inline(line: str) -> tuple[str, str] | None:
    """建议：由市住建局牵头… as its heading and the text that follows."""
    heading, colon, rest = (part.strip() for part in re.match(r"([^：:]*)([：:]?)(.*)", line, re.S).groups())  # type: ignore[union-attr] # fits any line
    return (bare(heading), rest) if colon and rest and len(heading) <= 20 and bare(heading) else None


def part_of(heading: str) -> str:
    """The part a heading's words begin; "" for no words. What holds a problem together with its causes is situation."""
    if not heading:
        return ""
    if _BOTH.search(heading) or _TOLD.search(heading):
        return "situation"
    if _SUGGESTION.search(heading):
        return "suggestion"
    return "analysis" if _ANALYSIS.search(heading) else "situation"


def split(text: str) -> Iterator[str]:
    """A paragraph cut before each heading that stands within it."""
    yield from (piece.strip() for piece in _INSIDE.split(text) if piece.strip())
