"""A room's process as data: states and moves, in one table that reads like the regulation.

Buttons, the inbox, tests and the drawn diagram come from it; `kernel.door` is the only one that acts on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q

from . import options
from .actor import Actor
from .forms import MoveForm
from .rules import NOTHING, Rule, either


@dataclass(frozen=True)
class State:
    """`tone` is the tag's colour: seal (mine to do), amber (time), jade (good end), indigo (under way), '' (quiet)."""

    name: str
    label: Any
    tone: str = ""
    final: bool = False


@dataclass(frozen=True)
class Start:
    """A deadline that a move starts: its kind, label, and the parameter that holds its length and unit.

    `named`: the field of the move's form in which a day may be named that holds instead.
    """

    kind: str
    label: Any
    parameter: str
    named: str = ""


@dataclass(frozen=True)
class Move:
    """One row of the table.

    `to` None keeps the state. `act(record, by, now, **cleaned)` changes the record and may return the facts the
    journal keeps; for a creating move (`frm` empty) it is `act(by, now, **cleaned)` and returns the unsaved record,
    and `then(record, by, now, **cleaned)` runs after it is saved; `then_many(drafts, by)` does the same for many at
    once, each draft being (record, now, cleaned), and returns a list of facts. `waits`: the record stands in the inbox
    of whoever may make the move, or of those of `waits_for` alone when it is done for some of them. `past` is the
    timeline's line; it may name facts as `{fact}`. `tells(record)` returns the users to notify.
    """

    name: str
    label: Any
    past: Any
    frm: tuple[str, ...]
    to: str | None
    who: Rule
    source: str
    form: type[MoveForm] = MoveForm
    act: Callable[..., Any] | None = None
    then: Callable[..., Any] | None = None
    then_many: Callable[..., Any] | None = None
    starts: tuple[Start, ...] = ()
    meets: tuple[str, ...] = ()
    tells: Callable[[Any], Iterable[Any]] | None = None
    waits: bool = False
    waits_in: tuple[str, ...] = ()  # only in these of its states, when it waits for somebody else in the others
    waits_for: Rule | None = None  # narrower than `who`
    primary: bool = False
    hidden: bool = False  # not offered as a button: made by the system or from a page of its own
    icon: str = ""
    hint: Any = ""

    def is_waiting(self, record: Any) -> bool:
        """Whether a record in this state waits for whoever may make the move."""
        return self.waits and record.state in (self.waits_in or self.frm)

    @property
    def creates(self) -> bool:
        return not self.frm


@dataclass
class Workflow:
    """All states and moves of one model. `series` names the number series its records draw from ("" for none).

    The journal keeps codes; `fact_words[fact](assembly_id, code)` says one in the reader's language.
    """

    name: str
    label: Any
    model: type[Model]
    states: tuple[State, ...]
    moves: list[Move]
    series: str = ""
    described_by: Callable[[Any], str] = field(default=lambda record: "")
    fact_words: dict[str, Callable[[int, Any], Any]] = field(default_factory=dict)

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def move(self, name: str) -> Move | None:
        return next((move for move in self.moves if move.name == name), None)

    def possible(self, actor: Actor, record: Any) -> list[Move]:
        """The moves the actor may make now, in the table's order."""
        return [m for m in self.moves if record.state in m.frm and m.who.allows(actor, record)]

    def waiting_moves(self, actor: Actor) -> list[tuple[Move, Q]]:
        """The moves that may wait for the actor, each with the rows in which it does, whatever their state."""
        asked = ((move, (move.waits_for or move.who).rows(actor)) for move in self.moves if move.waits)
        return [(move, rows) for move, rows in asked if rows != NOTHING]

    def waiting(self, actor: Actor) -> Q:
        """The records in which a move waits for the actor."""
        asked = self.waiting_moves(actor)
        return either(*(Q(state__in=move.waits_in or move.frm) & rows for move, rows in asked))

    def add(self, move: Move) -> None:
        """Let a later room add its move (a conversion, say)."""
        self._check(move)
        self.moves.append(move)

    def check(self) -> None:
        """Raise `ImproperlyConfigured` when the table contradicts itself."""
        names = [move.name for move in self.moves]
        if len(set(names)) != len(names):
            raise ImproperlyConfigured(f"{self.name}: a move's name stands twice")
        for move in self.moves:
            self._check(move)

    def _check(self, move: Move) -> None:
        known = {state.name for state in self.states}
        unknown = {*move.frm, *([move.to] if move.to else [])} - known
        if unknown:
            raise ImproperlyConfigured(f"{self.name}.{move.name}: no such state {sorted(unknown)}")
        if move.creates and not (move.act and move.to):
            raise ImproperlyConfigured(f"{self.name}.{move.name}: a creating move needs `act` and `to`")
        for start in move.starts:
            options.parameter_definition(start.parameter)

    def diagram(self) -> str:
        """The process as a Mermaid state diagram, for docs."""
        lines = ["stateDiagram-v2"]
        for move in self.moves:
            for frm in move.frm or ("[*]",):
                lines.append(f"    {frm} --> {move.to or frm}: {move.name}")
        lines += [f"    {state.name} --> [*]" for state in self.states if state.final]
        return "\n".join(lines)


_WORKFLOWS: dict[type[Model], Workflow] = {}


def register(workflow: Workflow) -> None:
    """Called from a room's `AppConfig.ready()`."""
    workflow.check()
    _WORKFLOWS[workflow.model] = workflow


def of(model: type[Model]) -> Workflow:
    return _WORKFLOWS[model]


def has(model: type[Model]) -> bool:
    return model in _WORKFLOWS


def every() -> list[Workflow]:
    return list(_WORKFLOWS.values())
