"""The journal cannot be changed through the database, and a change made behind its back is found."""

import pytest
from django.db import DatabaseError, connection, transaction

from tongxin.kernel import journal, tasks, triggers
from tongxin.kernel.apps import guard
from tongxin.kernel.models import JournalEntry, JournalSeal


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", triggers.TABLES)
def test_the_database_refuses_to_change_it(cast, change, table):
    cast.concern(state="triaged")
    journal.seal(cast.city.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


@pytest.mark.parametrize("table", triggers.TABLES)
def test_nor_is_a_row_put_in_anothers_place(cast, table):
    cast.concern(state="triaged")
    journal.seal(cast.city.pk)
    again = {
        "sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0} LIMIT 1",
        "postgresql": "INSERT INTO {0} SELECT * FROM {0} LIMIT 1 ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    }[connection.vendor].format(table)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(again)


def test_sealed_entries_verify_and_later_ones_are_counted(cast):
    concern = cast.concern(state="referred")
    assert journal.seal(cast.city.pk) == JournalEntry.objects.count()
    assert journal.seal(cast.city.pk) == 0
    verdict = journal.verify(cast.city.pk)
    assert (verdict.broken, verdict.unsealed, verdict.sealed) == ("", 0, JournalEntry.objects.count())
    assert verdict.head == JournalSeal.objects.latest("position").digest
    cast.concern(token="another")
    assert journal.verify(cast.city.pk).unsealed == 1
    assert [event.title for event in journal.timeline(concern)][-1]


@pytest.mark.parametrize("tampering", ["changed", "removed", "dated back"])
def test_tampering_is_named(cast, tampering):
    cast.concern(state="closed")
    journal.seal(cast.city.pk)
    victim = JournalEntry.objects.order_by("id")[2]
    triggers.remove(connection)
    if tampering == "changed":
        JournalEntry.objects.filter(pk=victim.pk).update(facts={"note": "another story"})
    elif tampering == "dated back":
        JournalEntry.objects.filter(pk=victim.pk).update(at=victim.at.replace(year=2020))
    else:
        victim.notices.all().delete()
        JournalSeal.objects.filter(entry=victim).delete()
        victim.delete()
    triggers.install(connection)
    broken = journal.verify(cast.city.pk).broken
    assert broken
    assert "3" in broken, "the third link is the first broken one"


def test_the_worker_seals_what_is_new(cast):
    cast.concern()
    assert "tongxin.kernel.tasks.seal_journal" in tasks.beat()
    assert journal.verify(cast.city.pk).unsealed == 0
    assert "tongxin.kernel.tasks.seal_journal" not in tasks.beat(), "not twice within the minute"


def test_every_migration_puts_the_guard_back(cast):
    cast.concern()
    triggers.remove(connection)
    guard(using=connection.alias)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        JournalEntry.objects.update(verb="other")
