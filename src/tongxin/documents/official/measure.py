"""How wide text is, counted in Chinese characters, and what follows from it: sizes, indents, broken titles."""

import unicodedata
from functools import cache

from tongxin.documents.official import geometry
from tongxin.documents.official.content import Signature, written

TITLE_WIDTH = 20  # characters of 22 points in 156 mm
# A last paragraph of up to eight lines goes with the date in Word, so that the date does not stand alone on a page (no
# 此页无正文). A longer one is never moved as a whole: that would leave half a page empty.
KEPT = 8 * geometry.CHARACTERS
_NO_BREAK_BEFORE = frozenset("，、。；：！？）》〉】〕”’的了之·—…")
_NO_BREAK_AFTER = frozenset("（《〈【〔“‘第·—")
_GOOD_BREAK_AFTER = frozenset("，、的和与及暨—》”")
_GOOD_BREAK_BEFORE = frozenset("《“（")
_MORE_LINES, _NEVER = 15, 100_000


def width(text: str) -> float:
    """The width in characters: Chinese ones count 1, Latin letters and digits a half."""
    return sum(0 if unicodedata.combining(sign) else 1 if _is_wide(sign) else 0.5 for sign in text)


def _is_wide(sign: str) -> bool:
    # “A”mbiguous signs (“ ” … —) are set from the Chinese font.
    return unicodedata.east_asian_width(sign) in "WFA"


def name_points(name: str) -> int:
    """The size of the red name in points: as large as fits on one line, within the bounds."""
    smallest, largest = geometry.NAME_POINTS
    fits = int(geometry.BLOCK_TWIPS[0] / 20 * 0.97 / max(width(name), 1))
    return max(smallest, min(largest, fits))


def name_spacing(name: str) -> float:
    """The space between the characters of a short red name, in halves of a character: it should fill four fifths."""
    signs = len(name)
    free = geometry.BLOCK_TWIPS[0] / 20 / name_points(name) * 0.8 - width(name)
    return max(0.0, min(2.0, int(free / max(signs - 1, 1) * 2) / 2)) if signs > 1 else 0.0


def signature_indents(signature: Signature) -> tuple[float, float]:
    """How far organ and date stand from the right, in characters, rounded to halves.

    Sealed (§7.3.5.1): the date four characters, the organ centred over it. Without a seal (§7.3.5.2): the organ two,
    the date beginning two characters after it; a date that is longer takes the organ's place.
    """
    organ, date = width(signature.organ), width(written(signature.date))
    if signature.sealed:
        beside = 4 + (date - organ) / 2
        shift = max(0.0, 1 - beside)  # a long name stays on the page and takes the date along
        return _half(beside + shift), _half(4 + shift)
    after = 2 + organ - 2 - date
    return (2, _half(after)) if after >= 0 else (_half(4 - after), 2)


def _half(value: float) -> float:
    return max(0.0, round(value * 2) / 2)


def foot_width() -> float:
    """How many characters of 4号 stand on a line of the colophon, one of 3号 left free at each end."""
    return (geometry.BLOCK_TWIPS[0] - 2 * geometry.CHARACTER_TWIPS) / 20 / geometry.SMALL_POINTS


def side_by_side(pairs: tuple[tuple[str, str], ...]) -> str:
    """“签发：…　审核：…” spread over a line of the colophon, at least a character apart."""
    parts = [f"{label}：{name}" for label, name in pairs]
    free = (foot_width() - 0.5 - sum(map(width, parts))) / max(len(parts) - 1, 1)
    return ("　" * max(1, min(4, int(free)))).join(parts)


def title_lines(title: str, text: str = "") -> list[str]:
    """The title in lines: where the writer broke it, else evenly and rather between words than within one.

    §7.3.1 asks for whole words on each line and the outline of a trapezium or a diamond. There is no dictionary: two
    characters that stand side by side in the paper's `text` as well are taken to be a word.
    """
    given = [" ".join(line.split()) for line in title.splitlines() if line.strip()]
    if len(given) != 1:
        return given
    line = given[0]
    least = -(-int(width(line) * 2) // (TITLE_WIDTH * 2))
    if least < 2 or least > 8:  # what is that long is no title, and is left to whoever reads it
        return given
    together = {place: _together(line, place, text) for place in range(1, len(line))}
    found = [_broken(line, count, together) for count in range(least, least + 3)]
    return list(min((cost + i * _MORE_LINES, lines) for i, (cost, lines) in enumerate(found))[1])


def _broken(line: str, count: int, together: dict[int, float]) -> tuple[float, tuple[str, ...]]:
    """`line` in `count` lines at the least cost, with that cost."""
    share = width(line) / count

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]]:
        rest = line[start:]
        if left == 1:
            return ((width(rest) - share) ** 2 if width(rest) <= TITLE_WIDTH else _NEVER, (rest.strip(),))
        found: tuple[float, tuple[str, ...]] = (_NEVER * 2, (rest,))
        for end in range(start + 1, len(line)):
            wide = width(line[start:end])
            if wide > TITLE_WIDTH:
                break
            cost, lines = best(end, left - 1)
            found = min(found, ((wide - share) ** 2 + together[end] + cost, (line[start:end].strip(), *lines)))
        return found

    return best(0, count)


def _together(line: str, place: int, text: str) -> float:
    """How much the characters before and at `place` belong together."""
    before, after = line[place - 1], line[place]
    if before in _NO_BREAK_AFTER or after in _NO_BREAK_BEFORE or (_is_word(before) and _is_word(after)):
        return _NEVER
    inside = 4 if line[:place].count("《") > line[:place].count("》") else 0
    if before in _GOOD_BREAK_AFTER or after in _GOOD_BREAK_BEFORE or line.startswith("关于", place):
        return inside
    return inside + 40 + min(40, 8 * text.count(before + after))


def _is_word(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
