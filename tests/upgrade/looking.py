"""What stands in an installation, as a program in its environment: `python -m tests.upgrade.looking` prints JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import django
from django.db import DatabaseError, connection, transaction


def tables() -> dict[str, str]:
    """Every table with a digest of all its rows. Left out is what Django itself looks at anew each time."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            if name.startswith("kernel_search_fts"):  # the index of SQLite, which cannot be read row by row
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608 - names of our tables
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def refused(statement: str) -> bool:
    """Whether the database itself refuses the statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def chain(concern: Any) -> list[str]:
    """What the person was told, with which picture, and what the person says of it."""
    answer = concern.answers.get()
    return [answer.text, concern.files.get(outcome=answer.outcome).file.name, answer.rating.value, concern.rating]


def look() -> dict[str, Any]:
    from tongxin.hear.concerns.models import Concern
    from tongxin.hear.contact.models import Constituent, ConstituentLink, ContactRecord
    from tongxin.hear.stations.models import DutyVisit, RotaRule, Station
    from tongxin.kernel import search
    from tongxin.kernel.models import Deadline, JournalEntry, Notice, SearchDocument
    from tongxin.people import queries as people
    from tongxin.people.models import Member, User

    office = people.actor_of(User.objects.get(username="office"))
    document = SearchDocument.objects.get(record_type="concerns.concern")
    return {
        "members": [str(member) for member in Member.objects.select_related("person")],
        "people": sorted((each.name, each.phone) for each in Constituent.objects.all()),
        "links": ConstituentLink.objects.filter(to_on=None).count(),
        "met": [each.name for each in ContactRecord.objects.get().met.all()],
        "concern": list(Concern.objects.values_list("text", "state").get()),
        "speaker": Concern.objects.get().speaker_name,
        "station": [[str(each), each.code, each.members.count()] for each in Station.objects.all()],
        "chain": chain(Concern.objects.get()),
        "clocks": [str(each.due_on) for each in Deadline.objects.all()],
        "notices": Notice.objects.filter(user=office.user_id, read_at=None).count(),
        "rules": [[each.words, each.nths] for each in RotaRule.objects.all()],
        "visits": [each.people for each in DutyVisit.objects.filter(turn__rule__isnull=False)],
        "entries": JournalEntry.objects.count(),
        "lacking": [kind.key for kind in search.incomplete()],
        "found": [len(search.find(office, words)) for words in ("路灯", "供热", "周岩")],
        "kept": f"{document.title} {document.body} {document.terms}",
        "refused": [
            refused("UPDATE kernel_journalentry SET verb = 'x'"),
            refused("DELETE FROM kernel_journalentry"),
            refused("DELETE FROM kernel_journalseal"),
        ],
        "tables": tables(),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(look(), ensure_ascii=False))
