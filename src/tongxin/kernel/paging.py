"""What the pager's template asks of a page that is cut without counting the whole list."""

from __future__ import annotations


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
