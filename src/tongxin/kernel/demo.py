"""What the rooms share while the demo is built: profile, texts, dice and what was already made."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any

from .actor import Actor


@dataclass
class Demo:
    """`made` is the shelf between rooms; `random` is seeded.

    `now` is the first moment of the day: the stories end there, so that they are the same at whatever hour somebody
    builds the demo, and nothing in them has yet to come.
    """

    profile: dict[str, Any]
    now: datetime
    password: str
    random: random.Random
    system: Actor
    say: Callable[[str], None]
    made: dict[str, Any] = field(default_factory=dict)

    def data(self, name: str) -> dict[str, Any]:
        """A TOML file of the demo's texts, by name without ending."""
        return tomllib.loads(self.text(f"{name}.toml"))

    def text(self, filename: str) -> str:
        return resources.files("tongxin.conf").joinpath("demo_data", filename).read_text("utf-8")


_PARTS: list[tuple[int, Callable[[Demo], None]]] = []


def register(part: Callable[[Demo], None], order: int = 0) -> None:
    """Parts run in the order in which rooms register; a higher `order` runs later, when it needs a higher room's
    part."""
    _PARTS.append((order, part))


def build(demo: Demo) -> None:
    for _order, part in sorted(_PARTS, key=lambda item: item[0]):
        part(demo)
