"""The full-text index over `SearchDocument.terms`, made by each database's own engine and kept true by it."""

from __future__ import annotations

from typing import Any

TABLE = "kernel_searchdocument"
FTS = "kernel_search_fts"

# A term that every document of a kind has, so that the engine itself keeps the kinds apart: the analyser makes none
# with this sign in it, and to FTS5's `ascii` it is a letter like all signs beyond ASCII.
KIND = "§"

# SQLite's engine gives its rows in the order of their number, so the number is the day and the document's id together:
# the newest are found first, and it stops when there are enough. Without a day it is the id alone.
ID_BITS = 32

# PostgreSQL's engine has no order, but a term for kind and time of a document lets it look at the newest of a kind
# alone: the week of its day, and the eight, and the sixty-four weeks that hold it (`search.newest` looks through one
# span after the other).
SPANS = 3
FIRST_DAY = "DATE '0001-01-01'"
#: The number of a document's week; shifted by three bits it is that of its eight weeks, and so on.
WEEK = f'(("on" - {FIRST_DAY}) / 7)'

# Terms are divided by white space already: no parser, no dictionary, the same on every locale.
_SPLIT = "array_remove(string_to_array(translate(terms, E'\\n', ' '), ' '), '')"
_KIND = f"'{KIND}' || replace(record_type, '.', '{KIND}')"
_TIMES = ", ".join(f"{_KIND} || '{KIND}{span}{KIND}' || ({WEEK} >> {3 * span})::text" for span in range(SPANS))
_BY_KIND = f"array_append({_SPLIT}, {_KIND})"
_BY_DAY = f"{_SPLIT} || array_remove(ARRAY[{_KIND}, {_TIMES}], NULL)"  # NULL without a day

INDEX = f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)"


def _vector(terms: str) -> tuple[str, ...]:
    """The statements that make PostgreSQL's index over an array of terms."""
    return (
        f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS (array_to_tsvector({terms})) STORED",
        INDEX,
        # How common a term is decides how the database looks for it: let it know ten thousand of them.
        f"ALTER TABLE {TABLE} ALTER COLUMN vector SET STATISTICS 1000",
        # Room on each page, so that a change of state leaves the index alone; and texts beside the table, so that a
        # page has many rows and those that are found are fetched from few.
        f"ALTER TABLE {TABLE} SET (fillfactor = 90, toast_tuple_target = 256)",
    )


_ORDER = f'CREATE INDEX IF NOT EXISTS {TABLE}_newest ON {TABLE} (record_type, "on" DESC NULLS LAST, id DESC)'


def _number(row: str) -> str:
    return f'((coalesce(CAST(julianday({row}."on") AS INTEGER), 0) << {ID_BITS}) | {row}.id)'


def _terms(row: str) -> str:
    return f"{row}.terms || ' {KIND}' || replace({row}.record_type, '.', '{KIND}')"


_DROP = f"INSERT INTO {FTS}({FTS}, rowid, terms) VALUES ('delete', {_number('old')}, {_terms('old')});"  # noqa: S608 - constants
_ADD = f"INSERT INTO {FTS}(rowid, terms) VALUES ({_number('new')}, {_terms('new')});"  # noqa: S608 - constants
_SQLITE = (
    # `ascii` divides at white space and leaves every other sign beyond ASCII alone: the analyser has done the rest.
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(terms, content='', detail='none', columnsize=0, tokenize='ascii')",
)
_TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_insert AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_delete AFTER DELETE ON {TABLE} BEGIN {_DROP} END",
    f'CREATE TRIGGER IF NOT EXISTS {FTS}_update AFTER UPDATE OF terms, "on" ON {TABLE}'
    f' WHEN old.terms <> new.terms OR old."on" IS NOT new."on" BEGIN {_DROP} {_ADD} END',
)


def install(connection: Any) -> None:
    """Make the index beside the table of documents."""
    with connection.cursor() as cursor:
        for statement in _vector(_BY_KIND) if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)
    attach(connection)


def put_in_order(connection: Any) -> None:
    """Let the newest day come first: PostgreSQL walks an index, SQLite numbers its index anew. No document may exist
    yet."""
    if connection.vendor == "sqlite":
        remove(connection)
        install(connection)
    else:
        with connection.cursor() as cursor:
            cursor.execute(_ORDER)


def slice_by_day(connection: Any) -> None:
    """Give PostgreSQL's index the terms for kind and time of a document; SQLite's is in order already."""
    if connection.vendor == "postgresql":
        remove(connection)
        with connection.cursor() as cursor:
            for statement in _vector(_BY_DAY):
                cursor.execute(statement)


def attach(connection: Any) -> None:
    """Let the index follow its table; safe to repeat. PostgreSQL's generated column does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, TABLE)}
            for statement in _TRIGGERS if "on" in columns else ():  # the first migrations know of no day
                cursor.execute(statement)


def purge(connection: Any) -> None:
    """Take out of the index's own pages what was deleted from it: SQLite only marks it, PostgreSQL's vacuum does it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('optimize')")  # noqa: S608 - a constant


def analyse(connection: Any) -> None:
    """Let the planner know which terms are common; after many documents were made at once."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {TABLE}")


def kind_term(label: str) -> str:
    """The term that the documents of one kind of record have."""
    return KIND + label.replace(".", KIND)


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN vector")
            return
        for verb in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {FTS}_{verb}")
        cursor.execute(f"DROP TABLE {FTS}")
