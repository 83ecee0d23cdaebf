"""What is most like a text, out of the same index: rare terms shared choose, the likeness of the texts orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tongxin.insight import text as chinese
from tongxin.insight.terms import Query

from ..actor import Actor
from ..models import Record, SearchDocument
from ..rules import NOTHING
from . import engine
from .finding import Hit, hits
from .registry import kind_of, kinds
from .writing import words

LEAST = 0.12  # likeness below which texts have nothing to do with each other
ASKED = 200  # terms of a text that are counted; a longer one is sampled from end to end
MANY = 6000  # documents that hold a term and still make it a rare one
RARE = 24  # rare terms that choose the candidates
TOGETHER = 60  # terms that a text nearly the same must all hold
CANDIDATES = 120


def similar(record: Record, rows: QuerySet, limit: int = 5, at_least: float = LEAST) -> list[tuple[Any, float]]:
    """The rows of the record's kind most like it, each with its likeness (0..1), the most similar first."""
    entry = words(record)
    if entry is None:
        raise LookupError(f"{record.label()} cannot be found, so nothing is like it")
    seen = Exists(rows.order_by().exclude(pk=record.pk).filter(pk=OuterRef("record_id")))
    documents = SearchDocument.objects.filter(seen, record_type=record.label())
    found = _nearest(entry.title, entry.body, documents, limit, at_least, itself=1)
    records = rows.in_bulk([row.record_id for row, _likeness in found])
    return [(records[row.record_id], likeness) for row, likeness in found]


def alike(
    actor: Actor,
    text: str,
    *,
    only: Iterable[type] = (),
    besides: Record | None = None,
    limit: int = 5,
    at_least: float = LEAST,
) -> list[tuple[Hit, float]]:
    """What the actor may see of all kinds (or `only` some) that is most like a text; `besides` is left out.

    For whoever writes: is there such a thing already, and what became of it?
    """
    chosen = [kind for kind in kinds() if not only or kind.model in only]
    seen = [
        Q(record_type=kind.key) & Q(Exists(kind.rows().filter(rows, pk=OuterRef("record_id"))))
        for kind in chosen
        if (rows := kind.rule.rows(actor)) != NOTHING
    ]
    if not seen:
        return []
    whole = seen[0]
    for part in seen[1:]:
        whole = or_(whole, part)
    documents = SearchDocument.objects.filter(whole)
    if besides is not None:
        documents = documents.exclude(record_type=besides.label(), record_id=besides.pk)
    own = int(besides is not None and kind_of(type(besides)) is not None)
    found = _nearest("", text, documents, limit, at_least, itself=own)
    likenesses = {row.pk: likeness for row, likeness in found}
    ordered = list(likenesses)
    shown = hits(actor, ordered, Query(()))
    return list(zip(shown, likenesses.values(), strict=True))


def _nearest(
    title: str, body: str, documents: QuerySet[SearchDocument], limit: int, at_least: float, *, itself: int
) -> list[tuple[SearchDocument, float]]:
    """The documents most like the text. `itself`: how many documents are the text's own, which tell nothing."""
    own = _Terms(title, body)
    terms = _spread(sorted(own.whole), ASKED)
    if not terms:
        return []
    held = engine.counts(terms, MANY)
    rare = sorted((term for term, count in held.items() if count > itself), key=lambda term: (held[term], term))
    ids = engine.nearest(documents, rare[:RARE], _spread(terms, TOGETHER), CANDIDATES)
    rows = SearchDocument.objects.defer("terms").in_bulk(ids)
    scored = [(row, own.likeness(_Terms(row.title, row.body))) for pk in ids if (row := rows.get(pk))]
    near = [(row, likeness) for row, likeness in scored if likeness >= at_least]
    return sorted(near, key=lambda found: (-found[1], -found[0].pk))[:limit]


class _Terms:
    """The weighed terms of a text, and those of its body alone: the same words under another title are the same."""

    def __init__(self, title: str, body: str) -> None:
        counts = _counted(body)
        self.body = chinese.weighed(counts)
        self.whole = chinese.weighed(counts + _counted(title))

    def likeness(self, other: _Terms) -> float:
        return max(chinese.cosine(self.whole, other.whole), chinese.cosine(self.body, other.body))


def _counted(text: str) -> Counter[str]:
    return Counter(chinese.content_bigrams(text) or chinese.bigrams(text))


def _spread(terms: list[str], most: int) -> list[str]:
    """At most so many of the terms, from the whole length of the list."""
    if len(terms) <= most:
        return terms
    return [terms[n * len(terms) // most] for n in range(most)]
