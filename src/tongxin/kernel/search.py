"""Search: overlapping character bigrams in the database's own full-text engine, permission inside the query.

Trigram indexes find no two-character Chinese word, so `insight.text` makes the terms; FTS5 (SQLite) or a GIN index over
`tsvector` (PostgreSQL) finds them. The same text gives the same hits on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tongxin.insight import text as chinese
from tongxin.insight.terms import index_terms, query_terms

from . import unions
from .actor import Actor
from .models import Record, SearchDocument
from .rules import NOTHING, Rule

LONGEST_QUERY = 100  # characters; more is cut
CANDIDATES = 200
PASSAGE = 80  # characters shown of a hit
RARE_TERMS = 40


@dataclass(frozen=True)
class Searchable:
    """A kind of record that can be found. `text(record)` is what is indexed; `title` and `body` are field names.

    `by_the_way(record)` is the short line under a hit.
    """

    model: type[Record]
    label: Any
    icon: str
    rule: Rule
    text: Callable[[Any], str]
    title: str
    body: str
    line: Callable[[Any], str] = lambda record: ""
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    kind: Any
    icon: str
    record: Any
    title: str
    excerpt: str
    line: str
    url: str


_KINDS: dict[type[Record], Searchable] = {}


def register(kind: Searchable) -> None:
    _KINDS[kind.model] = kind


def kinds() -> list[Searchable]:
    return list(_KINDS.values())


_SEEN: dict[type, Rule] = {}


def show(model: type, rule: Rule) -> None:
    """Let a kind of record that is not searched for be named to those who may see it (in their news)."""
    _SEEN[model] = rule


def sees(actor: Actor, model: Any, ids: Iterable[int]) -> dict[int, Any]:
    """Of the records with these ids those that the actor may find, by id; none of a kind that cannot be found."""
    kind = _KINDS.get(model)
    rule = kind.rule if kind else _SEEN.get(model)
    return rule.filter(actor, model._default_manager.all()).in_bulk(list(ids)) if rule else {}


def words(record: Record) -> str | None:
    """What of a record is indexed; None for a kind that cannot be found."""
    kind = _KINDS.get(type(record))
    return kind.text(record) if kind else None


def index(record: Record) -> None:
    """Bring the record's document up to date; part of the door."""
    kind = _KINDS.get(type(record))
    if kind:
        SearchDocument.objects.update_or_create(
            record_type=record.label(), record_id=record.pk, defaults={"terms": _terms(kind.text(record))}
        )


def index_many(records: Iterable[Record]) -> None:
    """Add documents of new records."""
    SearchDocument.objects.bulk_create(
        SearchDocument(record_type=record.label(), record_id=record.pk, terms=_terms(kind.text(record)))
        for record in records
        if (kind := _KINDS.get(type(record)))
    )


def matching(queryset: QuerySet, text: str) -> QuerySet:
    """The rows of a queryset whose document holds every term of the text; all rows when the text has none."""
    wanted = query_terms(text[:LONGEST_QUERY])
    if not wanted:
        return queryset
    return queryset.filter(pk__in=_found(queryset.model, wanted, every=True))


def find(actor: Actor, text: str, only: Iterable[type] = (), limit: int = 20) -> list[Hit]:
    """What the actor may see and the text finds, the newest first in each kind; one query that finds, and one for each
    kind in which something is found."""
    hits: list[Hit] = []
    if not query_terms(text[:LONGEST_QUERY]):
        return hits
    kinds = [kind for kind in _KINDS.values() if not only or kind.model in only]
    seen = [(kind, kind.rule.rows(actor)) for kind in kinds]
    rows = [kind.model._default_manager.filter(q) for kind, q in seen if q != NOTHING]
    found = unions.first_of_each([matching(each, text).order_by("-id") for each in rows], limit)
    for kind in kinds:
        ids = found.get(kind.model._meta.label_lower)
        if ids is None:
            continue
        records = kind.model._default_manager.filter(pk__in=ids).select_related(*kind.related)
        for record in sorted(records, key=lambda record: -record.pk):
            hits.append(_hit(kind, record, text))
    return hits


def similar(record: Record, rows: QuerySet, limit: int = 5, at_least: float = 0.12) -> list[tuple[Any, float]]:
    """The rows most like the record, each with its similarity (0..1), the most similar first."""
    kind = _KINDS[type(record)]
    own = kind.text(record)
    wanted = _rarest(sorted(set(chinese.content_bigrams(own))))
    if not wanted:
        return []
    candidates = rows.exclude(pk=record.pk).filter(pk__in=_found(type(record), wanted, every=False))
    scored = [(other, chinese.similarity(own, kind.text(other))) for other in candidates.order_by("-id")[:CANDIDATES]]
    return sorted((s for s in scored if s[1] >= at_least), key=lambda s: -s[1])[:limit]


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Make all documents anew, after the analyser changed; returns how many."""
    total = 0
    for kind in _KINDS.values():
        SearchDocument.objects.filter(record_type=kind.model.label()).delete()
        batch: list[Record] = []
        for record in kind.model._default_manager.iterator(chunk_size=500):
            batch.append(record)
            if len(batch) == 500:
                index_many(batch)
                total += len(batch)
                batch = []
                if progress:
                    progress(500)
        index_many(batch)
        total += len(batch)
    return total


def _hit(kind: Searchable, record: Any, text: str) -> Hit:
    title, body = str(getattr(record, kind.title)), str(getattr(record, kind.body))
    passage = chinese.excerpt(body, PASSAGE, around=text)
    return Hit(kind.label, kind.icon, record, title, passage, kind.line(record), record.get_absolute_url())


def _terms(text: str) -> str:
    return " ".join(index_terms(text))


def _found(model: type[models.Model], wanted: list[str], *, every: bool) -> RawSQL:
    """Ids of the records whose document holds every (or any) wanted term; a term ending in `*` is a prefix."""
    label = model._meta.label_lower
    if connection.vendor == "postgresql":
        query = (" & " if every else " | ").join(_lexeme(term) for term in wanted)
        return RawSQL(
            "SELECT record_id FROM kernel_searchdocument WHERE vector @@ %s::tsquery AND record_type = %s",
            (query, label),
        )
    # CROSS: the match comes first. Left to itself SQLite matches anew for each document of the kind.
    query = (" AND " if every else " OR ").join(f'"{t.rstrip("*")}"' + "*" * t.endswith("*") for t in wanted)
    return RawSQL(
        "SELECT d.record_id FROM kernel_search_fts f CROSS JOIN kernel_searchdocument d ON d.id = f.rowid"
        " WHERE kernel_search_fts MATCH %s AND d.record_type = %s",
        (query, label),
    )


def _lexeme(term: str) -> str:
    bare = term.rstrip("*").replace("\\", "\\\\").replace("'", "''")
    return f"'{bare}'" + ":*" * term.endswith("*")


def _rarest(terms: list[str]) -> list[str]:
    """The terms that the fewest documents hold, but more than one: common ones cost much and tell little, and what only
    the record itself says finds nobody. PostgreSQL knows no exact numbers, so unique ones stay in there."""
    if not terms:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT u.term, u.share FROM pg_stats s,"
                " unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS u(term, share)"
                " WHERE s.tablename = 'kernel_searchdocument' AND s.attname = 'vector' AND u.term = ANY(%s)",
                [terms],
            )
        else:
            marks = ",".join(["%s"] * len(terms))
            cursor.execute(f"SELECT term, doc FROM kernel_search_vocab WHERE term IN ({marks})", terms)  # noqa: S608
        commonness = dict(cursor.fetchall())
    if connection.vendor == "sqlite":
        terms = [term for term in terms if commonness.get(term, 0) > 1]
    return sorted(terms, key=lambda term: (commonness.get(term, 0), term))[:RARE_TERMS]
