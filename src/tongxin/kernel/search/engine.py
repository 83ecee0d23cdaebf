"""The two databases' full-text engines behind one set of functions. All search SQL is here.

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

_TABLE = f'"{TABLE}"'
_ID = f"(f.rowid & {(1 << textindex.ID_BITS) - 1})"  # of the document, in SQLite's index
_FROM = f"FROM {_TABLE}"
_TOGETHER = 1000  # what it weighs to hold every term of a text, beside 1 for each rare one
_SAME = 50  # documents looked at that hold every term of a text

Statement = tuple[str, list[Any]]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def record_ids(label: str, query: Query) -> RawSQL:
    """The ids of the records of a kind that a query finds, for a condition of a room's own."""
    wanted = _match([textindex.kind_term(label), *query.terms])
    verbatim = "".join(f" AND {_holds('d')}" for _exact in query.exact)
    if is_postgresql():
        # The inner SELECT hides the query from the planner, which would read the whole table for common words.
        sql = f"SELECT d.record_id FROM {TABLE} d WHERE d.vector @@ (SELECT %s::tsquery){verbatim}"  # noqa: S608
    else:
        # CROSS: the match comes first. Left to itself SQLite may match anew for each document of the kind.
        sql = (
            f"SELECT d.record_id FROM {FTS} f CROSS JOIN {TABLE} d ON d.id = {_ID}"  # noqa: S608
            f" WHERE {FTS} MATCH %s{verbatim}"
        )
    return RawSQL(sql, (wanted, *query.exact))  # noqa: S611 - constants of ours


def newest(rows: Sequence[tuple[str, QuerySet[SearchDocument]]], query: Query, limit: int) -> list[list[int]]:
    """For each kind (its label, and those of its documents that the actor may see) the ids of the newest `limit`
    documents that the query finds; one statement for all kinds.

    The newest day comes first, then the last written, and last those without a day. Both engines take up documents in
    this order, ask of one after the other whether it may be seen, and stop when there are enough.
    """
    parts: list[str] = []
    params: list[Any] = []
    for number, (label, documents) in enumerate(rows):
        if compiled := _found(documents, label, query, limit):
            name = f"found{len(parts)}"
            parts.append(f"SELECT {number}, {name}.* FROM ({compiled[0]}) AS {name}")  # noqa: S608
            params += compiled[1]
    found: list[list[int]] = [[] for _kind in rows]
    for number, pk in _rows(" UNION ALL ".join(parts), params) if parts else []:
        found[number].append(pk)
    return found


def _found(documents: QuerySet[SearchDocument], label: str, query: Query, limit: int) -> Statement | None:
    """The statement for one kind; None when nothing of it can be found."""
    wanted = _match([textindex.kind_term(label), *query.terms])
    for verbatim in query.exact:
        documents = documents.filter(_condition(_holds(_TABLE), verbatim))
    if not is_postgresql():
        documents = documents.filter(_condition(f"{_ID} = {_TABLE}.id AND {FTS} MATCH %s", wanted))
        # In the order of the index itself (`textindex.ID_BITS`).
        return _compiled(documents.order_by(RawSQL("f.rowid", ()).desc()).values_list("pk")[:limit])
    compiled = _compiled(documents.order_by().values_list("pk")[:limit])
    if compiled is None:
        return None
    sql, params = compiled
    return sql.replace(_FROM, _SLICED, 1), [label, wanted, wanted, *params]


# PostgreSQL's index has no order, so time is cut in slices, each looked through when the ones before held too little:
# the newest week and the one before, then eight and sixty-four times as much (`textindex.SPANS`), then all the rest.
# A slice is put in an order that no index has (`+ 0`); else the planner would walk an index of days and read every
# document's terms, which it takes for cheap. It does not know the query's terms either, so it never reads the table
# for common ones. OFFSET keeps all other conditions out of a slice, and so in its order.
_SLICED = f"""FROM (
  SELECT {textindex.WEEK} AS week FROM {TABLE} WHERE record_type = %s
  ORDER BY "on" DESC NULLS LAST, id DESC LIMIT 1
) AS newest CROSS JOIN generate_series(0, {textindex.SPANS}) AS slice(n) CROSS JOIN LATERAL (
  SELECT * FROM {TABLE} AS d WHERE d.vector @@ (CASE WHEN n < {textindex.SPANS} THEN %s::text || format(
    ' & (''{textindex.KIND}%%1$s{textindex.KIND}%%2$s'' | ''{textindex.KIND}%%1$s{textindex.KIND}%%3$s'')',
    n, week >> 3 * n, (week >> 3 * n) - 1
  ) ELSE %s::text END)::tsquery AND coalesce(d."on" < CASE WHEN n > 0 THEN
    {textindex.FIRST_DAY} + 7 * (((week >> 3 * (n - 1)) - 1) << 3 * (n - 1))
  END, true)
  ORDER BY d."on" + 0 DESC NULLS LAST, d.id DESC OFFSET 0
) AS {_TABLE}"""  # noqa: S608 - constants of ours


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
