"""What an actor may see and a query finds: in each kind the newest day first, what has no day by its making."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from tongxin.insight.passages import Piece, passage
from tongxin.insight.terms import Query

from ..actor import Actor
from ..models import SearchDocument
from ..rules import EVERYTHING, NOTHING
from . import engine
from .newest import Asked, newest
from .registry import Searchable, Standing, kinds, standings

LONGEST_QUERY = 100  # characters; more is cut
MOST = 100  # hits of a kind that are counted and can be leafed through; whoever has more narrows them
PASSAGE = 90  # characters shown of a hit
TITLE = 60


@dataclass(frozen=True)
class Hit:
    """One record found. `title` and `passage` are pieces, those that were looked for marked as `found`."""

    kind: Searchable
    url: str
    reference: str
    title: list[Piece]
    passage: list[Piece]
    standing: Standing | None
    sector: Any
    on: date | None
    record_id: int


@dataclass(frozen=True)
class Found:
    """The hits that are shown, and how many there are of each kind: exact up to `MOST`, `MOST` + 1 for more."""

    hits: list[Hit] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return sum(self.counts.values())


def find(
    actor: Actor,
    text: str,
    *,
    of: str = "",
    standing: str = "",
    since: date | None = None,
    until: date | None = None,
    sector: int | None = None,
    limit: int = 20,
    start: int = 0,
) -> Found:
    """At most `limit` hits of each kind, after the first `start`; two queries, however many kinds there are.

    A `start` beyond the last page of `limit` hits stands for that page.
    With `of`, the key of a kind, hits are those of it alone; the counts still tell of the others. A kind without
    states, day or sector is left out when the hits are narrowed by one.
    """
    query = Query.read(text[:LONGEST_QUERY])
    if not query:
        return Found()
    asked: list[Asked] = []
    for kind in kinds():
        narrowed = _narrowed(actor, kind, standing, since, until, sector)
        seen = kind.rule.rows(actor)
        if seen != NOTHING and narrowed is not None:
            asked.append(Asked(kind.key, narrowed, None if seen == EVERYTHING else kind.rows().filter(seen)))
    ids = dict(zip((each.label for each in asked), newest(asked, query, MOST + 1), strict=True))
    shown = [pk for label, found in ids.items() if of in ("", label) for pk in _page(found[:MOST], start, limit)]
    return Found(hits(actor, shown, query), {label: len(found) for label, found in ids.items() if found})


def _page(found: list[int], start: int, limit: int) -> list[int]:
    if start >= len(found) and limit:
        start = max(len(found) - 1, 0) // limit * limit
    return found[start : start + limit]


def matching(queryset: QuerySet, text: str) -> QuerySet:
    """The rows of a room's own queryset that the text finds: all for an empty text, none when it is `wordless`."""
    if not text.strip():
        return queryset
    query = Query.read(text[:LONGEST_QUERY])
    if not query:
        return queryset.none()
    return queryset.filter(pk__in=engine.record_ids(queryset.model._meta.label_lower, query))


def wordless(text: str) -> bool:
    """Whether something is asked for that holds no word: nothing but punctuation. It finds nothing anywhere."""
    return bool(text.strip()) and not Query.read(text[:LONGEST_QUERY])


def hits(actor: Actor, ids: list[int], query: Query) -> list[Hit]:
    """The hits of documents in the order of their ids; one query."""
    if not ids:
        return []
    known = {kind.key: kind for kind in kinds()}
    stands = {
        kind.key: {state: each for each in standings(actor, kind) for state in each.states} for kind in known.values()
    }
    rows = SearchDocument.objects.select_related("sector").defer("terms").in_bulk(ids)
    return [
        _hit(known[row.record_type], row, query, stands[row.record_type].get(row.state))
        for pk in ids
        if (row := rows.get(pk)) and row.record_type in known
    ]


def _hit(kind: Searchable, row: SearchDocument, query: Query, standing: Standing | None) -> Hit:
    title = passage(row.title, query, TITLE)
    body = passage(row.body, query, PASSAGE)
    said_already = row.body.startswith(row.title) and len(row.body) <= TITLE
    return Hit(
        kind=kind,
        url=kind.model(pk=row.record_id).get_absolute_url(),  # type: ignore[attr-defined,misc]
        reference=row.reference,
        title=title,
        passage=[] if said_already else body,
        standing=standing,
        sector=row.sector,
        on=row.on,
        record_id=row.record_id,
    )


def _narrowed(
    actor: Actor, kind: Searchable, standing: str, since: date | None, until: date | None, sector: int | None
) -> Q | None:
    """The condition on documents; None when the kind has no such standing for this actor."""
    wanted = Q()
    if standing:
        states = next((each.states for each in standings(actor, kind) if each.key == standing), None)
        if states is None:
            return None
        wanted &= Q(state__in=states)
    if since:
        wanted &= Q(on__gte=since)
    if until:
        wanted &= Q(on__lte=until)
    if sector:
        wanted &= Q(sector_id=sector)
    return wanted
