"""Pages of a list that are cut without counting the whole list, and what the pager's template asks of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def page_number(text: str, last: int) -> int:
    """The page an address asks for, no further than `last`, which nobody leafs beyond; 1 for what is no number."""
    if not text.isdecimal():
        return 1
    return min(max(int(text), 1), last) if len(text) <= len(str(last)) else last


def cut(rows: QuerySet, number: int, size: int) -> tuple[list[Any], int, bool]:
    """The rows of a page, its number, and whether there are more behind it. Beyond the last page it is the last one."""

    def found(at: int) -> list[Any]:
        return list(rows[(at - 1) * size : at * size + 1])

    here = found(number)
    if not here and number > 1:
        number = max(-(-rows.count() // size), 1)
        here = found(number)
    return here[:size], number, len(here) > size


class Pager:
    """A page by its number, with whether there are `more` behind it; speaks like Django's own pages."""

    number: int
    more: bool

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.more

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1
