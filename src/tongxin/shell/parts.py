"""What components draw: shapes made by pages and templates, without HTML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

TONES = ("seal", "jade", "amber", "indigo", "")
BAR = ("seal", "ochre", "indigo", "jade", "plum", "sand")  # colours of neighbouring parts differ in lightness too


@dataclass(frozen=True)
class Part:
    """A part of a whole: `count` records, which `url` opens. `tone` "" takes the next colour."""

    label: Any
    count: int
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Step:
    """A step of a process strip or a line of a timeline. `state` is done, now or next."""

    title: Any
    note: Any = ""
    state: str = "done"


@dataclass(frozen=True)
class Slice:
    """A part as it is drawn: from `x`, `width` wide, in thousandths of the bar."""

    part: Part
    tone: str
    x: float
    width: float
    percent: str


def slices(parts: list[Part]) -> list[Slice]:
    """Parts side by side; those that hold nothing keep their place in the legend."""
    whole = sum(part.count for part in parts)
    drawn, x = [], 0.0
    for number, part in enumerate(parts):
        width = 1000 * part.count / whole if whole else 0.0
        percent = f"{100 * part.count / whole:.0f}%" if whole else "–"
        drawn.append(Slice(part, part.tone or BAR[number % len(BAR)], round(x, 1), round(width, 1), percent))
        x += width
    return drawn


def as_part(value: Any) -> Part:
    """A part from a `Part` or from (label, count[, url[, tone]])."""
    return value if isinstance(value, Part) else Part(*value)


def as_step(value: Any) -> Step:
    """A step from a `Step` or from (title[, note[, state]])."""
    return value if isinstance(value, Step) else Step(*value)


def number(value: Any) -> str:
    """A number with thousands marked; a dash where there is nothing to count."""
    if value is None:
        return "–"
    if isinstance(value, int | float | Decimal):
        return f"{value:,}"
    return str(value)
