"""One form for what people write in several: width, case, and traditional beside simplified characters.

Characters are folded one by one, never by the words around them (乾隆 and 乾燥 both become 干), so that part of a text
folds to part of the folded text, and what is found there can be shown in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_SPACE = re.compile(r"\s+")
_IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x32400))


def normalise(text: str) -> str:
    """`text` as it is matched: one width (ＡＢ → ab), one case, invisible marks gone, white space single."""
    return _SPACE.sub(" ", _plain(text)).strip()


def fold(text: str) -> str:
    """`normalise` with every traditional or variant character as its simplified one (醫療 → 医疗)."""
    return normalise(text).translate(_simplified())


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text sign by sign, and for each of its characters where in `text` it comes from.

    White space stays as it is, so a search in it needs patterns that do not ask for single spaces.
    """
    if any(map(unicodedata.combining, text)):
        starts, signs = map(list, zip(*_signs(text), strict=True))
    else:
        starts, signs = list(range(len(text))), list(text)
    folded = list(map(_FOLDED.__getitem__, signs))
    return "".join(folded), [start for start, seen in zip(starts, folded, strict=True) for _character in seen]


def _plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))


class _Folded(dict[str, str]):
    """The folded form of single signs, found once; there are some ten thousand in use."""

    def __missing__(self, sign: str) -> str:
        seen = _plain(sign).translate(_simplified())
        if len(self) < 50_000:  # whoever sends every combination of marks must not fill the memory
            self[sign] = seen
        return seen


_FOLDED = _Folded()


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """The characters of a text, each with the combining marks that follow it, and where they begin."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, text[start:place]
            start = place


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """From OpenCC's table of single characters, followed to its end (薴 → 苧 → 苎).

    Made once, in a third of a second.
    """
    from opencc import OpenCC

    converter: Any = OpenCC("t2s")
    signs = [chr(code) for first, end in _IDEOGRAPHS for code in range(first, end)]
    # One to a line: alone, a character is not taken for part of a word.
    found = dict(zip(signs, converter.convert("\n".join(signs)).split("\n"), strict=True))
    table: dict[int, str] = {}
    for sign in signs:
        end, seen = sign, {sign}
        while (after := found.get(end, end)) not in seen:
            seen.add(after)
            end = after
        if end != sign:
            table[ord(sign)] = end
    return table
