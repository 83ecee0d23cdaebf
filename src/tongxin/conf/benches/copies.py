"""Many documents soon: those that are there, copied inside the database. To tell a million anew takes hours."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.db.models import Max, Min, Model

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import textindex
from tongxin.kernel.models import SearchDocument

AGAIN = "again"  # the `text_key` of a copied concern
MEMORY = "1GB"  # for PostgreSQL to make its index anew


def multiply(done: int, size: int, step: Callable[[int], None]) -> float:
    """From `done` concerns with their documents to `size`, each round of later days; documents and index a second.

    PostgreSQL's index is made anew at the end, as for any large load. `step` is called with how many were made.
    """
    days = SearchDocument.objects.aggregate(first=Min("on"), last=Max("on"))
    span = (days["last"] - days["first"]).days + 1
    concerns, documents = (model.objects.aggregate(last=Max("pk"))["last"] for model in (Concern, SearchDocument))
    spent = 0.0
    if connection.vendor == "postgresql":
        _run(f"DROP INDEX {textindex.TABLE}_vector")
    for copy in range(1, -(-size // done)):
        many = min(done, size - copy * done)
        _copy(
            Concern, many, {"id": concerns * copy, "serial": done * copy}, text_key=f"'{AGAIN}'", receipt_index="NULL"
        )
        begun = time.perf_counter()
        later = f'"on" + {span * copy}' if connection.vendor == "postgresql" else f"date(\"on\", '{span * copy} days')"
        _copy(SearchDocument, many, {"id": documents * copy, "record_id": concerns * copy}, on=later)
        spent += time.perf_counter() - begun
        step(many)
    begun = time.perf_counter()
    if connection.vendor == "postgresql":
        _run("SET CONSTRAINTS ALL IMMEDIATE")  # in a transaction no index is made before foreign keys are checked
        _run(f"SET maintenance_work_mem = '{MEMORY}'")
        _run(textindex.INDEX)
    textindex.purge(connection)
    return (size - done) / (spent + time.perf_counter() - begun)


def _copy(model: type[Model], many: int, raised: dict[str, int], **other: str) -> None:
    """The first `many` rows once more, some columns raised by a number, others from an expression."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = [
        other.get(column) or (f'"{column}" + {raised[column]}' if column in raised else f'"{column}"')
        for column in columns
    ]
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    _run(
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM'  # noqa: S608 - names and numbers of our own
        f' (SELECT * FROM "{table}" ORDER BY id LIMIT {many}) AS source ORDER BY id'
    )


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
