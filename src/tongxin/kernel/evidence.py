"""不调研不建言、不调研不协商: who gives advice or consults says on what ground (domain §1.4 P13).

Rooms register which of their records are grounds (a finished research report, a contact, a concern). A room whose
papers have to rest on some registers a `Demand`: where to look, and the parameter that says whether a paper without
any is let pass ("off"), pointed out ("warn") or held back ("block"). A form that derives from `EvidencedForm` does what
the parameter says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from . import options
from .forms import MoveForm
from .models import Record
from .options import Choice, ParameterDefinition
from .rules import matches

OFF, WARN, BLOCK = "off", "warn", "block"
HOW_STRICT = (
    Choice(OFF, "不要求", "not asked for"),
    Choice(WARN, "提醒", "pointed out"),
    Choice(BLOCK, "不允许提交", "not let pass"),
)
SOURCE = "双鸭山市政协：“不调研不建言、不调研不协商”"


@dataclass(frozen=True)
class Ground:
    """A kind of record that something can rest on. `counts` says which of them do: not a void contact."""

    model: type[Record]
    label: Any
    counts: Q = Q()  # noqa: RUF009 - a constant


@dataclass(frozen=True)
class Demand:
    """What papers of a kind have to rest on.

    `found(paper)` are the records the paper hangs on, of whatever kinds; `parameter` is the key of the option;
    `sentence` says what is missing and what to do about it.
    """

    model: type[Record]
    parameter: str
    found: Callable[[Any], Iterable[Record]]
    sentence: Any


@dataclass(frozen=True)
class Verdict:
    """Nothing was found that the paper rests on: the sentence to say, and whether that holds it back."""

    sentence: str
    blocks: bool


_GROUNDS: dict[type[Record], Ground] = {}
_DEMANDS: dict[type[Record], Demand] = {}


def register(ground: Ground) -> None:
    """Called from a room's `AppConfig.ready()`."""
    _GROUNDS[ground.model] = ground


def grounds() -> list[Ground]:
    return list(_GROUNDS.values())


def demand(wanted: Demand) -> None:
    """Called from a room's `AppConfig.ready()`, after its parameter was declared."""
    options.parameter_definition(wanted.parameter)
    _DEMANDS[wanted.model] = wanted


def parameter(key: str, label: Any, default: str = WARN) -> ParameterDefinition:
    """The option off, warn, block of a room that demands evidence, to be declared with the room's others."""
    if default not in (choice.code for choice in HOW_STRICT):
        raise ImproperlyConfigured(f"{key}: “{default}” is not one of off, warn, block")
    return ParameterDefinition(key, label, default, "choice", SOURCE, allowed=HOW_STRICT)


def counts(record: Record) -> bool:
    """Whether the record is a ground that something can rest on."""
    ground = _GROUNDS.get(type(record))
    return ground is not None and matches(ground.counts, record)


def check(paper: Record) -> Verdict | None:
    """None when the paper rests on something, or when nothing is demanded of it."""
    wanted = _DEMANDS.get(type(paper))
    how = options.parameter(paper.assembly_id, wanted.parameter) if wanted else OFF
    if wanted is None or how == OFF or any(counts(record) for record in wanted.found(paper)):
        return None
    return Verdict(str(wanted.sentence), blocks=how == BLOCK)


class EvidencedForm(MoveForm):
    """The form of a move that a paper without evidence does not make, or makes with a warning on the page."""

    def prepare(self) -> None:
        super().prepare()
        self.verdict = check(self.record) if self.record is not None else None
        if self.verdict and not self.verdict.blocks:
            self.warnings = (*self.warnings, self.verdict.sentence)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.verdict and self.verdict.blocks:
            raise forms.ValidationError(self.verdict.sentence, code="no_evidence")
        return cleaned
