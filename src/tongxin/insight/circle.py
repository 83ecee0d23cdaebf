"""The geometry of the concentric circle: rings of parts, names that follow them, and one dot for each person.

Pure: a tree of parts in, paths of a picture out. Angles are radians clockwise from the top; lengths are units of a
square picture whose side is `SIDE`. A part's angle is in proportion to its size, so that the parts of a ring fill the
circle and children fill their parent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import cos, degrees, pi, sin

SIDE = 1000.0
CENTRE = SIDE / 2
TURN = 2 * pi
BANDS = 4
MAX_ROWS = 24  # dots of one column; whoever keeps contact with more is drawn with as many in proportion
LINE = 1.22  # height of a line of text in its size
DOT = "h.01"  # as good as a point, but long enough for paper: a PDF paints no square cap on a path without any length
RISE = 0.36  # from the baseline to the middle of a letter


@dataclass(frozen=True)
class Node:
    """A part: its size (an angle's weight), the people in it by band, and its parts. A leaf's `people` are its dots:
    the band of each person, freshest first. `band` is the part's own."""

    key: str
    label: str
    size: float
    counts: tuple[int, ...] = (0,) * BANDS
    band: int | None = None
    children: tuple[Node, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ring:
    """One ring: between which radii, how large its names are at most and at least (0: no names), and the gap in radians
    between neighbours. Outside the names may stand a `bar` of so much at most, the longer the staler, or a `stack`, the
    arc that shows how the people of a part divide."""

    inner: float
    outer: float
    largest: float = 0
    smallest: float = 0
    gap: float = 0.0
    bar: float = 0.0
    stack: float = 0.0


@dataclass(frozen=True)
class Plan:
    """How a picture is laid out: a ring for each level of the tree, and where the people stand outside them.

    `columns`: the people of a leaf as one column divided by band instead of dots. `least`: the share of the circle that
    the smallest part of the outermost ring gets, so that its name can be read.
    """

    centre: float
    rings: tuple[Ring, ...]
    people: tuple[float, float]
    columns: bool = False
    least: float = 0.0
    side: float = SIDE


@dataclass(frozen=True)
class Line:
    """A line of a name: text on a path (`d`), or at a point turned by `turn` degrees when `d` is empty."""

    text: str
    size: float
    d: str = ""
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0


@dataclass(frozen=True)
class Piece:
    """A stretch of a part that belongs to one band."""

    band: int
    d: str


@dataclass(frozen=True)
class Arc:
    """A part as drawn. `d` is its shape, `reach` the shape that answers to a finger: the part and all outside it."""

    node: Node
    level: int
    start: float
    end: float
    ring: Ring
    d: str
    reach: str
    name: tuple[Line, ...] = ()
    stack: tuple[Piece, ...] = ()

    @property
    def span(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Dots:
    """All dots of one band and size, as one path of points to be drawn with a round pen `width` wide."""

    band: int
    width: float
    d: str
    count: int


@dataclass
class Picture:
    """The whole: arcs from the inside outwards, bars by band, columns and dots."""

    plan: Plan
    arcs: list[Arc] = field(default_factory=list)
    bars: list[Piece] = field(default_factory=list)
    columns: list[Piece] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)

    def level(self, number: int) -> list[Arc]:
        return [arc for arc in self.arcs if arc.level == number]


def lay_out(parts: tuple[Node, ...], plan: Plan) -> Picture:
    """Draw the parts by the plan; what has no size is not drawn."""
    picture = Picture(plan)
    if plan.least:
        parts = widened(parts, plan.least)
    _ring(picture, parts, 0, 0.0, TURN)
    leaves = [arc for arc in picture.arcs if not arc.node.children]
    _bars(picture)
    if plan.columns:
        picture.columns = [piece for leaf in leaves for piece in _column(leaf, *plan.people)]
    else:
        picture.dots = _dots(leaves, *plan.people)
    return picture


MOST_WIDENED = 0.7  # of the circle that parts of the least size may take; when they are too many, each gets less


def widened(parts: tuple[Node, ...], least: float) -> tuple[Node, ...]:
    """The parts with no leaf smaller than its share of the whole; a part is as large as its leaves together."""
    leaves = [leaf for part in parts for leaf in _leaves(part) if leaf.size > 0]
    if not leaves:
        return parts
    floor = sum(leaf.size for leaf in leaves) * min(least, MOST_WIDENED / len(leaves))
    return tuple(_at_least(part, floor) for part in parts)


def _leaves(node: Node) -> Iterator[Node]:
    if node.children:
        for child in node.children:
            yield from _leaves(child)
    else:
        yield node


def _at_least(node: Node, floor: float) -> Node:
    children = tuple(_at_least(child, floor) for child in node.children)
    size = sum(child.size for child in children) if children else max(node.size, floor) if node.size > 0 else 0
    return replace(node, size=size, children=children)


def _ring(picture: Picture, parts: tuple[Node, ...], level: int, start: float, end: float) -> None:
    ring = picture.plan.rings[level]
    drawn = [part for part in parts if part.size > 0]
    whole = sum(part.size for part in drawn)
    closed = end - start > TURN - 1e-9
    gaps = len(drawn) if closed and len(drawn) > 1 else len(drawn) - 1
    # Gaps never take more than a tenth of the ring, however many parts there are.
    gap = min(ring.gap, (end - start) / 10 / gaps) if gaps > 0 else 0.0
    room = end - start - gap * max(gaps, 0)
    at = start + (gap / 2 if closed and len(drawn) > 1 else 0.0)
    for part in drawn:
        span = room * part.size / whole
        picture.arcs.append(_arc(picture.plan, part, level, at, at + span))
        if part.children and level + 1 < len(picture.plan.rings):
            _ring(picture, part.children, level + 1, at, at + span)
        at += span + gap


def _arc(plan: Plan, part: Node, level: int, start: float, end: float) -> Arc:
    ring = plan.rings[level]
    stack: tuple[Piece, ...] = ()
    outer = ring.outer
    if ring.stack:
        outer -= ring.stack + 1
        stack = tuple(_stack(part.counts, start, end, ring.outer - ring.stack, ring.outer))
    outer -= ring.bar
    name = fit(part.label, start, end, ring.inner, outer, ring.largest, ring.smallest) if ring.largest else ()
    reach = annulus(ring.inner, plan.people[1] if not part.children else ring.outer, start, end)
    shape = annulus(ring.inner, ring.outer - ring.bar, start, end)
    return Arc(part, level, start, end, ring, shape, reach, name, stack)


def _stack(counts: tuple[int, ...], start: float, end: float, inner: float, outer: float) -> Iterator[Piece]:
    """An arc divided by how many people are in each band, the freshest first."""
    whole, at = sum(counts), start
    for band, count in enumerate(counts):
        if count:
            to = at + (end - start) * count / whole
            yield Piece(band, annulus(inner, outer, at, to))
            at = to


def _bars(picture: Picture) -> None:
    """The parts of rings with bars, all of one band in one path; the staler the longer, so that grey print tells."""
    shapes: list[list[str]] = [[] for _ in range(BANDS)]
    for arc in picture.arcs:
        if arc.ring.bar and arc.node.band is not None:
            foot, edge = arc.ring.outer - arc.ring.bar, min(arc.span * 0.06, 0.01)
            top = foot + arc.ring.bar * (0.4 + 0.2 * arc.node.band)
            shape = annulus(foot, top, arc.start + edge, arc.end - edge)
            shapes[arc.node.band].append(shape)
    picture.bars = [Piece(band, "".join(found)) for band, found in enumerate(shapes) if found]


def _column(leaf: Arc, inner: float, outer: float) -> Iterator[Piece]:
    """A leaf's people as one column: bands from the inside outwards, each as thick as its share."""
    whole, at = sum(leaf.node.counts), inner
    for band, count in enumerate(leaf.node.counts):
        if count:
            to = at + (outer - inner) * count / whole
            yield Piece(band, annulus(at, to, leaf.start, leaf.end))
            at = to


def _dots(leaves: list[Arc], inner: float, outer: float) -> list[Dots]:
    """One dot for each person: a column outside every leaf, the freshest inside; a row has one width of dot."""
    rows = min(max((len(leaf.node.people) for leaf in leaves), default=0), MAX_ROWS)
    if not rows:
        return []
    pitch = (outer - inner) / rows
    widest = min(leaf.span for leaf in leaves if leaf.node.people)
    found: dict[tuple[int, int], list[str]] = {}
    width: dict[int, float] = {}
    for row in range(rows):
        radius = inner + pitch * (row + 0.5)
        width[row] = max(1.2, min(pitch * 0.8, widest * radius * 0.86, 26.0))
    for leaf in leaves:
        middle = (leaf.start + leaf.end) / 2
        for row, band in enumerate(sampled(leaf.node.people, rows)):
            x, y = point(inner + pitch * (row + 0.5), middle)
            found.setdefault((row, band), []).append(f"M{number(x)} {number(y)}{DOT}")
    return [
        Dots(band, round(width[row] * _SHAPE[band], 1), "".join(points), len(points))
        for (row, band), points in sorted(found.items())
    ]


_SHAPE = (1.0, 0.72, 1.0, 0.82)  # smaller ones and squares (wider than they seem), so that grey print tells them apart


def sampled(people: tuple[int, ...], rows: int) -> tuple[int, ...]:
    """As many of the people as there are rows, evenly taken, so that the bands keep their proportion."""
    if len(people) <= rows:
        return people
    return tuple(people[int((n + 0.5) * len(people) / rows)] for n in range(rows))


# Shapes


def point(radius: float, angle: float) -> tuple[float, float]:
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def number(value: float) -> str:
    """A length as short as a picture needs it: one decimal."""
    short = f"{value:.1f}"
    return short[:-2] if short.endswith(".0") else short


def annulus(inner: float, outer: float, start: float, end: float) -> str:
    """The path of a piece of a ring; a whole turn is drawn as two halves, since an arc cannot close itself."""
    if end - start > TURN - 1e-6:
        half = (start + end) / 2
        return annulus(inner, outer, start, half) + annulus(inner, outer, half, end)
    large = int(end - start > pi)
    (ax, ay), (bx, by) = point(outer, start), point(outer, end)
    (cx, cy), (dx, dy) = point(inner, end), point(inner, start)
    o, i = number(outer), number(inner)
    return (
        f"M{number(ax)} {number(ay)}A{o} {o} 0 {large} 1 {number(bx)} {number(by)}"
        f"L{number(cx)} {number(cy)}A{i} {i} 0 {large} 0 {number(dx)} {number(dy)}Z"
    )


def along(radius: float, start: float, end: float, upright: bool) -> str:
    """The path that a name follows: clockwise in the upper half, the other way round in the lower one."""
    large = int(end - start > pi)
    (ax, ay), (bx, by) = point(radius, start), point(radius, end)
    r = number(radius)
    if upright:
        return f"M{number(ax)} {number(ay)}A{r} {r} 0 {large} 1 {number(bx)} {number(by)}"
    return f"M{number(bx)} {number(by)}A{r} {r} 0 {large} 0 {number(ax)} {number(ay)}"


# Names


def width_of(text: str) -> float:
    """How wide a text is in its size: a Chinese character is as wide as high, a Latin one about half."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.58 for letter in text)


def splits(text: str, lines: int) -> list[str]:
    """The text in so many lines of about the same width; between words where it has any."""
    if lines == 1:
        return [text]
    words = text.split(" ") if " " in text else list(text)
    glue = " " if " " in text else ""
    if len(words) < lines:
        return []
    found: list[str] = []
    left, whole = words, width_of(text)
    for number_ in range(lines - 1):
        goal, line = (whole - sum(map(width_of, found))) / (lines - number_), [left[0]]
        left = left[1:]
        while len(left) > lines - number_ - 1:
            longer = width_of(glue.join([*line, left[0]]))
            if longer > goal + 0.3:
                break
            line.append(left[0])
            left = left[1:]
        found.append(glue.join(line))
    return [*found, glue.join(left)]


def fit(
    text: str, start: float, end: float, inner: float, outer: float, largest: float, smallest: float, pad: float = 5.0
) -> tuple[Line, ...]:
    """The name as large as the part allows, along the arc or along the radius, in up to three lines.

    What does not fit even when small is shortened; nothing at all for a part too narrow for a letter.
    """
    if (end - start) * outer < smallest or not text:
        return ()
    for shown in (text, *(f"{text[:length]}…" for length in (6, 4, 2) if length < len(text) - 1)):
        best: tuple[float, tuple[Line, ...]] = (0.0, ())
        for lines in (1, 2, 3):
            parts = splits(shown, lines)
            if not parts:
                continue
            for lay in (_arcwise, _radial):
                found = lay(parts, start, end, inner, outer, largest, smallest, pad)
                if found and found[0].size > best[0] + 0.9:  # a little more size is no reason for another line
                    best = (found[0].size, found)
        if best[1]:
            return best[1]
    return ()


def _arcwise(
    parts: list[str], start: float, end: float, inner: float, outer: float, largest: float, smallest: float, pad: float
) -> tuple[Line, ...]:
    """Lines along the arc, above each other."""
    longest, n, middle = max(map(width_of, parts)), len(parts), (inner + outer) / 2
    size = min(largest, (outer - inner - 2 * pad) / (n * LINE))
    lowest = middle - n * LINE * size / 2
    # The innermost line has the least room; smaller letters move it outwards, so this is on the safe side.
    size = min(size, ((end - start) * lowest - 2 * pad) / longest)
    if size < smallest:
        return ()
    turn = (start + end) / 2 % TURN
    upright = not pi / 2 < turn < 3 * pi / 2
    lines = []
    for place, text in enumerate(parts):
        step = ((n - 1) / 2 - place) * LINE * size  # outwards for the first line in the upper half
        radius = middle + (step - RISE * size if upright else RISE * size - step)
        lines.append(Line(text, round(size, 1), along(radius, start, end, upright)))
    return tuple(lines)


def _radial(
    parts: list[str], start: float, end: float, inner: float, outer: float, largest: float, smallest: float, pad: float
) -> tuple[Line, ...]:
    """Lines along the radius, beside each other, so turned that none stands on its head."""
    longest, n, middle = max(map(width_of, parts)), len(parts), (inner + outer) / 2
    size = min(largest, (outer - inner - 2 * pad) / longest)
    nearest = middle - longest * size / 2
    size = min(size, ((end - start) * nearest - min(pad, 3.0)) / (n * LINE))
    if size < smallest:
        return ()
    turn = (start + end) / 2
    right = turn % TURN <= pi
    lines = []
    for place, text in enumerate(parts):
        offset = (place - (n - 1) / 2) * LINE * size / middle
        x, y = point(middle, turn + (offset if right else -offset))
        lines.append(Line(text, round(size, 1), "", round(x, 1), round(y, 1), _turned(turn, right)))
    return tuple(lines)


def _turned(angle: float, right: bool) -> float:
    return round((degrees(angle) + (-90 if right else 90)) % 360, 1)
