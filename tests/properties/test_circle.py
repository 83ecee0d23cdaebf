"""The geometry of the circle on generated trees: parts fill their ring, none overlaps, names stay within their part."""

from __future__ import annotations

import itertools
import re
from math import atan2, cos, hypot, pi, radians, sin
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.insight import circle
from tongxin.insight.circle import CENTRE, LINE, MAX_ROWS, SIDE, TURN, Arc, Line, Node, Plan, Ring, lay_out, width_of

PLAN = Plan(
    100,
    (Ring(110, 200, 24, 9, gap=0.02, stack=6), Ring(204, 330, 20, 9, gap=0.004), Ring(334, 360, bar=26)),
    (364, 490),
)
NAMES = st.text("教育文化医药卫生社会福利和保障农科技协abc ", min_size=1, max_size=12).map(str.strip).filter(bool)


def tree(dice: Random) -> tuple[Node, ...]:
    """Committees of sectors of members of people."""
    parts = []
    for c in range(dice.randint(1, 7)):
        sectors = []
        for s in range(dice.randint(1, 5)):
            members = []
            for m in range(dice.randint(1, 6)):
                people = tuple(sorted(dice.randint(0, 3) for _n in range(dice.choice((0, 3, 5, 5, 30)))))
                counts = tuple(people.count(band) for band in range(4))
                members.append(Node(f"m{c}.{s}.{m}", "张三", 1, counts, dice.randint(0, 3), (), people))
            sectors.append(joined(f"s{c}.{s}", dice, members))
        parts.append(joined(f"c{c}", dice, sectors))
    return tuple(parts)


def joined(key: str, dice: Random, parts: list[Node]) -> Node:
    counts = tuple(sum(part.counts[band] for part in parts) for band in range(4))
    name = "".join(dice.choices("教育文化医药卫生社会福利", k=dice.randint(1, 12)))
    return Node(key, name, sum(part.size for part in parts), counts, None, tuple(parts))


trees = st.integers(0, 10**6).map(lambda seed: tree(Random(seed)))


def inside(parent: Arc, child: Arc) -> bool:
    return parent.start - 1e-9 <= child.start <= child.end <= parent.end + 1e-9


@settings(deadline=None)
@given(trees)
def test_parts_fill_their_ring_and_never_overlap(parts: tuple[Node, ...]) -> None:
    picture = lay_out(parts, PLAN)
    for level in range(3):
        arcs = picture.level(level)
        for before, after in itertools.pairwise(arcs):
            assert before.end <= after.start + 1e-9
        assert 0.7 * TURN < sum(arc.span for arc in arcs) <= TURN + 1e-9
        assert arcs[0].start >= -1e-9
        assert arcs[-1].end <= TURN + 1e-9
    by_key = {arc.node.key: arc for arc in picture.arcs}
    for arc in picture.arcs:
        for child in arc.node.children:
            assert inside(arc, by_key[child.key])


@settings(deadline=None)
@given(trees)
def test_siblings_are_as_wide_as_they_are_large(parts: tuple[Node, ...]) -> None:
    arcs = lay_out(parts, PLAN).level(0)
    shares = [arc.span / arc.node.size for arc in arcs]
    assert max(shares) - min(shares) < 1e-9


@settings(deadline=None)
@given(trees, st.floats(0.001, 0.3))
def test_the_smallest_leaf_has_its_least_and_the_larger_keep_their_order(parts: tuple[Node, ...], least: float) -> None:
    leaves = list(_leaves(Node("", "", 1, children=circle.widened(parts, least))))
    before = list(_leaves(Node("", "", 1, children=parts)))
    whole, floor = sum(leaf.size for leaf in before), min(least, circle.MOST_WIDENED / len(before))
    assert all(new.size == max(old.size, whole * floor) for new, old in zip(leaves, before, strict=True))
    wide = lay_out(circle.widened(parts, least), PLAN).level(0)
    assert abs(sum(arc.node.size for arc in wide) - sum(leaf.size for leaf in leaves)) < 1e-6


def _leaves(node: Node) -> list[Node]:
    return [leaf for child in node.children for leaf in _leaves(child)] if node.children else [node]


@settings(deadline=None)
@given(trees)
def test_everybody_is_drawn_once(parts: tuple[Node, ...]) -> None:
    picture = lay_out(parts, PLAN)
    members = [arc.node for arc in picture.level(2)]
    rows = min(max(len(member.people) for member in members), MAX_ROWS)
    assert sum(dots.count for dots in picture.dots) == sum(min(len(member.people), rows) for member in members)
    for dots in picture.dots:
        points = re.findall(r"M([\d.]+) ([\d.]+)h\.01", dots.d)
        assert len(points) == dots.count
        for x, y in points:
            assert hypot(float(x) - CENTRE, float(y) - CENTRE) + 0.2 >= 364
            assert hypot(float(x) - CENTRE, float(y) - CENTRE) + dots.width / 2 <= SIDE / 2


@settings(deadline=None)
@given(trees)
def test_the_same_tree_gives_the_same_picture(parts: tuple[Node, ...]) -> None:
    assert lay_out(parts, PLAN) == lay_out(parts, PLAN)


@settings(deadline=None)
@given(NAMES, st.floats(0, TURN), st.floats(0.05, TURN), st.floats(60, 350), st.floats(20, 140))
def test_a_name_stays_within_its_part(text: str, start: float, span: float, inner: float, depth: float) -> None:
    outer = inner + depth
    for line in (lines := circle.fit(text, start, start + span, inner, outer, 24, 9)):
        assert 9 <= line.size <= 24
        for radius, angle in corners(line):
            assert inner - 0.5 <= radius <= outer + 0.5
            turned = (angle - start) % TURN
            slack = 0.5 / inner
            assert span >= 6 or turned <= span + slack or turned >= TURN - slack
    if len(lines) > 1:
        assert len({line.size for line in lines}) == 1


def corners(line: Line) -> list[tuple[float, float]]:
    """Radius and angle of the corners of a line of text."""
    half, high = width_of(line.text) * line.size / 2, line.size * LINE / 2 * 0.8
    if line.d:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", line.d)]
        (ax, ay), radius, (bx, by) = numbers[:2], numbers[2], numbers[-2:]
        clockwise = numbers[6] == 1
        first, last = angle_of(ax, ay), angle_of(bx, by)
        if not clockwise:
            first, last = last, first
        middle = first + ((last - first) % TURN) / 2
        centre = radius + (circle.RISE if clockwise else -circle.RISE) * line.size
        return [(centre + up, middle + side / centre) for up in (-high, high) for side in (-half, half)]
    turn = radians(line.turn)
    found = []
    for along, across in ((-half, -high), (-half, high), (half, -high), (half, high)):
        x = line.x + along * cos(turn) - across * sin(turn)
        y = line.y + along * sin(turn) + across * cos(turn)
        found.append((hypot(x - CENTRE, y - CENTRE), angle_of(x, y)))
    return found


def angle_of(x: float, y: float) -> float:
    return atan2(x - CENTRE, CENTRE - y) % TURN


@settings(deadline=None)
@given(NAMES, st.integers(1, 3))
def test_lines_hold_the_whole_name(text: str, lines: int) -> None:
    parts = circle.splits(text, lines)
    if parts:
        assert len(parts) == lines
        glue = " " if " " in text else ""
        assert glue.join(parts) == text


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=200).map(sorted), st.integers(1, MAX_ROWS))
def test_a_sample_keeps_its_order_and_size(people: list[int], rows: int) -> None:
    found = circle.sampled(tuple(people), rows)
    assert len(found) == min(len(people), rows)
    assert list(found) == sorted(found)


def test_a_whole_turn_is_drawn_as_two_halves() -> None:
    assert circle.annulus(10, 20, 0, 2 * pi).count("Z") == 2


def test_what_has_no_size_is_not_drawn() -> None:
    assert [arc.node.key for arc in lay_out((Node("a", "甲", 0), Node("b", "乙", 1)), PLAN).arcs] == ["b"]
    assert lay_out((), PLAN).arcs == []
