"""Levels of reports and adoptions: which an assembly may choose, which one a receiver is, and how a level of the
assembly above is called below."""

from __future__ import annotations

from typing import Any

from tongxin.kernel import options
from tongxin.kernel.options import Choice

LIST = "briefs.level"
#: By the level of an assembly: its code in the lists of those below it, and that of its Party and government.
ASSEMBLIES = {"province": "province_assembly", "city": "municipal_assembly"}
GOVERNMENTS = {"province": "province", "city": "municipal"}
#: Neutral meanings that are above nobody there: a city has no city above it.
_NOT_ABOVE = {"province": ("city", "province"), "city": ("city",), "county": ()}


def offered(assembly: Any) -> list[Choice]:
    """The levels of the assembly's list that can be above it, or its own."""
    left_out = _NOT_ABOVE.get(assembly.level, ()) if assembly is not None else ()
    return [each for each in options.choices(assembly and assembly.pk, LIST) if each.meaning not in left_out]


def of_receiver(below: Any, receiver: Any) -> str:
    """The level that a report to the assembly above goes to; "" when the list below has none for it."""
    code = ASSEMBLIES.get(receiver.level, "") if receiver is not None else ""
    return code if any(each.code == code for each in offered(below)) else ""


def seen_from(below: Any, above: Any, code: str) -> str:
    """A level of the assembly above, as the list below calls it: what is "this place" there is the city's or the
    province's here. "" when the list below has nothing of the kind."""
    known = next((each for each in options.every_choice(above.pk, LIST) if each.code == code), None)
    if known is None:
        return ""
    wanted = GOVERNMENTS.get(above.level, "") if known.meaning == "own" else code
    rows = offered(below)
    same = next((each.code for each in rows if each.code == wanted), "")
    if same or known.meaning == "own":
        return same
    return next((each.code for each in rows if each.meaning == known.meaning), "")
