"""Chinese text taken apart for search and comparison. Pure functions, no dictionary, no state.

Words are not segmented: a run of Chinese characters becomes its overlapping pairs (bigrams), which finds every
two-character word wherever it stands. Latin words and numbers stay whole.
"""

import itertools
import re
import unicodedata
from collections import Counter
from math import log, sqrt

from .folding import fold, normalise

__all__ = [
    "bigrams",
    "content_bigrams",
    "cosine",
    "excerpt",
    "fold",
    "normalise",
    "similarity",
    "weighed",
    "weights",
]

# Ideographs of all planes, so that rare ones (㐂, 𠮷) count like any other, with 々 and 〇.
CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
TOKEN = re.compile(rf"([{CJK}]+)|[^\W_{CJK}]+")
_SPACE = re.compile(r"\s+")

#: Characters that carry grammar rather than matter.
FUNCTION_CHARACTERS = frozenset("的了是在我你您他她它们和就都而及与着或也吗呢吧啊呀嘛啦这那么之其很")

#: Longer words are cut: a database's index refuses words without end, and nobody searches for them.
WORD_LIMIT = 40


def bigrams(text: str) -> list[str]:
    """The terms of the folded `text` in their order, repeats included: pairs of Chinese characters (a lone one stays
    alone), other words whole, at most `WORD_LIMIT` characters each."""
    terms: list[str] = []
    for match in TOKEN.finditer(fold(text)):
        run = match[0]
        if match[1] is None:
            terms.append(run[:WORD_LIMIT])
        elif len(run) == 1:
            terms.append(run)
        else:
            terms.extend(first + second for first, second in itertools.pairwise(run))
    return terms


def content_bigrams(text: str) -> list[str]:
    """`bigrams` without those that hold a function character (的, 了, 我…)."""
    return [term for term in bigrams(text) if FUNCTION_CHARACTERS.isdisjoint(term)]


def weights(text: str) -> dict[str, float]:
    """How much each term stands for `text`: 1 for the first occurrence, ever less for each further one.

    Text of nothing but function characters is described by those rather than by nothing.
    """
    return weighed(Counter(content_bigrams(text) or bigrams(text)))


def weighed(counts: Counter[str]) -> dict[str, float]:
    """The same for terms that are counted already."""
    return {term: 1 + log(count) for term, count in counts.items()}


def cosine(a: dict[str, float], b: dict[str, float]) -> float:
    """The cosine of two weighted term sets, 0 to 1; 0 when either is empty."""
    if len(a) > len(b):
        a, b = b, a
    shared = sum(weight * b[term] for term, weight in a.items() if term in b)
    if not shared:
        return 0.0
    length = sqrt(sum(w * w for w in a.values())) * sqrt(sum(w * w for w in b.values()))
    return min(1.0, shared / length)


def similarity(a: str, b: str) -> float:
    """How alike two texts are: 1 for the same terms, 0 for none in common; symmetric."""
    return cosine(weights(a), weights(b))


def excerpt(text: str, n: int, around: str = "") -> str:
    """At most `n` characters of `text` on one line, "…" where something is left out.

    With `around` (what was searched for) the excerpt shows its first occurrence when the text holds it verbatim.
    Emoji made of several code points and combining marks are never cut in two.
    """
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= n:
        return line
    start = 0
    found = line.casefold().find(around.casefold()) if around else -1
    if found > n // 2:
        start = boundary(line, min(found - n // 3, len(line) - n + 1))
    head = "…" if start else ""
    end = start + n - len(head)
    if end >= len(line):
        return head + line[start:]
    return head + line[start : max(start, boundary(line, end - 1))].rstrip() + "…"


def boundary(text: str, position: int) -> int:
    """The last place at or before `position` where `text` may be cut without splitting what is seen as one sign."""
    while 0 < position < len(text) and _joined(text, position):
        position -= 1
    return position


def _joined(text: str, position: int) -> bool:
    """Whether the characters on both sides of `position` belong to one sign."""
    before, after = text[position - 1], text[position]
    if before == "\u200d" or after == "\u200d" or unicodedata.category(after).startswith("M"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True  # skin tones, and the tags that spell a flag
    if not _is_flag_letter(after):
        return False
    letters = 0  # flags are pairs of letters: an odd number before means that a pair would be split
    while letters < position and _is_flag_letter(text[position - 1 - letters]):
        letters += 1
    return letters % 2 == 1


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
