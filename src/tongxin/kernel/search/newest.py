"""The newest documents of each kind that a query finds and an actor may see: one statement for all kinds.

The newest day comes first, then the last written, and last those without a day. Both databases take up documents in
this order, ask of one after the other whether it may be seen, and stop when there are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from tongxin.insight.terms import Query

from .. import textindex
from ..models import SearchDocument
from ..textindex import FTS, TABLE
from . import engine

_TABLE = engine.DOCUMENTS


@dataclass(frozen=True)
class Asked:
    """Of one kind, the documents that are looked through: those that `narrowed` holds for, of the `records` (None: of
    all)."""

    label: str
    narrowed: Q
    records: QuerySet | None


@dataclass(frozen=True)
class _Kind:
    """What is asked of the database: `number` is the place among all that was asked, `where` holds `params`."""

    number: int
    label: str
    where: str
    params: list[Any]

    @property
    def term(self) -> str:
        return textindex.kind_term(self.label)


def newest(asked: Sequence[Asked], query: Query, limit: int) -> list[list[int]]:
    """For each kind the ids of at most `limit` documents."""
    kinds = list(_kinds(asked, query))
    found: list[list[int]] = [[] for _kind in asked]
    if kinds:
        statement = _in_slices if engine.is_postgresql() else _in_order
        for number, pk in engine.rows(*statement(kinds, query.terms, limit)):
            found[number].append(pk)
    return found


def _kinds(asked: Sequence[Asked], query: Query) -> Iterator[_Kind]:
    """Those of which anything can be found. Only the conditions are Django's: to let it make the whole statement takes
    it longer than the database to answer."""
    for number, each in enumerate(asked):
        try:
            conditions = [*_narrowed(each.narrowed), *_allowed(each.records)]
        except EmptyResultSet:
            continue
        conditions += [(engine.holds(_TABLE), [verbatim]) for verbatim in query.exact]
        where = " AND ".join(sql for sql, _params in conditions) or "true"
        yield _Kind(number, each.label, where, [value for _sql, params in conditions for value in params])


def _narrowed(condition: Q) -> Iterator[engine.Statement]:
    """A condition on documents in SQL."""
    if condition:
        query = SearchDocument.objects.filter(condition).query
        sql, params = query.get_compiler(connection=connection).compile(query.where)
        yield sql, list(params)


def _allowed(records: QuerySet | None) -> Iterator[engine.Statement]:
    """Whether a document is of one of the records."""
    if records is not None:
        itself = engine.condition(f'"{records.model._meta.db_table}".id = {_TABLE}.record_id')
        sql, params = engine.compiled(records.filter(itself).order_by().values_list("pk"))
        # A CASE, so that a database asks it of each document and does not join all that may be seen.
        yield f"CASE WHEN EXISTS ({sql}) THEN true ELSE false END", params


def _in_order(kinds: list[_Kind], terms: list[str], limit: int) -> engine.Statement:
    """SQLite's index has the order of days itself (`textindex.ID_BITS`)."""
    parts = [
        f"SELECT {kind.number}, found{kind.number}.* FROM (SELECT {_TABLE}.id"
        f" FROM {FTS} f CROSS JOIN {_TABLE} ON {_TABLE}.id = {engine.ID} WHERE {FTS} MATCH %s"
        f" AND {_TABLE}.record_type = %s AND {kind.where} ORDER BY f.rowid DESC LIMIT {limit}) AS found{kind.number}"
        for kind in kinds
    ]
    given = [[engine.match([kind.term, *terms]), kind.label, *kind.params] for kind in kinds]
    return " UNION ALL ".join(parts), [value for values in given for value in values]


def _in_slices(kinds: list[_Kind], terms: list[str], limit: int) -> engine.Statement:
    rows = ", ".join(f"({kind.number}, %s, %s)" for kind in kinds)
    where = " ".join(f"WHEN {kind.number} THEN {kind.where}" for kind in kinds)
    params = [value for kind in kinds for value in (kind.label, kind.term)]
    params += [engine.match(terms), *(value for kind in kinds for value in kind.params)]
    return _SLICES.format(rows=rows, where=where, few=FEW, limit=limit), params


def _span(n: str) -> str:
    """What holds the terms in the newest span of `8 ** n` weeks or in the one before."""
    span = f"''%%1$s{textindex.KIND}%%2$s{textindex.KIND}%%{{}}$s''".format
    return f"""(wanted || format(
    ' & ({span(3)} | {span(4)})', kind, {n}, week >> 3 * {n}, (week >> 3 * {n}) - 1))::tsquery"""


# PostgreSQL's index has no order, so time is cut in slices, each looked through when the ones before held too little:
# the newest week and the one before, then eight and sixty-four times as much (`textindex.SPANS`), then all the rest.
# When the newest weeks hold so little that no more than `FEW` are to be expected altogether, the rest comes at once:
# the slices between would take longer than they spare. OFFSET keeps what stands outside of a part from being moved into
# it: a slice is counted once, its order stays, and only what comes up is asked whether it may be seen. A slice is put
# in an order that no index has (`+ 0`); else the planner would walk an index of days and read every document's terms,
# which it takes for cheap. It does not know the query's terms either, so it never reads the table for common ones.
FEW = 1000
_SLICES = f"""SELECT number, found.id FROM (VALUES {{rows}}) AS asked(number, label, kind)
CROSS JOIN (VALUES (%s)) AS query(wanted) CROSS JOIN LATERAL (
  SELECT {_TABLE}.id FROM (
    SELECT {textindex.WEEK} AS week, (
      SELECT {textindex.WEEK} FROM (SELECT min("on") AS "on" FROM {TABLE} WHERE record_type = label) AS oldest
    ) AS first FROM {TABLE} WHERE record_type = label ORDER BY "on" DESC NULLS LAST, id DESC LIMIT 1
  ) AS newest CROSS JOIN LATERAL (
    SELECT 0 AS n, NULL::int AS done UNION ALL SELECT n, CASE n WHEN next THEN 0 ELSE n - 1 END FROM (
      SELECT CASE WHEN (week - first) * (SELECT count(*) FROM {TABLE} WHERE vector @@ {_span("0")}) > {{few}}
      THEN 1 ELSE {textindex.SPANS} END AS next OFFSET 0
    ) AS after CROSS JOIN LATERAL generate_series(next, {textindex.SPANS}) AS n
  ) AS slice CROSS JOIN LATERAL (
    SELECT * FROM {TABLE} AS d WHERE d.vector @@ CASE n WHEN {textindex.SPANS}
    THEN (wanted || format(' & ''%%s''', kind))::tsquery ELSE {_span("n")} END
    AND coalesce(d."on" < {textindex.FIRST_DAY} + 7 * (((week >> 3 * done) - 1) << 3 * done), true)
    ORDER BY d."on" + 0 DESC NULLS LAST, d.id DESC OFFSET 0
  ) AS {_TABLE} WHERE {_TABLE}.record_type = label AND CASE number {{where}} END LIMIT {{limit}}
) AS found"""
