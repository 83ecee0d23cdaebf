"""The database itself refuses to change the journal, whoever asks."""

from __future__ import annotations

from typing import Any

TABLES = ("kernel_journalentry", "kernel_journalseal")


def install(connection: Any) -> None:
    """Make the journal's tables append-only on the connected database; safe to repeat."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for statement in _statements(connection.vendor, table):
                cursor.execute(statement)


def remove(connection: Any) -> None:
    """Undo `install`: for a reversed migration, and for tests that empty the database."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_rows ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_all ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_delete")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_replace")


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION tongxin_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$",
            f"CREATE OR REPLACE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION tongxin_append_only()",
            f"CREATE OR REPLACE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tongxin_append_only()",
        ]
    refuse = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    return [
        *(
            f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {verb.upper()} ON {table} {refuse}"
            for verb in ("update", "delete")
        ),
        # REPLACE deletes without firing a delete trigger.
        f"CREATE TRIGGER IF NOT EXISTS {table}_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own names
        f"WHEN NEW.id IN (SELECT id FROM {table}) {refuse}",
    ]
