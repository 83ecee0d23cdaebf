"""The cast with people the member keeps contact with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.contact.models import Constituent, ContactRecord
from tongxin.hear.contact.workflow import CONSTITUENTS, CONTACTS
from tongxin.kernel import door
from tongxin.people.models import Member, Person

CONSENT = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact", "tell_result"]}


@dataclass
class Circle:
    """The cast's contact room: enrol people, record contacts, other members to hand over to."""

    cast: Cast

    def enrol(self, name: str = "王桂兰", by: str = "member", **told: Any) -> Constituent:
        data = {
            "name": name,
            "sector": self.cast.sector.pk,
            "place": f"第{Constituent.objects.count()}小区",
            **CONSENT,
        } | told
        if by == "office":
            data.setdefault("member", self.cast.seat.pk)
        return door.begin(CONSTITUENTS, "enrol", self.cast.actor(by), data)

    def record(self, *people: Constituent, by: str = "member", days: int = 0, **told: Any) -> ContactRecord:
        day = timezone.localdate() - timedelta(days=days)
        data = {"people": [person.pk for person in people], "channel": "visit", "summary": "聊了聊入冬供热", "on": day}
        return door.begin(CONTACTS, "record", self.cast.actor(by), data | told)

    def member(self, name: str = "刘畅", sector: Any = None, assembly: Any = None) -> Member:
        assembly = assembly or self.cast.city
        person = Person.objects.create(assembly=assembly, name=name)
        return Member.objects.create(
            assembly=assembly,
            person=person,
            term=self.cast.term,
            sector=sector or self.cast.sector,
            state="active",
            since_on=date(2022, 1, 1),
        )


@pytest.fixture
def circle(cast: Cast) -> Circle:
    return Circle(cast)
