"""The registry of figures. A figure is a named query, not a number: whoever sees the number can open its records.

Rooms declare their figures in `figures.py` and register them at start; `account.figures` shows, lists and exports them.

A figure names a *population* (`within`: the assembly's concerns heard in the year) and says which of it count
(`counted`). Figures that share a population are counted in one pass, and a whole sheet of figures in one query.
"""

from .conditions import holds
from .counting import Answer, answer, answer_all, first_year, openable, percentage, reads
from .declaring import (
    COUNTED,
    GROUPS,
    PERCENT,
    PERIODS,
    REST,
    WHOLE,
    Column,
    Dimension,
    Figure,
    Group,
    Scope,
    everything,
    own,
    scope,
)
from .dividing import NONE, Part, divide, divide_all, in_part, key_of
from .registry import every, get, register

__all__ = [
    "COUNTED",
    "GROUPS",
    "NONE",
    "PERCENT",
    "PERIODS",
    "REST",
    "WHOLE",
    "Answer",
    "Column",
    "Dimension",
    "Figure",
    "Group",
    "Part",
    "Scope",
    "answer",
    "answer_all",
    "divide",
    "divide_all",
    "every",
    "everything",
    "first_year",
    "get",
    "holds",
    "in_part",
    "key_of",
    "openable",
    "own",
    "percentage",
    "reads",
    "register",
    "scope",
]
