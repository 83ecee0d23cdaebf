"""The passage of a text that answers a query, in pieces, with what was found marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from .folding import fold_with_places
from .terms import Query
from .text import boundary

LONGEST = 50_000  # characters of a text that are looked through; an official paper has a tenth of it
LOOKED_AT = 200  # places among which the best is chosen
BEFORE = 3  # a third of the passage stands before what was found


@dataclass(frozen=True)
class Piece:
    """Part of a passage; `found` when it is what was looked for."""

    text: str
    found: bool = False


def spans(text: str, query: Query) -> list[tuple[int, int]]:
    """Where the words of a query stand in a text, as written there; sorted, never overlapping."""
    folded, places = fold_with_places(text[:LONGEST])
    places.append(min(len(text), LONGEST))
    found: list[tuple[int, int]] = []
    for word in query.words:
        whole, *parts = word.patterns()
        hits = list(re.finditer(whole, folded)) or [m for part in parts for m in re.finditer(part, folded)]
        found += [(places[hit.start()], _after(places, hit.end())) for hit in hits]
    return _joined(sorted(found))


def passage(text: str, query: Query, n: int) -> list[Piece]:
    """At most about `n` characters of a text on one line, around the place where most of the query stands."""
    line = re.sub(r"\s+", " ", text).strip()
    found = spans(line, query)
    start = _best_start(line, found, n) if len(line) > n else 0
    end = boundary(line, min(len(line), start + n))
    pieces: list[Piece] = [Piece("…")] if start else []
    at = start
    for first, last in found:
        if last <= start or first >= end:
            continue
        first, last = max(first, start), min(last, end)
        pieces += [Piece(line[at:first]), Piece(line[first:last], found=True)]
        at = last
    pieces.append(Piece(line[at:end] + ("…" if end < len(line) else "")))
    return [piece for piece in pieces if piece.text]


def _after(places: list[int], end: int) -> int:
    """Where in the text the sign ends whose folded form ends at `end`."""
    return places[bisect_left(places, places[end - 1] + 1)] if end else 0


def _joined(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places without overlaps."""
    joined: list[tuple[int, int]] = []
    for first, last in found:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _best_start(line: str, found: list[tuple[int, int]], n: int) -> int:
    """Where to begin, so that the most marked characters are seen; the first such place."""
    best, most = 0, 0
    found = found[:LOOKED_AT]
    for first, _last in found:
        start = max(0, min(first - n // BEFORE, len(line) - n))
        seen = sum(min(b, start + n) - max(a, start) for a, b in found if a < start + n and b > start)
        if seen > most:
            best, most = start, seen
        if start == 0 and first < n and seen == sum(b - a for a, b in found):
            break
    return boundary(line, best)
