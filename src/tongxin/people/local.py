"""An assembly's own lists and numbers: changed by its office, journaled, seen by every process within seconds."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import Option, Parameter
from tongxin.kernel.options import Choice
from tongxin.kernel.text import stamp

from . import accounts, policy

ENTRY = ("code", "zh", "en", "meaning", "source", "active")


def save_list(key: str, entries: list[dict[str, Any]], by: Actor) -> None:
    """Make the entries the assembly's list, in this order. What is left out is switched off: old records name it."""
    definition, assembly_id = options.list_definition(key), _own(by)
    kept = options.every_choice(assembly_id, key)
    named = {entry["code"] for entry in entries}
    gone = [_as_entry(choice, active=False) for choice in kept if choice.code not in named]
    with transaction.atomic():
        for position, entry in enumerate([*entries, *gone]):
            Option.objects.update_or_create(
                assembly_id=assembly_id, list=key, code=entry["code"], defaults={**entry, "position": position}
            )
        accounts.record(by.assembly, "list_changed", by, list=str(definition.label))
    transaction.on_commit(lambda: options.forget(assembly_id))


def save_parameter(key: str, value: Any, source: str, by: Actor) -> None:
    """Set the assembly's own value of a parameter."""
    definition, assembly_id = options.parameter_definition(key), _own(by)
    with transaction.atomic():
        Parameter.objects.update_or_create(
            assembly_id=assembly_id, key=key, defaults={"value": value, "source": source}
        )
        accounts.record(by.assembly, "parameter_changed", by, parameter=str(definition.label), note=str(value))
    transaction.on_commit(lambda: options.forget(assembly_id))


def fingerprint(assembly_id: int | None, key: str) -> str:
    """Tells whether a list has changed since a page was shown."""
    return stamp([[getattr(choice, name) for name in ENTRY] for choice in options.every_choice(assembly_id, key)])


def _as_entry(choice: Choice, active: bool) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in ENTRY} | {"active": active}


def _own(by: Actor) -> int:
    if by.assembly_id is None or not (by.is_system or policy.MANAGERS(by)):
        raise NotAllowed(_("Only the administrator and the office of an assembly change its lists and numbers."))
    return by.assembly_id
