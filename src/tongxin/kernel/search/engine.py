"""The two databases' full-text engines behind one set of functions. All search SQL is here.

Statements of Django's own making, with the permission in them, are joined with what only the engine understands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, QuerySet
from django.db.models.expressions import RawSQL

from tongxin.insight.terms import Query

from .. import textindex
from ..models import SearchDocument
from ..textindex import FTS, TABLE

_TABLE = f'"{TABLE}"'
_ID = f"(f.rowid & {(1 << textindex.ID_BITS) - 1})"  # of the document, in SQLite's index
_FROM = f"FROM {_TABLE}"
_TOGETHER = 1000  # what it weighs to hold every term of a text, beside 1 for each rare one
_COMMON = 0.03  # share of all documents
_SAME = 50  # documents looked at that hold every term of a text

Statement = tuple[str, list[Any]]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def record_ids(label: str, query: Query) -> RawSQL:
    """The ids of the records of a kind that a query finds, for a condition of a room's own."""
    wanted = _match([textindex.kind_term(label), *query.terms])
    verbatim = "".join(f" AND {_holds('d')}" for _exact in query.exact)
    if is_postgresql():
        sql = f"SELECT d.record_id FROM {TABLE} d WHERE d.vector @@ %s::tsquery{verbatim}"  # noqa: S608
    else:
        # CROSS: the match comes first. Left to itself SQLite may match anew for each document of the kind.
        sql = (
            f"SELECT d.record_id FROM {FTS} f CROSS JOIN {TABLE} d ON d.id = {_ID}"  # noqa: S608
            f" WHERE {FTS} MATCH %s{verbatim}"
        )
    return RawSQL(sql, (wanted, *query.exact))  # noqa: S611 - constants of ours


def newest(rows: Sequence[tuple[str, QuerySet[SearchDocument]]], query: Query, limit: int) -> list[list[int]]:
    """For each kind (its label, and those of its documents that the actor may see) the ids of the newest `limit`
    documents that the query finds; one statement for all kinds."""
    parts: list[str] = []
    head, params = _common(query)
    for number, (label, documents) in enumerate(rows):
        for way in _finding(documents, label, query):
            if compiled := _compiled(way.values_list("pk")[:limit]):
                name = f"found{len(parts)}"
                parts.append(f"SELECT {number}, {name}.* FROM ({compiled[0]}) AS {name}")  # noqa: S608
                params += compiled[1]
    found: list[list[int]] = [[] for _kind in rows]
    for number, pk in _rows(head + " UNION ALL ".join(parts), params) if parts else []:
        found[number].append(pk)
    return found


def _common(query: Query) -> Statement:
    """Whether the one term of a query is so common that the newest documents hold it soon enough.

    PostgreSQL, left to itself, walks from the newest far too often: it takes reading a document's terms for cheap.
    """
    if not is_postgresql() or len(query.terms) > 1:
        return "", []
    sql = (
        "WITH common AS MATERIALIZED (SELECT EXISTS (SELECT 1 FROM pg_stats s,"  # noqa: S608
        " unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS c(term, share)"
        " WHERE s.schemaname = current_schema() AND s.tablename = %s AND s.attname = 'vector'"
        f" AND c.term = %s AND c.share > {_COMMON}) AS so) "
    )
    return sql, [TABLE, query.terms[0]]


def _finding(documents: QuerySet[SearchDocument], label: str, query: Query) -> list[QuerySet[SearchDocument]]:
    """The documents found, the newest day first, then the last written, and last those without a day.

    In PostgreSQL in one of two ways, of which `common` lets one through.
    """
    wanted = _match([textindex.kind_term(label), *query.terms])
    for verbatim in query.exact:
        documents = documents.filter(_condition(_holds(_TABLE), verbatim))
    if not is_postgresql():
        documents = documents.filter(_condition(f"{_ID} = {_TABLE}.id AND {FTS} MATCH %s", wanted))
        # In the order of the index itself (`textindex.ID_BITS`), which therefore stops when there are enough.
        return [documents.order_by(RawSQL("f.rowid", ()).desc())]
    documents = documents.filter(_condition(f"{_TABLE}.vector @@ %s::tsquery", wanted))
    # An order that no index has: all that the full-text index finds is fetched, then put in order.
    fetched = documents.order_by(RawSQL(f'{_TABLE}."on" + 0', ()).desc(nulls_last=True), "-id")  # noqa: S611
    if len(query.terms) > 1:
        return [fetched]
    walked = documents.filter(_condition("(SELECT so FROM common)")).order_by(F("on").desc(nulls_last=True), "-id")
    return [walked, fetched.filter(_condition("NOT (SELECT so FROM common)"))]


def counts(terms: list[str], most: int) -> dict[str, int]:
    """How many documents hold each term; terms that more than `most` hold may be missing."""
    if not terms:
        return {}
    if is_postgresql():
        # The planner's own statistics name the common ones, which would cost much to count.
        sql = (
            f"SELECT u.term, (SELECT count(*) FROM {TABLE} WHERE vector @@ u.query::tsquery)"  # noqa: S608
            " FROM unnest(%s::text[], %s::text[]) AS u(term, query) WHERE u.term NOT IN ("
            "  SELECT c.term FROM pg_stats s,"
            "  unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS c(term, share)"
            "  WHERE s.schemaname = current_schema() AND s.tablename = %s AND s.attname = 'vector'"
            "  AND c.term IS NOT NULL AND c.share * (SELECT reltuples FROM pg_class WHERE oid = %s::regclass) > %s)"
        )
        found = _rows(sql, [terms, [_match([term]) for term in terms], TABLE, TABLE, most])
    else:
        one = f"SELECT %s, (SELECT count(*) FROM (SELECT 1 FROM {FTS} WHERE {FTS} MATCH %s LIMIT %s))"  # noqa: S608
        params = [value for term in terms for value in (term, _match([term]), most + 1)]
        found = _rows(" UNION ALL ".join([one] * len(terms)), params)
    return {term: count for term, count in found if count <= most}


def nearest(documents: QuerySet[SearchDocument], rare: list[str], every: list[str], limit: int) -> list[int]:
    """The ids of the documents that hold most of the rare terms, before them the last written with `every` term."""
    common, given = _sharing(rare, every)
    shared = f"(SELECT id, sum(weight) AS weight FROM ({common}) AS held GROUP BY id) AS shared"  # noqa: S608
    documents = documents.filter(_condition(f"shared.id = {_TABLE}.id"))
    weight = RawSQL("shared.weight", ())
    compiled = _compiled(documents.order_by(weight.desc(), "-id").values_list("pk")[:limit])
    if compiled is None:
        return []
    sql, params = compiled
    # What is shared comes first, whatever the database thinks of it.
    sql = sql.replace(_FROM, f"FROM {shared} CROSS JOIN {_TABLE}", 1)
    return [pk for (pk,) in _rows(sql, [*given, *params])]


def _sharing(rare: list[str], every: list[str]) -> Statement:
    """(id, weight) of documents for each rare term they hold, and for holding every term."""
    if is_postgresql():
        sql = (
            f"SELECT d.id, 1 AS weight FROM unnest(%s::text[]) AS u(query)"  # noqa: S608
            f" JOIN {TABLE} d ON d.vector @@ u.query::tsquery UNION ALL SELECT id, {_TOGETHER} FROM"
            f" (SELECT id FROM {TABLE} WHERE vector @@ %s::tsquery ORDER BY id DESC LIMIT {_SAME}) AS same"
        )
        return sql, [[_match([term]) for term in rare], _match(every)]
    one = f"SELECT {_ID} AS id, 1 AS weight FROM {FTS} f WHERE {FTS} MATCH %s"  # noqa: S608
    same = (
        f"SELECT * FROM (SELECT {_ID} AS id, {_TOGETHER} AS weight FROM {FTS} f WHERE {FTS} MATCH %s"  # noqa: S608
        f" ORDER BY 1 DESC LIMIT {_SAME})"
    )
    return " UNION ALL ".join([*[one] * len(rare), same]), [*(_match([term]) for term in rare), _match(every)]


def _compiled(rows: QuerySet) -> Statement | None:
    """The statement of a queryset, with the index before the table in SQLite; None when it can find nothing."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    if not is_postgresql() and "f.rowid" in sql:
        sql = sql.replace(_FROM, f"FROM {FTS} f CROSS JOIN {_TABLE}", 1)
    return sql, list(params)


def _rows(sql: str, params: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _condition(sql: str, *params: Any) -> RawSQL:
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611 - constants of ours


def _holds(table: str) -> str:
    """The condition that the terms of a document hold a string verbatim."""
    return f"{'strpos' if is_postgresql() else 'instr'}({table}.terms, %s) > 0"


def _match(terms: Sequence[str]) -> str:
    """The engine's own words for holding every term; one that ends in `*` is a beginning."""
    if is_postgresql():
        return " & ".join(f"'{_bare(term)}'" + ":*" * term.endswith("*") for term in terms)
    return " AND ".join(f'"{term.rstrip("*")}"' + "*" * term.endswith("*") for term in terms)


def _bare(term: str) -> str:
    return term.rstrip("*").replace("\\", "\\\\").replace("'", "''")
