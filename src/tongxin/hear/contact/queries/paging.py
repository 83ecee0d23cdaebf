"""Pages of a list whose exact number nobody needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tongxin.kernel import paging

PAGE = 30
LAST_PAGE = 400


@dataclass
class Slice(paging.Pager):
    """One page of rows; has what the pager asks of a page. Nobody needs the exact number of all pages."""

    rows: list[Any]
    number: int
    more: bool

    @classmethod
    def of(cls, rows: QuerySet, number: int) -> Slice:
        found, number, more = paging.cut(rows, number, PAGE)
        return cls(found, number, more and number < LAST_PAGE)

    def __iter__(self) -> Any:
        return iter(self.rows)


def page_number(get: Mapping[str, str]) -> int:
    return paging.page_number(get.get("page", ""), LAST_PAGE)
