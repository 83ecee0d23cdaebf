"""Documents follow their records: part of the door, in the transaction that writes the record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from tongxin.insight.telephones import without_personal_numbers
from tongxin.insight.terms import document

from .. import textindex
from ..models import Record, SearchDocument
from .registry import Searchable, kind_of, kinds

BATCH = 500
TITLE, REFERENCE = 300, 80  # the widths of the document's columns


@dataclass(frozen=True)
class Entry:
    """All that a document says of a record, before its terms are made."""

    reference: str
    title: str
    body: str
    more: str
    state: str
    on: date | None
    sector_id: int | None

    @property
    def text(self) -> str:
        """What is found; a line for each part, so that no phrase runs from one into the next."""
        return "\n".join((self.reference, self.title, self.body, self.more))

    def facts(self) -> dict[str, Any]:
        """The columns besides the text."""
        return {"state": self.state, "on": self.on, "sector_id": self.sector_id}

    def written(self) -> dict[str, Any]:
        """The columns of the text."""
        shown = {"reference": self.reference[:REFERENCE], "title": self.title[:TITLE], "body": self.body}
        return {**shown, "terms": document(self.text)}

    def columns(self) -> dict[str, Any]:
        return {**self.written(), **self.facts()}


def words(record: Record) -> Entry | None:
    """What search knows of a record; None for a kind that cannot be found."""
    kind = kind_of(type(record))
    return _entry(kind, record) if kind else None


def index(record: Record) -> None:
    """Bring the record's document up to date, or make it."""
    entry = words(record)
    if entry and not _of(record).update(**entry.columns()):
        index_many([record])


def follow(record: Record, before: Entry | None) -> None:
    """The same for a record whose document said `before`: what has not changed is not written again.

    A move that changes the state alone leaves the terms, and with them the database's index, in peace.
    """
    now = words(record)
    if now is None or now == before:
        return
    if before is None or now.text != before.text or not _of(record).update(**now.facts()):
        index(record)


def requote(record: Record, changed: Collection[str]) -> None:
    """Bring along the documents of other records that quote one of the fields `changed` of this one.

    In bulk: three queries for each kind and some hundred documents. The records are locked, so that none is written
    with the old words beside it.
    """
    for kind in kinds():
        for model, path, fields in kind.follows:
            if isinstance(record, model) and not fields.isdisjoint(changed):
                _requote(kind, kind.rows().filter(**{path: record.pk}).order_by("pk"))


def _requote(kind: Searchable, rows: QuerySet) -> None:
    last = 0
    while records := list(rows.select_for_update(of=("self",)).filter(pk__gt=last)[:BATCH]):
        _with_related(kind, records)
        said = {record.pk: _entry(kind, record).written() for record in records}
        documents = list(SearchDocument.objects.filter(record_type=kind.key, record_id__in=said))
        for each in documents:
            for name, value in said[each.record_id].items():
                setattr(each, name, value)
        SearchDocument.objects.bulk_update(documents, ("reference", "title", "body", "terms"))
        last = records[-1].pk


def index_many(records: Iterable[Record]) -> None:
    """Add documents of new records."""
    made = [
        SearchDocument(assembly_id=record.assembly_id, record_type=record.label(), record_id=record.pk, **e.columns())
        for record in records
        if (e := words(record))
    ]
    # By day, as SQLite's index has them: it writes a piece of its own for whatever comes out of order.
    made.sort(key=lambda row: row.on or date.min)
    SearchDocument.objects.bulk_create(made)


def incomplete() -> list[Searchable]:
    """The kinds of which some record has no document: after an update, or when a rebuild was broken off."""
    return [kind for kind in kinds() if _lacking(kind).exists()]


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Make all documents anew from their records; returns how many. Safe to repeat, and to break off.

    It goes by batches, each in a transaction of its own, so that work goes on beside it. `progress` is called with how
    many are done and how many there are.
    """
    total = sum(kind.rows().count() for kind in kinds())
    done = 0
    known = [kind.key for kind in kinds()]
    SearchDocument.objects.exclude(record_type__in=known).delete()
    for kind in kinds():
        last = 0
        while ids := list(kind.rows().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            _renew(kind, last, ids)
            last = ids[-1]
            done += len(ids)
            if progress:
                progress(done, total)
        SearchDocument.objects.filter(record_type=kind.key, record_id__gt=last).delete()
    textindex.purge(connection)
    textindex.analyse(connection)
    return done


def _renew(kind: Searchable, after: int, ids: list[int]) -> None:
    """The documents of some records, and of those that stood between them and are gone."""
    with transaction.atomic():
        # Locked, so that no move slips between reading the record and writing its document.
        records = list(kind.rows().select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
        _with_related(kind, records)
        stale = SearchDocument.objects.filter(record_type=kind.key, record_id__gt=after, record_id__lte=ids[-1])
        stale.delete()
        index_many(records)


def _with_related(kind: Searchable, records: list[Any]) -> None:
    from django.db.models import prefetch_related_objects

    if kind.related and records:
        prefetch_related_objects(records, *kind.related)


def _of(record: Record) -> QuerySet[SearchDocument]:
    return SearchDocument.objects.filter(record_type=record.label(), record_id=record.pk)


def _lacking(kind: Searchable) -> QuerySet:
    documents = SearchDocument.objects.filter(record_type=kind.key, record_id=OuterRef("pk"))
    return kind.rows().filter(~Exists(documents))


def _entry(kind: Searchable, record: Any) -> Entry:
    """What people write holds telephone and identity card numbers now and then: nobody need find people by them."""
    return Entry(
        reference=kind.reference(record),
        title=without_personal_numbers(kind.title(record)),
        body=without_personal_numbers(kind.body(record)),
        more=without_personal_numbers(kind.more(record)),
        state=getattr(record, "state", ""),
        on=kind.on(record),
        sector_id=kind.sector(record),
    )
