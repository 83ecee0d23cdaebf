"""Members of the cast's city with constituents, contacts and concerns, put into their tables at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.contact.models import (
    AreaMember,
    Constituent,
    ConstituentLink,
    ContactConcern,
    ContactPerson,
    ContactRecord,
    ContactTask,
    ResponsibilityArea,
)
from tongxin.people.models import Member, Person

CHANNELS = ("visit", "research", "online", "service", "reading")
TASKS = ("policy", "listening", "voicing", "proposing", "consulting", "oversight", "helping", "guiding")


@dataclass
class Kept:
    """The cast, and members by name: 周岩 fulfils all, 孙萍 nothing, 钱进 (farmers) half."""

    cast: Cast
    today: date
    members: dict[str, Member] = field(default_factory=dict)

    def member(self, name: str, sector: Any, **told: Any) -> Member:
        person = Person.objects.create(assembly=self.cast.city, name=name)
        seat = Member.objects.create(
            assembly=self.cast.city, person=person, term=self.cast.term, sector=sector, state="active", **told
        )
        self.members[name] = seat
        return seat

    def links(self, member: Member, days: list[int | None]) -> list[ConstituentLink]:
        """A constituent for each number of days since the last contact."""
        made = []
        for number, ago in enumerate(days):
            person = Constituent.objects.create(
                assembly=self.cast.city, name=f"群众{number}", sector=member.sector, state="active", place="八马路"
            )
            last = None if ago is None else self.today - timedelta(days=ago)
            made.append(
                ConstituentLink.objects.create(
                    assembly=self.cast.city, member=member, constituent=person, from_on=date(2023, 1, 1), last_on=last
                )
            )
        return made

    def contact(self, member: Member, ago: int, channel: str = "visit", tasks: tuple[str, ...] = (), **told: Any):
        """A contact so many days ago; `met` are constituents, `concern` what was raised."""
        met, concern = told.pop("met", ()), told.pop("concern", None)
        record = ContactRecord.objects.create(
            assembly=self.cast.city,
            member=member,
            on=self.today - timedelta(days=ago),
            channel=channel,
            **{"state": "recorded", "summary": "走访", **told},
        )
        ContactTask.objects.bulk_create(ContactTask(record=record, task=task) for task in tasks)
        ContactPerson.objects.bulk_create(ContactPerson(record=record, constituent=person) for person in met)
        if concern is not None:
            ContactConcern.objects.create(record=record, concern=concern)
        return record

    def area(self, member: Member, county: Any = None) -> AreaMember:
        area, _fresh = ResponsibilityArea.objects.get_or_create(
            assembly=self.cast.city, name=f"责任区{county}", sector=member.sector, county=county
        )
        return AreaMember.objects.create(assembly=self.cast.city, area=area, member=member, from_on=date(2023, 1, 1))


@pytest.fixture
def kept(cast: Cast) -> Kept:
    kept = Kept(cast, timezone.localdate())
    whole, half = cast.seat, kept.member("钱进", cast.other_sector)
    kept.members["周岩"] = whole
    kept.member("孙萍", cast.sector)
    kept.area(whole, cast.county)
    links = kept.links(whole, [1, 20, 40, 70, 100])
    for ago, channel in enumerate(CHANNELS, 1):
        kept.contact(whole, ago, channel, TASKS[:4], met=[links[0].constituent])
    kept.contact(whole, 10, "visit", TASKS[4:], concern=cast.concern(state="answered", token="told"))
    kept.contact(whole, 12, "visit", (), concern=cast.concern(token="open"))
    kept.area(half)
    kept.links(half, [None, 95, 31])
    kept.contact(half, 95, "online", ("policy",))
    kept.contact(half, 400, "visit", TASKS)  # too long ago to count for the year
    kept.contact(half, 1, "reading", TASKS, state="voided")
    return kept
