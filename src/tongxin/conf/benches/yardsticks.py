"""What the search index is measured against: the same rows looked through as databases do by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from tongxin.kernel.search import MOST
from tongxin.kernel.textindex import FTS, TABLE

_ROWS = "concerns_concern"
_WHOLE = "title || ' ' || text"


@dataclass(frozen=True)
class Yardstick:
    """A way to find the newest rows that hold every word; `size` is what its index takes, in bytes."""

    name: str
    find: Callable[[str], list[int]]
    size: int | None


def plain() -> Yardstick:
    """No index at all."""
    like = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    return Yardstick(like, lambda asked: _find(_ROWS, "id", f"({_WHOLE}) {like} %s", asked), None)


@contextmanager
def trigrams() -> Iterator[Yardstick | None]:
    """The database's own trigram index over the same rows, for a while; None where there is none."""
    if connection.vendor == "postgresql":
        with _pg_trgm() as made:
            yield made
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE bench_trigram USING fts5(whole, tokenize='trigram')")
        cursor.execute(f"INSERT INTO bench_trigram(rowid, whole) SELECT id, {_WHOLE} FROM {_ROWS}")  # noqa: S608 - names of our own, nothing typed
        cursor.execute("INSERT INTO bench_trigram(bench_trigram) VALUES ('optimize')")
    try:
        size = _one("SELECT sum(length(block)) FROM bench_trigram_data")
        yield Yardstick("FTS5 trigram", lambda asked: _find("bench_trigram", "rowid", "whole LIKE %s", asked), size)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_trigram")


@contextmanager
def _pg_trgm() -> Iterator[Yardstick | None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        yield None  # not installed there, or not for us to install
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX bench_trigram ON {_ROWS} USING gin (({_WHOLE}) gin_trgm_ops)")
        cursor.execute(f"ANALYZE {_ROWS}")
    try:
        size = _one("SELECT pg_relation_size('bench_trigram')")
        yield Yardstick("pg_trgm", lambda asked: _find(_ROWS, "id", f"({_WHOLE}) ILIKE %s", asked), size)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX bench_trigram")


def _find(table: str, key: str, condition: str, asked: str) -> list[int]:
    words = asked.strip("“”").split()
    where = " AND ".join([condition] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key} DESC LIMIT {MOST + 1}",  # noqa: S608 - names of our own, nothing typed
            [f"%{word}%" for word in words],
        )
        return [pk for (pk,) in cursor.fetchall()]


def text_bytes() -> int:
    """How many bytes of text are searched."""
    length = "octet_length" if connection.vendor == "postgresql" else "length"
    whole = _WHOLE if connection.vendor == "postgresql" else f"CAST({_WHOLE} AS BLOB)"
    return _one(f"SELECT sum({length}({whole})) FROM {_ROWS}")  # noqa: S608 - names of our own, nothing typed


def index_bytes() -> dict[str, int]:
    """What search takes: the engine's `index`, and beside it the `terms` that documents keep for it."""
    if connection.vendor == "postgresql":
        terms = _one(f"SELECT sum(pg_column_size(terms) + pg_column_size(vector)) FROM {TABLE}")  # noqa: S608 - names of our own, nothing typed
        return {"index": _one(f"SELECT pg_relation_size('{TABLE}_vector')"), "terms": terms}
    terms = _one(f"SELECT sum(length(CAST(terms AS BLOB))) FROM {TABLE}")  # noqa: S608 - names of our own, nothing typed
    return {"index": _one(f"SELECT sum(length(block)) FROM {FTS}_data"), "terms": terms}  # noqa: S608 - names of our own, nothing typed


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0] or 0)
