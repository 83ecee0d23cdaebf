"""What rooms put on the signed-in home above the inbox; rooms register theirs, the shell draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .actor import Actor
from .rules import Gate


@dataclass(frozen=True)
class Panel:
    """`template` draws what `load(actor)` found, as `panel`; a panel that finds nothing (None) is not drawn.

    `styles` are static files the template needs.
    """

    template: str
    gate: Gate
    load: Callable[[Actor], Any]
    order: int = 0
    styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A panel with what it found for somebody."""

    panel: Panel
    found: Any

    @property
    def template(self) -> str:
        return self.panel.template


_PANELS: list[Panel] = []


def register(panel: Panel) -> None:
    """Called from a room's `AppConfig.ready()`."""
    _PANELS.append(panel)


def panels(actor: Actor) -> list[Shown]:
    """What stands on the actor's home, in order."""
    allowed = sorted((panel for panel in _PANELS if panel.gate(actor)), key=lambda panel: panel.order)
    shown = [Shown(panel, panel.load(actor)) for panel in allowed]
    return [each for each in shown if each.found is not None]
