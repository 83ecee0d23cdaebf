"""The two databases' full-text engines behind one set of functions. All search SQL is here.

Statements of Django's own making, with the permission in them, are joined with what only the engine understands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from tongxin.insight.terms import Query

from .. import textindex
from ..models import SearchDocument
from ..textindex import FTS, TABLE

_TABLE = f'"{TABLE}"'
_ID = f"(f.rowid & {(1 << textindex.ID_BITS) - 1})"  # of the document, in SQLite's index
_TOGETHER = 1000  # what it weighs to hold every term of a text, beside 1 for each rare one
_HOLDING = 2000  # last written documents that hold every term of a text, of which those asked for are looked at

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


@dataclass(frozen=True)
class Asked:
    """Of one kind, the documents that are looked through: those that `narrowed` holds for, of the `records` (None: of
    all)."""

    label: str
    narrowed: Q
    records: QuerySet | None


def newest(asked: Sequence[Asked], query: Query, limit: int) -> list[list[int]]:
    """For each kind the ids of the newest `limit` documents that the query finds; one statement for all kinds.

    The newest day comes first, then the last written, and last those without a day. Both engines take up documents in
    this order, ask of one after the other whether it may be seen, and stop when there are enough.
    """
    parts: list[str] = []
    params: list[Any] = []
    for number, each in enumerate(asked):
        if found := _found(each, query, limit):
            parts.append(f"SELECT {number}, found{number}.* FROM ({found[0]}) AS found{number}")  # noqa: S608
            params += found[1]
    ids: list[list[int]] = [[] for _kind in asked]
    for number, pk in _rows(" UNION ALL ".join(parts), params) if parts else []:
        ids[number].append(pk)
    return ids


def _found(asked: Asked, query: Query, limit: int) -> Statement | None:
    """The statement for one kind; None when nothing of it can be found.

    Only the conditions are Django's: to let it make the whole statement takes it longer than the database to answer.
    """
    try:
        conditions = [("record_type = %s", [asked.label]), *_narrowed(asked.narrowed), *_allowed(asked.records)]
    except EmptyResultSet:
        return None
    conditions += [(_holds(_TABLE), [verbatim]) for verbatim in query.exact]
    where = " AND ".join(sql for sql, _params in conditions)
    params = [value for _sql, given in conditions for value in given]
    wanted = _match([textindex.kind_term(asked.label), *query.terms])
    if is_postgresql():
        sql = f"SELECT {_TABLE}.id {_SLICED} WHERE {where} LIMIT {limit}"
        return sql, [asked.label, wanted, wanted, *params]
    # In the order of the index itself (`textindex.ID_BITS`).
    sql = (
        f"SELECT {_TABLE}.id FROM {FTS} f CROSS JOIN {_TABLE} ON {_TABLE}.id = {_ID}"  # noqa: S608
        f" WHERE {FTS} MATCH %s AND {where} ORDER BY f.rowid DESC LIMIT {limit}"
    )
    return sql, [wanted, *params]


def _narrowed(condition: Q) -> Iterator[Statement]:
    """A condition on documents in SQL."""
    if condition:
        query = SearchDocument.objects.filter(condition).query
        sql, params = query.get_compiler(connection=connection).compile(query.where)
        yield sql, list(params)


def _allowed(records: QuerySet | None) -> Iterator[Statement]:
    """Whether a document is of one of the records. A `CASE` holds it, so that a database asks it of each document and
    does not join all that may be seen."""
    if records is not None:
        itself = _condition(f'"{records.model._meta.db_table}".id = {_TABLE}.record_id')
        sql, params = _compiled(records.filter(itself).order_by().values_list("pk"))
        yield f"CASE WHEN EXISTS ({sql}) THEN true ELSE false END", params


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
    try:
        common, given = _sharing(documents, rare, every, limit)
        shared = f"(SELECT id, sum(weight) AS weight FROM ({common}) AS held GROUP BY id) AS shared"  # noqa: S608
        documents = documents.filter(_condition(f"shared.id = {_TABLE}.id"))
        weight = RawSQL("shared.weight", ())
        sql, params = _compiled(documents.order_by(weight.desc(), "-id").values_list("pk")[:limit])
    except EmptyResultSet:
        return []
    # What is shared comes first, whatever the database thinks of it.
    sql = sql.replace(f"FROM {_TABLE}", f"FROM {shared} CROSS JOIN {_TABLE}", 1)
    return [pk for (pk,) in _rows(sql, [*given, *params])]


def _sharing(documents: QuerySet[SearchDocument], rare: list[str], every: list[str], limit: int) -> Statement:
    """(id, weight) of documents for each rare term they hold, and for holding every term."""
    if is_postgresql():
        one = f"SELECT id, 1 AS weight FROM {TABLE} WHERE vector @@ (SELECT %s::tsquery)"  # noqa: S608
        last = f"= ANY(ARRAY(SELECT id FROM {TABLE} WHERE vector @@ %s::tsquery ORDER BY 1 DESC LIMIT {_HOLDING}))"  # noqa: S608
    else:
        one = f"SELECT {_ID} AS id, 1 AS weight FROM {FTS} f WHERE {FTS} MATCH %s"  # noqa: S608
        last = f"IN (SELECT {_ID} FROM {FTS} f WHERE {FTS} MATCH %s ORDER BY 1 DESC LIMIT {_HOLDING})"  # noqa: S608
    # Those that may not be seen, or are not asked for, take no place among them.
    same = documents.filter(_condition(f"{_TABLE}.id {last}", _match(every))).order_by("-id")
    together, params = _compiled(same.values_list("pk")[:limit])
    parts = [*[one] * len(rare), f"SELECT held.pk AS id, {_TOGETHER} AS weight FROM ({together}) AS held"]  # noqa: S608
    return " UNION ALL ".join(parts), [*(_match([term]) for term in rare), *params]


def _compiled(rows: QuerySet) -> Statement:
    """The statement of a queryset. Raises `EmptyResultSet` when it can find nothing."""
    sql, params = rows.query.sql_with_params()
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
