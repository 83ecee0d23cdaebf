"""The full-text index over `SearchDocument.terms`, made by each database's own engine and kept true by it."""

from __future__ import annotations

from typing import Any

TABLE = "kernel_searchdocument"
FTS = "kernel_search_fts"
VOCABULARY = "kernel_search_vocab"

_POSTGRESQL = (
    # Terms are divided by spaces already: no parser, no dictionary, the same on every locale.
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED",
    f"CREATE INDEX {TABLE}_vector ON {TABLE} USING gin (vector)",
)
_DROP = f"INSERT INTO {FTS}({FTS}, rowid, terms) VALUES ('delete', old.id, old.terms);"  # noqa: S608 - constants
_ADD = f"INSERT INTO {FTS}(rowid, terms) VALUES (new.id, new.terms);"  # noqa: S608 - constants
_SQLITE = (
    f"CREATE VIRTUAL TABLE {FTS} USING fts5(terms, content='{TABLE}', content_rowid='id', "
    "detail='none', columnsize=0, prefix='1')",
    f"CREATE VIRTUAL TABLE {VOCABULARY} USING fts5vocab('{FTS}', 'row')",
)
_TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_insert AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_delete AFTER DELETE ON {TABLE} BEGIN {_DROP} END",
    f"CREATE TRIGGER IF NOT EXISTS {FTS}_update AFTER UPDATE ON {TABLE} BEGIN {_DROP} {_ADD} END",
)


def install(connection: Any) -> None:
    """Make the index beside the table of documents."""
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)
    attach(connection)


def attach(connection: Any) -> None:
    """Let the index follow its table; safe to repeat. PostgreSQL's generated column does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in _TRIGGERS:
                cursor.execute(statement)


def purge(connection: Any) -> None:
    """Take out of the index's own pages what was deleted from it: SQLite only marks it, PostgreSQL's vacuum does it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('optimize')")  # noqa: S608 - a constant


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN vector")
            return
        for verb in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER {FTS}_{verb}")
        cursor.execute(f"DROP TABLE {VOCABULARY}")
        cursor.execute(f"DROP TABLE {FTS}")
