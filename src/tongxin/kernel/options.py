"""What differs from place to place: lists of options and parameters, declared with a default and its source,
editable per assembly.

Rooms declare; an assembly that changes nothing uses the defaults. A change is seen by every process within ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
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

    `wrong(code, meaning)` says what is wrong with an entry, "" when nothing is.
    """

    key: str
    label: Any
    defaults: tuple[Choice, ...]
    source: Any
    expected: int | None = None
    wrong: Callable[[str, str], str] = lambda code, meaning: ""


@dataclass(frozen=True)
class ParameterDefinition:
    """`unit`: "days" (calendar), "working_days", "count", "months", "flag" or "text"."""

    key: str
    label: Any
    default: Any
    unit: str
    source: Any
    least: int = 1  # the smallest number that makes sense


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
    return _remembered("lists", assembly_id, _lists_of).get(key) or list(definition.defaults)


def choices(assembly_id: int | None, key: str) -> list[Choice]:
    """The entries one may choose today."""
    return [choice for choice in every_choice(assembly_id, key) if choice.active]


def label(assembly_id: int | None, key: str, code: str) -> str:
    """The label of a code; the code itself when the list no longer knows it."""
    return next((c.label for c in every_choice(assembly_id, key) if c.code == code), code)


def parameter(assembly_id: int | None, key: str) -> Any:
    definition = parameter_definition(key)
    return _remembered("parameters", assembly_id, _parameters_of).get(key, definition.default)


def forget(assembly_id: int | None) -> None:
    """Drop what this process remembers, after a change."""
    caches["local"].delete_many([f"options.lists.{assembly_id}", f"options.parameters.{assembly_id}"])


def _remembered(kind: str, assembly_id: int | None, load: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """All that an assembly keeps of one kind, by key; what it has not changed is missing."""
    if assembly_id is None:
        return {}
    key = f"options.{kind}.{assembly_id}"
    return caches["local"].get_or_set(key, lambda: load(assembly_id), REMEMBERED_SECONDS) or {}


def _lists_of(assembly_id: int) -> dict[str, list[Choice]]:
    from .models import Option

    kept: dict[str, list[Choice]] = {}
    for row in Option.objects.filter(assembly_id=assembly_id).order_by("list", "position", "code"):
        choice = Choice(row.code, row.zh, row.en or row.zh, row.meaning, row.active, row.source)
        kept.setdefault(row.list, []).append(choice)
    return kept


def _parameters_of(assembly_id: int) -> dict[str, Any]:
    from .models import Parameter

    return dict(Parameter.objects.filter(assembly_id=assembly_id).values_list("key", "value"))
