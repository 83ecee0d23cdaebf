"""Pages of a list whose exact number nobody needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tongxin.kernel.paging import Pager

PAGE = 30
LAST_PAGE = 400


@dataclass
class Slice(Pager):
    """One page of rows; has what the pager asks of a page. Nobody needs the exact number of all pages."""

    rows: list[Any]
    number: int
    more: bool

    @classmethod
    def of(cls, rows: QuerySet, number: int) -> Slice:
        start = (number - 1) * PAGE
        found = list(rows[start : start + PAGE + 1])
        return cls(found[:PAGE], number, len(found) > PAGE)

    def __iter__(self) -> Any:
        return iter(self.rows)


def page_number(get: Mapping[str, str]) -> int:
    page = get.get("page", "")
    return min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 6 else 1
