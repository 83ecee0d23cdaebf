"""Ten thousand of everything, beside a small cast.

Concerns come through the bulk form of the door; members, stations and accounts, of which no assembly has as many, are
put into their tables at once: what matters here is only that lists of them are long.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Mod
from django.utils import timezone

from tests.cast import Cast
from tongxin.carry.briefs.models import Brief, BriefAuthor, BriefHandling, BriefVersion
from tongxin.carry.research.models import Honour, ReportAward, ReportInstruction, ResearchReport, TeamMember
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.contact import areas
from tongxin.hear.contact.models import (
    Constituent,
    ConstituentLink,
    ContactPerson,
    ContactRecord,
    ResponsibilityArea,
)
from tongxin.hear.contact.workflow import CONSTITUENTS, CONTACTS
from tongxin.hear.stations.models import Station
from tongxin.kernel import door
from tongxin.kernel.actor import public, system
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people.models import Member, Person, RoleGrant, User

TEXTS = (
    "八马路小学门口的路灯坏了，孩子放学看不见路。",
    "三道街的井盖松了，一过车就响，夜里睡不着。",
    "北市场的公交站没有雨棚，下雨天老人没处躲。",
    "卫生院下午没有大夫，量个血压要跑到市里。",
    "楼道里的垃圾半个月没人收，味道很大。",
)
#: In which states the concerns stand, one after the other, so that every pile of the queue is filled.
STATES = ("recorded", "triaged", "referred", "outcome", "answered", "closed", "closed")


def grow(cast: Cast, size: int) -> None:
    """Bring concerns, members, stations and accounts of the cast's city to `size` each."""
    _stations(cast, size - Station.objects.filter(assembly=cast.city).count())
    _members(cast, size - Member.objects.filter(assembly=cast.city).count())
    _accounts(cast, size - User.objects.count())
    _people(cast, size - Constituent.objects.count())
    _briefs(cast, size - Brief.objects.filter(assembly=cast.city).count())
    _reports(cast, size - ResearchReport.objects.filter(assembly=cast.city).count())
    door.begin_many(CONCERNS, "speak", public(), _told(cast, size - Concern.objects.count()))
    _spread(cast)
    with connection.cursor() as cursor:  # a database in use knows the sizes of its tables
        cursor.execute("ANALYZE")


def keep_contact(cast: Cast) -> tuple[Constituent, Constituent, ContactRecord, ResponsibilityArea]:
    """Somebody the cast's member keeps contact with, the same person entered once more, a contact at which something
    was raised, and the member's area."""
    by = system("crowd", cast.city)
    consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact", "tell_result"]}
    told = consent | {"name": "王桂兰", "sector": cast.sector, "member": cast.seat}
    person, twin = (door.begin(CONSTITUENTS, "enrol", by, told | {"another": n > 0}) for n in range(2))
    met = {"member": cast.seat.pk, "people": [person.pk], "channel": "visit", "summary": "聊了聊入冬供热。"}
    contact = door.begin(CONTACTS, "record", by, met | {"concern_text": "三单元暖气不热。", "token": "crowd"})
    area = areas.enter(by, {"name": "八马路社区", "sector": cast.sector})
    areas.assign(area, by, {"member": cast.seat, "on": timezone.localdate(), "held": None})
    return person, twin, contact, area


def _people(cast: Cast, count: int) -> None:
    """Constituents of members who are not the cast's, each met once; areas and plans as many."""
    first = Constituent.objects.count()
    today = timezone.localdate()
    here = {"assembly": cast.city}
    others = list(Member.objects.filter(assembly=cast.city).exclude(pk=cast.seat.pk).order_by("pk"))
    people = Constituent.objects.bulk_create(
        Constituent(**here, name=f"群众{n}", name_index=f"{n}", sector=cast.sector, state="active", consent_on=today)
        for n in range(first, first + count)
    )
    members = [others[n % len(others)] for n in range(len(people))]
    pairs = list(zip(people, members, strict=True))
    ConstituentLink.objects.bulk_create(
        ConstituentLink(**here, member=m, constituent=p, from_on=today, last_on=today) for p, m in pairs
    )
    contacts = ContactRecord.objects.bulk_create(
        ContactRecord(**here, member=m, sector=cast.sector, on=today, channel="visit", summary="走访", state="recorded")
        for _p, m in pairs
    )
    ContactPerson.objects.bulk_create(
        ContactPerson(record=contact, constituent=person) for contact, person in zip(contacts, people, strict=True)
    )
    ResponsibilityArea.objects.bulk_create(
        ResponsibilityArea(**here, name=f"第{n}片区", sector=cast.sector) for n in range(first, first + count)
    )


def _briefs(cast: Cast, count: int) -> None:
    """Briefs in all states, every ninth the member's own, as many of the body's."""
    first, now = Brief.objects.filter(assembly=cast.city).count(), timezone.now()
    states = ("submitted", "editing", "reviewing", "signing", "issued", "handling", "replied", "fed_back")
    made = []
    for n in range(first, first + count):
        state = states[n % len(states)]
        out = state in ("issued", "handling", "replied", "fed_back")
        told: dict[str, Any] = {"issued_at": now, "issue_year": 1900 + n // 1000, "issue_number": n, "issue_total": n}
        made.append(
            Brief(
                assembly=cast.city, year=1999, serial=n + 1, title=f"{TEXTS[n % len(TEXTS)][:20]}（{n}）",
                situation=TEXTS[n % len(TEXTS)], state=state, origin="member", sector=cast.sector,
                committee=cast.committee_, submitted_at=now - timedelta(minutes=n),
                created_by=cast.users["member"] if n % 9 == 0 else None, editor=cast.users["info_editor"],
                due_on=now.date() if state in ("submitted", "handling", "replied") else None,
                lead_body=cast.roads if out else None, **(told if out else {}),
            )
        )  # fmt: skip
    briefs = Brief.objects.bulk_create(made)
    BriefAuthor.objects.bulk_create(BriefAuthor(brief=brief, name="委员") for brief in briefs)
    BriefVersion.objects.bulk_create(
        BriefVersion(assembly=cast.city, brief=brief, number=1, title=brief.title) for brief in briefs
    )
    BriefHandling.objects.bulk_create(
        BriefHandling(assembly=cast.city, brief=brief, body=cast.roads, part="lead")
        for brief in briefs
        if brief.state == "handling"
    )


def _reports(cast: Cast, count: int) -> None:
    """Research reports in all states, every second of the committee, with members of teams, instructions and prizes."""
    first, now = ResearchReport.objects.filter(assembly=cast.city).count(), timezone.now()
    states = ("draft", "review", "returned", "reviewed", "finalized", "submitted", "instructed", "applied")
    made = []
    for n in range(first, first + count):
        state = states[n % len(states)]
        steps = {name: now for name in ("handed_in_at", "finalized_at", "submitted_at", "instructed_at")}
        reached = {"draft": 0, "review": 1, "returned": 1, "reviewed": 1, "finalized": 2, "submitted": 3}.get(state, 4)
        made.append(
            ResearchReport(
                assembly=cast.city, year=1999, serial=n + 1, title=f"{TEXTS[n % len(TEXTS)][:20]}（{n}）",
                topic="education", text=TEXTS[n % len(TEXTS)], state=state, created_by=cast.users["office"],
                committee=cast.committee_ if n % 2 else cast.other_committee, sector=cast.sector,
                **dict(list(steps.items())[:reached]),
            )
        )  # fmt: skip
    reports = ResearchReport.objects.bulk_create(made)
    TeamMember.objects.bulk_create(TeamMember(report=report, name="委员", leads=True) for report in reports)
    ReportInstruction.objects.bulk_create(
        ReportInstruction(assembly=cast.city, report=each, level="city_main", on=now.date(), leader="某", text="阅")
        for each in reports
        if each.instructed_at
    )
    ReportAward.objects.bulk_create(
        ReportAward(
            assembly=cast.city, report=each, name="奖", issuer="省政协", level="province", grade="first", year=now.year
        )
        for each in reports
        if each.state == "applied"
    )
    Honour.objects.bulk_create(
        Honour(assembly=cast.city, kind="media", occasion=f"刊发{n}", issuer="省政协", on=now.date())
        for n in range(first, first + count)
    )


def _told(cast: Cast, count: int) -> Iterator[dict[str, Any]]:
    """Said over the last months: four in five at a station, one in three with a number to be called at."""
    stations = list(Station.objects.filter(assembly=cast.city).select_related("sector", "county").order_by("pk")[:30])
    first, now = Concern.objects.count(), timezone.now()
    for number in range(first, first + count):
        row = {
            "text": f"{TEXTS[number % len(TEXTS)]}（{number}）",
            "assembly": cast.city,
            "station": stations[number % len(stations)] if number % 5 else None,
            "receipt_index": receipt_index(receipt_for(f"crowd {number}")),
            "_at": now - timedelta(minutes=20 * (count - number + first)),
        }
        if number % 3 == 0:
            row |= {"speaker_name": "周女士", "speaker_phone": f"1394690{number % 10000:04d}", "consent": True}
        yield row


def _spread(cast: Cast) -> None:
    """Put the concerns into all states, with all the cast's people having many in sight."""
    every = Concern.objects.filter(body=None, state="recorded").annotate(lot=Mod("id", Value(len(STATES))))
    said = F("said_at")
    for lot, state in enumerate(STATES):
        told: dict[str, Any] = {"state": state}
        if state != "recorded":
            told |= {"triaged_at": said, "triaged_in_time": True, "body": cast.roads}
        if state in ("answered", "closed"):
            told |= {"answered_at": said, "answered_in_time": True}
        if state == "closed":
            told |= {"closed_at": said, "rated_at": said, "rating": "satisfied", "due_on": None, "due_kind": ""}
        every.filter(lot=lot).update(**told)
    mine = Concern.objects.annotate(lot=Mod("id", Value(9))).filter(lot=0)
    mine.update(created_by=cast.users["member"])


def _stations(cast: Cast, count: int) -> None:
    first = Station.objects.count()
    Station.objects.bulk_create(
        Station(
            assembly=cast.city,
            code=f"S{number:05d}",
            name=f"第{number}联络站",
            county=cast.county,
            sector=cast.sector,
            state="active",
            opened_on=timezone.localdate(),
            functions=[],
        )
        for number in range(first, first + count)
    )


def _members(cast: Cast, count: int) -> None:
    first = Person.objects.count()
    persons = Person.objects.bulk_create(
        Person(assembly=cast.city, name=f"委员{number}") for number in range(first, first + count)
    )
    Member.objects.bulk_create(
        Member(
            assembly=cast.city,
            person=person,
            term=cast.term,
            sector=cast.sector,
            committee=cast.committee_,
            state="active",
        )
        for person in persons
    )


def _accounts(cast: Cast, count: int) -> None:
    first = User.objects.count()
    users = User.objects.bulk_create(
        User(username=f"user{number}", name=f"用户{number}", password="!") for number in range(first, first + count)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(assembly=cast.city, user=user, role="body", scope=cast.roads.pk) for user in users
    )
