"""From the circle's tree to a picture: which rings are drawn for what is zoomed into, on a desk and on a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tongxin.insight.circle import Arc, Node, Picture, Plan, Ring, lay_out

from .queries import Circle

COMMITTEES = Ring(124, 204, 23, 12, gap=0.022, stack=6)
SECTORS = Ring(207, 312, 20, 10.5, gap=0.005, stack=6)

#: By what is zoomed into. Members of a large assembly are not drawn one by one: its sectors get columns instead.
WIDE = {
    "": Plan(116, (COMMITTEES, SECTORS, Ring(316, 352, bar=36)), (358, 490)),
    "columns": Plan(116, (COMMITTEES, Ring(207, 330, 22, 10.5, gap=0.005)), (334, 490), columns=True),
    "committee": Plan(116, (Ring(124, 226, 24, 12, gap=0.022, stack=6), Ring(230, 352, 19, 10, bar=34)), (358, 490)),
    "committee columns": Plan(116, (Ring(124, 330, 28, 12, gap=0.01),), (334, 490), columns=True),
    "sector": Plan(116, (Ring(124, 352, 24, 9.5, bar=38),), (360, 490)),
    "member": Plan(116, (Ring(124, 440, 30, 12, bar=40),), (448, 490)),
}
#: A telephone shows a third of a desk's size: fewer rings, names three times as large.
LEAST = 0.024  # of the circle: where a name of two characters can still be read on a telephone
NARROW_WHOLE = Plan(
    120,
    (Ring(128, 230, 44, 21, gap=0.022), Ring(234, 420, 40, 19, gap=0.005)),
    (424, 494),
    columns=True,
    least=LEAST,
)
NARROW = {
    "": NARROW_WHOLE,
    "columns": NARROW_WHOLE,
    "committee": Plan(120, (Ring(128, 330, 46, 26, gap=0.022), Ring(334, 364, bar=30)), (368, 494)),
    "committee columns": Plan(120, (Ring(128, 400, 46, 26, gap=0.01),), (404, 494), columns=True),
    "sector": Plan(120, (Ring(128, 380, 40, 24, bar=34),), (386, 494)),
    "member": Plan(120, (Ring(128, 440, 46, 26, bar=40),), (446, 494)),
}


@dataclass(frozen=True)
class Part:
    """An arc with where it leads and what it says; `tab`: it is reached by the keyboard (the others by the table)."""

    arc: Arc
    url: str
    title: str
    kind: str  # committee, sector, member or person
    tab: bool


KINDS = {"c": "committee", "s": "sector", "m": "member", "p": "person"}


@dataclass(frozen=True)
class Drawing:
    """A picture ready for its template. `name` keeps the marks of two pictures in one page apart."""

    name: str
    circle: Circle
    picture: Picture
    parts: list[Part]
    lines: list[tuple[str, Any]]  # (mark, line) of every name


def drawing(circle: Circle, name: str, plans: dict[str, Plan]) -> Drawing:
    plan = plans[_kind(circle)]
    parts = circle.parts
    if plan.columns and circle.detailed:
        parts = tuple(_without_leaves(part, len(plan.rings)) for part in parts)
    picture = lay_out(parts, plan)
    base = reverse("circle:index")
    drawn, lines = [], []
    for arc in picture.arcs:
        url, title = circle.titles.get(arc.node.key, ("", arc.node.label))
        kind = KINDS[arc.node.key[0]]
        drawn.append(Part(arc, base + url if url else "", title, kind, tab=kind in ("committee", "sector")))
        lines += [(f"{name}{arc.node.key}{n}", line) for n, line in enumerate(arc.name)]
    return Drawing(name, circle, picture, drawn, lines)


def _kind(circle: Circle) -> str:
    if circle.focus in ("", "committee") and not circle.detailed:
        return f"{circle.focus} columns".strip()
    return circle.focus


def _without_leaves(node: Node, depth: int) -> Node:
    """The tree down to so many rings; what was below is in its sums."""
    children = tuple(_without_leaves(child, depth - 1) for child in node.children) if depth > 1 else ()
    return Node(node.key, node.label, node.size, node.counts, node.band, children)
