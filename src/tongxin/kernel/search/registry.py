"""What can be found, and by whom. Rooms register their kinds of record; the kernel knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from .. import workflow
from ..actor import Actor
from ..models import Record
from ..rules import Rule


@dataclass(frozen=True)
class Standing:
    """One choice of "where it stands": a state, or several that the actor is told of as one."""

    key: str
    label: Any
    tone: str = ""
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Searchable:
    """A kind of record that can be found by its title, body, reference (a number, say) and whatever is in `more`.

    Titles, references and passages of the body are shown to whoever the `rule` lets see the record, so all of them
    must be for those eyes; `more` is found, but never shown. None of it may hold personal data of constituents;
    what looks like a telephone number in it is neither found nor shown.
    Words in a reader's language do not belong into them: they are kept as they are when the record is saved.
    `standings(actor)` says how states are told to the actor, who can narrow by them; without it, as the workflow names
    them. `related` is what making a document follows from the record, `follows` whose words a document quotes: of which
    model, by which path from the record, and in which fields. When one of these is revised, the documents follow.
    """

    model: type[Record]
    label: Any
    icon: str
    rule: Rule
    title: Callable[[Any], str]
    body: Callable[[Any], str] = lambda record: ""
    reference: Callable[[Any], str] = lambda record: ""
    more: Callable[[Any], str] = lambda record: ""
    on: Callable[[Any], date | None] = lambda record: None
    sector: Callable[[Any], int | None] = lambda record: record.sector_id
    standings: Callable[[Actor], Sequence[Standing]] | None = None
    related: tuple[str, ...] = ()
    follows: tuple[tuple[type[Record], str, frozenset[str]], ...] = ()

    @property
    def key(self) -> str:
        """How addresses and documents name the kind: `concerns.concern`."""
        return self.model.label()

    def rows(self) -> QuerySet:
        return self.model._default_manager.all()


@dataclass(frozen=True)
class Shown:
    """A kind of record that is not searched for, but named in the news of those who may see it, with its `line`."""

    rule: Rule
    line: Callable[[Any], str]


_KINDS: dict[type, Searchable] = {}
_SHOWN: dict[type, Shown] = {}


def register(kind: Searchable) -> None:
    _KINDS[kind.model] = kind


def kinds() -> list[Searchable]:
    return list(_KINDS.values())


def kind_of(model: type) -> Searchable | None:
    return _KINDS.get(model)


def show(model: type, rule: Rule, line: Callable[[Any], str] = lambda record: "") -> None:
    """Let a kind of record that is not searched for be named."""
    _SHOWN[model] = Shown(rule, line)


def rule_of(model: type) -> Rule | None:
    """Who may be told of records of the kind; None for a kind that is never named."""
    kind = _KINDS.get(model) or _SHOWN.get(model)
    return kind.rule if kind else None


def named(model: type) -> bool:
    """Whether records of the kind can be named to somebody at all."""
    return model in _KINDS or model in _SHOWN


def line(record: Any) -> str:
    """What tells a record that is only named from others of the same title, its day say."""
    shown = _SHOWN.get(type(record))
    return shown.line(record) if shown else ""


def standings(actor: Actor, kind: Searchable) -> list[Standing]:
    """Where records of the kind can stand, as the actor may know it; empty for a kind without states."""
    if kind.standings:
        return list(kind.standings(actor))
    if not workflow.has(kind.model):
        return []
    states = workflow.of(kind.model).states
    return [Standing(state.name, state.label, state.tone, (state.name,)) for state in states]
