"""The two databases' full-text engines behind one set of functions. All search SQL is here and in `newest`.

Statements of Django's own making, with the permission in them, are joined with what only the engine understands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from tongxin.insight.terms import Query

from .. import textindex
from ..models import SearchDocument
from ..textindex import FTS, TABLE

DOCUMENTS = f'"{TABLE}"'
ID = f"(f.rowid & {(1 << textindex.ID_BITS) - 1})"  # of the document, in SQLite's index
_COUNTED = 300  # documents that hold a term, beyond which PostgreSQL does not count one that its statistics do not know
_TOGETHER = 1000  # what it weighs to hold every term of a text, beside 1 for each rare one
_HOLDING = 2000  # last written documents that hold every term of a text, of which those asked for are looked at

Statement = tuple[str, list[Any]]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def record_ids(label: str, query: Query) -> RawSQL:
    """The ids of the records of a kind that a query finds, for a condition of a room's own."""
    wanted = match([textindex.kind_term(label), *query.terms])
    verbatim = "".join(f" AND {holds('d')}" for _exact in query.exact)
    if is_postgresql():
        # The inner SELECT hides the query from the planner, which would read the whole table for common words.
        sql = f"SELECT d.record_id FROM {TABLE} d WHERE d.vector @@ (SELECT %s::tsquery){verbatim}"
    else:
        # CROSS: the match comes first. Left to itself SQLite may match anew for each document of the kind.
        sql = f"SELECT d.record_id FROM {FTS} f CROSS JOIN {TABLE} d ON d.id = {ID} WHERE {FTS} MATCH %s{verbatim}"
    return RawSQL(sql, (wanted, *query.exact))


def counts(terms: list[str], most: int) -> dict[str, int]:
    """How many documents hold each term, about, to tell rare from common ones; without those that more than `most`
    hold."""
    if not terms:
        return {}
    if is_postgresql():
        # To count is to read: of common terms the planner's own statistics tell about how many, of others few will do.
        sql = (
            "SELECT u.term, coalesce(c.held, (SELECT count(*) FROM"
            f" (SELECT FROM {TABLE} WHERE vector @@ u.query::tsquery LIMIT {min(most + 1, _COUNTED)}) AS held))"
            " FROM unnest(%s::text[], %s::text[]) AS u(term, query) LEFT JOIN ("
            "  SELECT c.term, round(c.share * (SELECT reltuples FROM pg_class WHERE oid = %s::regclass))::int AS held"
            "  FROM pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS c(term, share)"
            "  WHERE s.schemaname = current_schema() AND s.tablename = %s AND s.attname = 'vector'"
            ") AS c ON c.term = u.term"
        )
        found = rows(sql, [terms, [match([term]) for term in terms], TABLE, TABLE])
    else:
        one = f"SELECT %s, (SELECT count(*) FROM (SELECT 1 FROM {FTS} WHERE {FTS} MATCH %s LIMIT %s))"
        params = [value for term in terms for value in (term, match([term]), most + 1)]
        found = rows(" UNION ALL ".join([one] * len(terms)), params)
    return {term: count for term, count in found if count <= most}


def nearest(documents: QuerySet[SearchDocument], rare: list[str], every: list[str], limit: int) -> list[int]:
    """The ids of the documents that hold most of the rare terms, before them the last written with `every` term."""
    try:
        common, given = _sharing(documents, rare, every, limit)
        shared = f"(SELECT id, sum(weight) AS weight FROM ({common}) AS held GROUP BY id) AS shared"
        documents = documents.filter(condition(f"shared.id = {DOCUMENTS}.id"))
        weight = RawSQL("shared.weight", ())
        sql, params = compiled(documents.order_by(weight.desc(), "-id").values_list("pk")[:limit])
    except EmptyResultSet:
        return []
    # What is shared comes first, whatever the database thinks of it.
    sql = sql.replace(f"FROM {DOCUMENTS}", f"FROM {shared} CROSS JOIN {DOCUMENTS}", 1)
    return [pk for (pk,) in rows(sql, [*given, *params])]


def _sharing(documents: QuerySet[SearchDocument], rare: list[str], every: list[str], limit: int) -> Statement:
    """(id, weight) of documents for each rare term they hold, and for holding every term."""
    if is_postgresql():
        one = f"SELECT id, 1 AS weight FROM {TABLE} WHERE vector @@ (SELECT %s::tsquery)"
        last = f"= ANY(ARRAY(SELECT id FROM {TABLE} WHERE vector @@ %s::tsquery ORDER BY 1 DESC LIMIT {_HOLDING}))"
    else:
        one = f"SELECT {ID} AS id, 1 AS weight FROM {FTS} f WHERE {FTS} MATCH %s"
        last = f"IN (SELECT {ID} FROM {FTS} f WHERE {FTS} MATCH %s ORDER BY 1 DESC LIMIT {_HOLDING})"
    # Those that may not be seen, or are not asked for, take no place among them.
    same = documents.filter(condition(f"{DOCUMENTS}.id {last}", match(every))).order_by("-id")
    together, params = compiled(same.values_list("pk")[:limit])
    parts = [*[one] * len(rare), f"SELECT held.pk AS id, {_TOGETHER} AS weight FROM ({together}) AS held"]
    return " UNION ALL ".join(parts), [*(match([term]) for term in rare), *params]


def compiled(rows: QuerySet) -> Statement:
    """The statement of a queryset. Raises `EmptyResultSet` when it can find nothing."""
    sql, params = rows.query.sql_with_params()
    return sql, list(params)


def rows(sql: str, params: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def condition(sql: str, *params: Any) -> RawSQL:
    return RawSQL(sql, params, output_field=BooleanField())


def holds(table: str) -> str:
    """The condition that the terms of a document hold a string verbatim."""
    return f"{'strpos' if is_postgresql() else 'instr'}({table}.terms, %s) > 0"


def match(terms: Sequence[str]) -> str:
    """The engine's own words for holding every term; one that ends in `*` is a beginning."""
    if is_postgresql():
        return " & ".join(f"'{_bare(term)}'" + ":*" * term.endswith("*") for term in terms)
    return " AND ".join(f'"{term.rstrip("*")}"' + "*" * term.endswith("*") for term in terms)


def _bare(term: str) -> str:
    return term.rstrip("*").replace("\\", "\\\\").replace("'", "''")
