"""The floor under a page: the SQL it runs, noted once and then run bare.

A page is asked for within this process while every statement is noted with its parameters and its transaction. The
server then runs the same statements in a view that does nothing else.
"""

from __future__ import annotations

import os
import pickle
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

FOLDER = "TONGXIN_BENCH_FLOORS"  # environment: where the notes of all pages are kept
_INSERT = re.compile(r'INSERT INTO "(\w+)" \(([^)]*)\) VALUES')
_COUNTER = 'UPDATE "kernel_sequence" SET "value" = %s'
_RETURNING = re.compile(r'RETURNING "\w+"\."id"')


@dataclass(frozen=True)
class Statement:
    """One statement; those of one transaction share a `block`, others have None."""

    sql: str
    params: Any
    many: bool
    block: int | None


@dataclass
class Notes:
    """All that a page asked of the database, in order."""

    statements: list[Statement] = field(default_factory=list)
    finished: int = 0  # transactions that ended so far
    read: int = 0  # how much of the connection's log has been looked at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict) -> Any:
        log = list(context["connection"].queries_log)
        self.finished += sum(entry["sql"] in ("COMMIT", "ROLLBACK") for entry in log[self.read :])
        self.read = len(log)
        if not sql.startswith("BEGIN"):
            block = self.finished if context["connection"].in_atomic_block else None
            self.statements.append(Statement(sql, params, many, block))
        return execute(sql, params, many, context)


@contextmanager
def noting() -> Iterator[Notes]:
    """Note what happens on this thread's connection."""
    notes = Notes()
    before = connection.force_debug_cursor
    connection.ensure_connection()
    connection.queries_log.clear()
    connection.force_debug_cursor = True  # so that the ends of transactions are logged
    try:
        with connection.execute_wrapper(notes):
            yield notes
    finally:
        connection.force_debug_cursor = before


def keep(name: str, notes: Notes) -> None:
    """Write the notes of a page where the server's bare view finds them."""
    (Path(os.environ[FOLDER]) / f"{name}.pickle").write_bytes(pickle.dumps(notes.statements))


@lru_cache
def _kept(name: str) -> list[tuple[bool, list[Statement]]]:
    """(in a transaction, statements) one after the other. The folder is ours alone, so its pickles are our own."""
    statements = pickle.loads((Path(os.environ[FOLDER]) / f"{name}.pickle").read_bytes())  # noqa: S301
    statements = [_counting_on(statement) for statement in statements]
    return [(block is not None, list(group)) for block, group in groupby(statements, key=lambda s: s.block)]


def _counting_on(statement: Statement) -> Statement:
    """The number series must go on: setting it back to the noted number would make the page's next one collide."""
    if not statement.sql.startswith(_COUNTER):
        return statement
    sql = statement.sql.replace("= %s", '= "value" + 1', 1)
    return replace(statement, sql=sql, params=tuple(statement.params)[1:])


@csrf_exempt
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Run the statements of a page, fetch what they find, answer with two letters."""
    fresh = Fresh()
    for together, statements in _kept(name):
        with transaction.atomic() if together else nullcontext(), connection.cursor() as cursor:
            for statement in statements:
                _execute(cursor, statement, fresh)
    return HttpResponse("ok")


def _execute(cursor: Any, statement: Statement, fresh: Fresh) -> None:
    if statement.many:
        cursor.executemany(statement.sql, statement.params)
        return
    inserted = _INSERT.match(statement.sql)
    params = fresh.params(inserted, statement.params) if inserted else statement.params
    cursor.execute(statement.sql, params)
    if cursor.description:
        rows = cursor.fetchall()
        if inserted and inserted[1] == fresh.table and _RETURNING.search(statement.sql):
            fresh.made = rows[0][0]


class Fresh:
    """Values that must differ every time the same rows are written: a concern's number, receipt and id."""

    table = "concerns_concern"

    def __init__(self) -> None:
        self.made: int | None = None

    def params(self, inserted: re.Match, params: Any) -> list[Any]:
        """The parameters of an INSERT with new values in those columns; expressions in VALUES are left alone."""
        columns = [column.strip(' "') for column in inserted[2].split(",")]
        if not params or len(params) % len(columns):
            return params
        return [self._value(inserted[1], columns[n % len(columns)], value) for n, value in enumerate(params)]

    def _value(self, table: str, column: str, value: Any) -> Any:
        if table == self.table and column == "serial":
            return secrets.randbelow(2**31 - 10**7) + 10**7
        if table == self.table and column == "receipt_index":
            return secrets.token_hex(32)
        if self.made is not None and column in ("record_id", "concern_id"):
            return self.made
        return value
