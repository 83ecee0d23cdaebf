"""What the search page asks for in its address, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from tongxin.kernel import search
from tongxin.kernel.actor import Actor
from tongxin.kernel.paging import page_number
from tongxin.kernel.rules import NOTHING
from tongxin.kernel.search import Searchable, Standing
from tongxin.kernel.text import whole_number
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.policy import SEES_ALL

FIRST = 8  # hits of each kind while all kinds are shown
PAGE = 20  # hits on a page of one kind


@dataclass(frozen=True)
class Asked:
    """The address. Unknown values are left out, so that an old bookmark still opens."""

    q: str = ""
    kind: str = ""
    standing: str = ""
    sector: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Asked:
        kind = get.get("kind", "") if get.get("kind") in {kind.key for kind in search.kinds()} else ""
        return cls(
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            kind=kind,
            standing=get.get("standing", "")[:20] if kind else "",
            sector=str(whole_number(get.get("sector", "")) or ""),
            since=_day(get.get("since", "")),
            until=_day(get.get("until", "")),
            page=page_number(get.get("page", ""), search.MOST // PAGE),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything beyond the words is asked for."""
        return any((self.kind, self.standing, self.sector, self.since, self.until))


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `more` when the page does not show all of them."""

    kind: Searchable
    hits: list[search.Hit]
    more: bool


@dataclass
class Answer:
    """The page of hits; has what the pager asks of a page."""

    actor: Actor
    asked: Asked

    @cached_property
    def found(self) -> search.Found:
        asked, one = self.asked, bool(self.asked.kind)
        if self.backwards:
            return search.Found()
        return search.find(
            self.actor,
            asked.q,
            of=asked.kind,
            standing=asked.standing,
            since=asked.since,
            until=asked.until,
            sector=int(asked.sector) if asked.sector else None,
            limit=PAGE if one else FIRST,
            start=(asked.page - 1) * PAGE if one else 0,
        )

    @property
    def groups(self) -> list[Group]:
        """The hits by kind, in the order in which the kinds registered."""
        sorted_out: dict[str, list[search.Hit]] = {}
        for hit in self.found:
            sorted_out.setdefault(hit.kind.key, []).append(hit)
        counts = self.found.counts
        return [Group(h[0].kind, h, not self.asked.kind and counts[key] > len(h)) for key, h in sorted_out.items()]

    @property
    def counts(self) -> list[tuple[Searchable, str]]:
        """The kinds in which something was found, each with how much: "100+" where counting stopped."""
        counts = self.found.counts
        return [(kind, _counted(counts[kind.key])) for kind in search.kinds() if kind.key in counts]

    @property
    def total(self) -> int:
        """How many were found of what is shown: of one kind, or of all."""
        return self.found.counts.get(self.asked.kind, 0) if self.asked.kind else len(self.found)

    @property
    def beyond(self) -> bool:
        """Whether there are more than are counted."""
        counts = self.found.counts
        return any(n > search.MOST for key, n in counts.items() if self.asked.kind in ("", key))

    @property
    def nothing_to_find(self) -> bool:
        """Whether what was typed holds no word: nothing but punctuation."""
        return search.wordless(self.asked.q)

    @property
    def backwards(self) -> bool:
        """Whether the first day lies after the last."""
        return bool(self.asked.since and self.asked.until and self.asked.since > self.asked.until)

    @cached_property
    def standings(self) -> list[Standing]:
        """What one kind can be narrowed by."""
        kind = next((kind for kind in search.kinds() if kind.key == self.asked.kind), None)
        if kind is None or kind.rule.rows(self.actor) == NOTHING:
            return []
        return search.standings(self.actor, kind)

    @cached_property
    def sectors(self) -> list[Any]:
        """To narrow by, for those whose work is not within one sector anyway."""
        if self.actor.assembly is None or not self.actor.has(*SEES_ALL, roles.COMMITTEE, roles.COUNTY):
            return []
        return list(people.sectors(self.actor.assembly, timezone.localdate()).order_by("position", "pk"))

    @property
    def number(self) -> int:
        """The page that is shown: the last one for whoever asks for a page beyond it."""
        last = -(-min(self.total, search.MOST) // PAGE)
        return min(self.asked.page, max(last, 1))

    def has_previous(self) -> bool:
        return bool(self.asked.kind) and self.number > 1

    def has_next(self) -> bool:
        return bool(self.asked.kind) and min(self.total, search.MOST) > self.number * PAGE

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1


def _counted(count: int) -> str:
    return f"{search.MOST}+" if count > search.MOST else str(count)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
