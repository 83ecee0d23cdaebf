"""What differs from place to place: lists of options and parameters, declared with a default and its source,
editable per assembly.

Rooms declare; an assembly that changes nothing uses the defaults. A change is seen by every process within ten seconds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

REMEMBERED_SECONDS = 10


@dataclass(frozen=True)
class Choice:
    """One entry of a list. `meaning` is the neutral code that figures compare across places."""

    code: str
    zh: str
    en: str
    meaning: str = ""
    active: bool = True
    source: str = ""

    @property
    def label(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


@dataclass(frozen=True)
class ListDefinition:
    """`expected` is the number of entries an assembly should have (5 channels, 8 tasks); others are warned about.

    Of a list `of_days` the codes are days (2027-01-04), and `meanings` says what a day can be.
    """

    key: str
    label: Any
    defaults: tuple[Choice, ...]
    source: Any
    expected: int | None = None
    of_days: bool = False
    meanings: tuple[tuple[str, Any], ...] = ()

    def known_meanings(self) -> dict[str, str]:
        """The neutral meanings an entry may have, with words: those declared, or the presets' by their names."""
        found: dict[str, list[str]] = {}
        for meaning, words in self.meanings or ((choice.meaning, choice.label) for choice in self.defaults):
            if meaning:
                found.setdefault(meaning, []).append(str(words))
        return {meaning: " / ".join(words) for meaning, words in found.items()}


@dataclass(frozen=True)
class ParameterDefinition:
    """`unit`: "days" (calendar), "working_days", "count", "months", "flag", "text" or "choice" (one of `allowed`, or of
    the assembly's entries of the list `of_list`)."""

    key: str
    label: Any
    default: Any
    unit: str
    source: Any
    least: int = 1  # the smallest number that makes sense
    allowed: tuple[Choice, ...] = ()
    of_list: str = ""

    def offered(self, assembly_id: int | None) -> list[Choice]:
        """What a choice may be, in this assembly."""
        return every_choice(assembly_id, self.of_list) if self.of_list else list(self.allowed)

    def shown(self, assembly_id: int | None, value: Any) -> Any:
        """A value as it is read: of a choice its words."""
        return next((choice.label for choice in self.offered(assembly_id) if choice.code == value), value)


_LISTS: dict[str, ListDefinition] = {}
_PARAMETERS: dict[str, ParameterDefinition] = {}


def declare_list(definition: ListDefinition) -> None:
    _LISTS[definition.key] = definition


def declare_parameter(definition: ParameterDefinition) -> None:
    _PARAMETERS[definition.key] = definition


def lists() -> list[ListDefinition]:
    return list(_LISTS.values())


def parameters() -> list[ParameterDefinition]:
    return list(_PARAMETERS.values())


def list_definition(key: str) -> ListDefinition:
    if key not in _LISTS:
        raise ImproperlyConfigured(f"no list “{key}” is declared")
    return _LISTS[key]


def parameter_definition(key: str) -> ParameterDefinition:
    if key not in _PARAMETERS:
        raise ImproperlyConfigured(f"no parameter “{key}” is declared")
    return _PARAMETERS[key]


def every_choice(assembly_id: int | None, key: str) -> list[Choice]:
    """The list as the assembly keeps it, switched-off entries included (old records still need their labels)."""
    definition = list_definition(key)
    return _remembered("lists", assembly_id).get(key) or list(definition.defaults)


def choices(assembly_id: int | None, key: str) -> list[Choice]:
    """The entries one may choose today."""
    return [choice for choice in every_choice(assembly_id, key) if choice.active]


def label(assembly_id: int | None, key: str, code: str) -> str:
    """The label of a code; the code itself when the list no longer knows it."""
    return next((c.label for c in every_choice(assembly_id, key) if c.code == code), code)


def meaning(assembly_id: int | None, key: str, wanted: str) -> str:
    """The code of the first entry of that neutral meaning which may be chosen today; "" when there is none."""
    return next((choice.code for choice in choices(assembly_id, key) if choice.meaning == wanted), "")


def parameter(assembly_id: int | None, key: str) -> Any:
    definition = parameter_definition(key)
    return _remembered("parameters", assembly_id).get(key, definition.default)


def clause(assembly_id: int | None, key: str) -> str | None:
    """The clause an assembly has entered for a parameter of its own; "" when it named none, None when it has not set
    the parameter."""
    return _remembered("clauses", assembly_id).get(key)


def forget(assembly_id: int | None) -> None:
    """Drop what this process remembers, after a change."""
    caches["local"].delete(f"options.{assembly_id}")


def _remembered(kind: str, assembly_id: int | None) -> dict[str, Any]:
    """All that an assembly keeps of one kind ("lists", "parameters", "clauses"), by key; the unchanged is missing."""
    if assembly_id is None:
        return {}
    kept = caches["local"].get_or_set(f"options.{assembly_id}", lambda: _kept(assembly_id), REMEMBERED_SECONDS)
    return (kept or {}).get(kind, {})


def _kept(assembly_id: int) -> dict[str, dict[str, Any]]:
    """Lists and parameters of an assembly, in one query."""
    from .models import Option, Parameter

    entry = ("list", "code", "zh", "en", "meaning", "source", "active", "position")
    own = Option.objects.filter(assembly_id=assembly_id).order_by().values_list(*entry, Value(""))
    blank = [Value("")] * 4
    numbers = Parameter.objects.filter(assembly_id=assembly_id).order_by()
    set_ = numbers.values_list("key", *blank, "source", Value(True), Value(-1), Cast("value", TextField()))
    lists: dict[str, list[tuple[int, Choice]]] = {}
    parameters: dict[str, Any] = {}
    clauses: dict[str, str] = {}
    for key, code, zh, en, meaning, source, active, position, value in own.union(set_, all=True):
        if value:
            parameters[key], clauses[key] = json.loads(value), source
        else:
            choice = Choice(code, zh, en or zh, meaning, bool(active), source)
            lists.setdefault(key, []).append((position, choice))
    ordered = {key: [c for _at, c in sorted(rows, key=lambda r: (r[0], r[1].code))] for key, rows in lists.items()}
    return {"lists": ordered, "parameters": parameters, "clauses": clauses}
