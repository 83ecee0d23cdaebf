"""The codes that stand on the doors: unique in the whole installation, since `/s/<code>` names no assembly."""

from __future__ import annotations

import re
from itertools import count

from .models import Station


def next_code(assembly_id: int | None) -> str:
    """The code after the assembly's highest of the usual form (A076 → A077), A001 for its first; of those that are free
    in the whole installation, since a code leads to its station without naming the assembly."""
    usual = Station.objects.filter(code__regex=r"^[A-Z]+\d+$")
    last = usual.filter(assembly=assembly_id).order_by("-code").values_list("code", flat=True).first() or "A000"
    prefix, digits = re.fullmatch(r"([A-Z]+)(\d+)", last).groups()  # type: ignore[union-attr]
    taken = set(usual.filter(code__startswith=prefix).values_list("code", flat=True))
    numbers = (f"{prefix}{number:0{len(digits)}d}" for number in count(int(digits) + 1))
    return next(code for code in numbers if code not in taken)
