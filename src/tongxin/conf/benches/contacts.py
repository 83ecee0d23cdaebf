"""What `tongxin bench circle` loads: members with constituents and a year of contacts, with realistic gaps.

All of it goes past the door, in bulk: what is measured is reading, and a hundred and fifty thousand constituents
through forms would take hours. Nobody in it has a name.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from tongxin.hear.contact.check.measuring import COUNTS
from tongxin.hear.contact.lists import CHANNELS_LIST, TASKS_LIST
from tongxin.hear.contact.models import (
    AreaMember,
    Constituent,
    ConstituentLink,
    ContactRecord,
    ContactTask,
    ResponsibilityArea,
)
from tongxin.kernel import options
from tongxin.people.models import Assembly, Member, Person, Sector, Term

SEED = 1158
CONTACTS = 7  # of a member in a year, on average
BATCH = 5000
Say = Callable[[str], None]


def grow(
    assembly: Assembly, members: int, people: int, today: date | None = None, say: Say = lambda text: None
) -> None:
    """Bring the assembly to so many members, each with about so many constituents and a year of contacts."""
    dice = random.Random(SEED)  # noqa: S311 - the same rows every time
    today = today or timezone.localdate()
    seats = _members(assembly, members)
    say(f"{len(seats):,} members; constituents …")
    _areas(assembly, seats, dice)
    diligence = {seat.pk: dice.choice((0.15, 0.6, 1, 1, 1, 1.3)) for seat in seats}
    _links(assembly, seats, people, diligence, today, dice)
    say("contacts …")
    _contacts(assembly, seats, diligence, today, dice)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # what autovacuum does within a minute
            cursor.execute("VACUUM ANALYZE")


def _members(assembly: Assembly, wanted: int) -> list[Member]:
    sectors = list(Sector.objects.filter(assembly=assembly, closed_on=None).order_by("position"))
    term = Term.objects.filter(assembly=assembly).order_by("-number")[0]
    there = Member.objects.filter(assembly=assembly, state="active").count()
    persons = Person.objects.bulk_create(
        (Person(assembly=assembly, name=f"委员{number + 1}") for number in range(there, wanted)), batch_size=BATCH
    )
    Member.objects.bulk_create(
        (
            Member(assembly=assembly, person=person, term=term, sector=sectors[n % len(sectors)], state="active")
            for n, person in enumerate(persons)
        ),
        batch_size=BATCH,
    )
    return list(Member.objects.filter(assembly=assembly, state="active").order_by("pk")[:wanted])


def _areas(assembly: Assembly, seats: list[Member], dice: random.Random) -> None:
    counties: list[Assembly | None] = [*Assembly.objects.filter(parent=assembly)] or [None]
    areas = {
        sector: ResponsibilityArea.objects.create(
            assembly=assembly, name=f"第{n + 1}责任区", sector_id=sector, county=counties[n % len(counties)]
        )
        for n, sector in enumerate(sorted({seat.sector_id for seat in seats}))
    }
    AreaMember.objects.bulk_create(
        (
            AreaMember(assembly=assembly, area=areas[seat.sector_id], member=seat, from_on=date(2022, 3, 1))
            for seat in seats
            if dice.random() < 0.97
        ),
        batch_size=BATCH,
    )


def _links(
    assembly: Assembly, seats: list[Member], people: int, diligence: dict[int, float], today: date, dice: random.Random
) -> None:
    wanted = [
        (seat, max(0, people + dice.choice((0, 0, 0, 0, 1, 2, -1 if dice.random() < 0.1 else 0)))) for seat in seats
    ]
    made = Constituent.objects.bulk_create(
        (
            Constituent(assembly=assembly, sector_id=seat.sector_id, state="active", place="某社区")
            for seat, count in wanted
            for _n in range(count)
        ),
        batch_size=BATCH,
    )
    owners = [seat for seat, count in wanted for _n in range(count)]
    ConstituentLink.objects.bulk_create(
        (
            ConstituentLink(
                assembly=assembly, member=seat, constituent=person, from_on=date(2023, 3, 1),
                last_on=_last(diligence[seat.pk], today, dice),
            )
            for seat, person in zip(owners, made, strict=True)
        ),
        batch_size=BATCH,
    )  # fmt: skip


def _last(diligence: float, today: date, dice: random.Random) -> date | None:
    if dice.random() < 0.02:
        return None
    return today - timedelta(days=int(dice.expovariate(diligence / 32)))


def _contacts(
    assembly: Assembly, seats: list[Member], diligence: dict[int, float], today: date, dice: random.Random
) -> None:
    channels = [choice.code for choice in options.choices(assembly.pk, CHANNELS_LIST)]
    tasks = [choice.code for choice in options.choices(assembly.pk, TASKS_LIST)]
    made = ContactRecord.objects.bulk_create(
        (
            ContactRecord(
                assembly=assembly, member=seat, state=COUNTS[0], channel=dice.choice(channels), summary="走访",
                on=today - timedelta(days=int(dice.random() ** 1.4 * 420 / min(diligence[seat.pk], 1))),
            )
            for seat in seats
            for _n in range(max(0, round(dice.gauss(CONTACTS * diligence[seat.pk], 2))))
        ),
        batch_size=BATCH,
    )  # fmt: skip
    served = ((record, dice.sample(tasks, min(len(tasks), 2))) for record in made)
    ContactTask.objects.bulk_create(
        (ContactTask(record=record, task=task) for record, chosen in served for task in chosen), batch_size=BATCH
    )
