"""The fixed cast that every test knows by name: one city assembly with its people, and a stranger from another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.stations.models import Station
from tongxin.kernel import door
from tongxin.kernel.actor import Actor, holder, public, system
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people import queries as people
from tongxin.people.models import (
    Assembly,
    Body,
    Committee,
    CommitteeSector,
    Member,
    Person,
    RoleGrant,
    Sector,
    Term,
    User,
)

PASSWORD = "a-long-enough-one"
#: Everybody of the cast by name, with the role held: every one that is declared, and the neighbouring city's office.
HELD = {
    "admin": "sysadmin",
    "office": "office",
    "committee": "committee",
    "member": "member",
    "convener": "convener",
    "leader": "leader",
    "station": "station",
    "body": "body",
    "county": "county",
    "stranger": "office",
    "secretary_general": "secretary_general",
    "supervision": "supervision",
    "proposals": "proposals",
    "info_editor": "info_editor",
    "info_reviewer": "info_reviewer",
    "info_signer": "info_signer",
    "supervisor": "supervisor",
    "instructions": "instructions",
}
ROLES = tuple(HELD)


@dataclass
class Cast:
    """`cast.office` is a user, `cast.actor("office")` the actor, `cast.client("office")` a signed-in browser."""

    province: Assembly
    city: Assembly
    elsewhere: Assembly
    county: Assembly
    term: Term
    committee_: Committee
    other_committee: Committee
    sector: Sector
    other_sector: Sector
    health: Body
    roads: Body
    door_station: Station
    seat: Member
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        if name in ROLES:
            return self.users[name]
        raise AttributeError(name)

    def actor(self, name: str) -> Actor:
        if name == "public":
            return public()
        return people.actor_of(self.users[name])

    def client(self, name: str = "public", **kwargs: Any) -> Client:
        client = Client(**kwargs)
        if name != "public":
            client.force_login(self.users[name])
        return client

    def concern(
        self, text: str = "八马路小学门口的路灯坏了半个多月，孩子放学看不见路。", state: str = "recorded", **told: Any
    ) -> Concern:
        """A concern brought to `state` through the door, each step by whoever makes it in life.

        `files` (as a request has them) and the receipt's `token` may be given besides what is told.
        """
        token, files = told.pop("token", f"token-{Concern.objects.count()}"), told.pop("files", None)
        data = {"text": text, "assembly": self.city, "station": self.door_station, "sector": self.sector}
        data |= {"receipt_index": receipt_index(receipt_for(token)), **told}
        concern = door.begin(CONCERNS, "speak", public(), data, files)
        for move, by, given in self._way(state):
            actor = holder(concern.receipt_index) if by == "holder" else self.actor(by)
            concern = door.perform(concern, move, actor, given)
        assert concern.state == state
        return concern

    def _way(self, state: str) -> list[tuple[str, str, dict]]:
        triage = ("triage", "office", {"sector": self.sector, "committee": self.committee_, "note": "先看现场"})
        refer = ("refer", "office", {"body": self.roads, "note": "请核实"})
        reply = ("reply", "body", {"result": "resolved", "text": "六盏路灯已经修好。"})
        decline = ("decline", "office", {"reason": "lawsuit", "text": "已经起诉的事由法院处理。"})
        answer = ("answer", "office", {"way": "page", "text": "路灯修好了，谢谢您。", "delivery": ""})
        return {
            "recorded": [],
            "triaged": [triage],
            "direct_help": [triage, ("help", "office", {"note": "联系社区换灯泡"})],
            "referred": [triage, refer],
            "outcome": [triage, refer, reply],
            "declined": [decline],
            "answered": [triage, refer, reply, answer],
            "disputed": [triage, refer, reply, answer, ("object", "holder", {"comment": "又坏了"})],
            "closed": [triage, refer, reply, answer, ("rate", "holder", {"value": "satisfied", "comment": ""})],
        }[state]


def gather() -> Cast:
    """Make the cast in an empty database."""
    now = timezone.now()
    since = date(2022, 1, 1)
    province = Assembly.objects.create(code="23", name="某省政协", short="某省", level="province")
    city = Assembly.objects.create(code="2305", name="某市政协", short="某市", level="city", parent=province)
    elsewhere = Assembly.objects.create(code="2306", name="邻市政协", short="邻市", level="city", parent=province)
    county = Assembly.objects.create(
        code="230502", name="东山区政协", name_en="Dongshan", short="东山区", level="county", parent=city
    )
    term = Term.objects.create(assembly=city, number=12, from_on=since)
    committees = Committee.objects.bulk_create(
        Committee(assembly=city, code=c, name=n, position=i)
        for i, (c, n) in enumerate([("edu", "教科卫体委员会"), ("farm", "农业和农村委员会")])
    )
    sectors = Sector.objects.bulk_create(
        Sector(assembly=city, code=c, name=n, category="circle", position=i)
        for i, (c, n) in enumerate([("edu", "教育界"), ("farm", "农业界")])
    )
    CommitteeSector.objects.bulk_create(
        CommitteeSector(assembly=city, committee=committee, sector=sector, from_on=since)
        for committee, sector in zip(committees, sectors, strict=True)
    )
    health = Body.objects.create(assembly=city, code="health", name="市卫生健康委员会", short="卫健委")
    roads = Body.objects.create(assembly=city, code="roads", name="市住房和城乡建设局", short="住建局")
    station = Station.objects.create(
        assembly=city,
        code="A001",
        name="八马路联络站",
        county=county,
        sector=sectors[0],
        state="active",
        opened_on=now.date() - timedelta(days=400),
        functions=[],
    )
    person = Person.objects.create(assembly=city, name="周岩")
    seat = Member.objects.create(assembly=city, person=person, term=term, sector=sectors[0], state="active")
    cast = Cast(province, city, elsewhere, county, term, *committees, *sectors, health, roads, station, seat)
    scopes = {
        "committee": committees[0].pk,
        "member": seat.pk,
        "convener": sectors[0].pk,
        "station": station.pk,
        "body": roads.pk,
        "county": county.pk,
    }
    hashed = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=name, name=f"{name}用户", password=hashed, must_change_password=False) for name in ROLES
    )
    cast.users = dict(zip(ROLES, users, strict=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(
            assembly=elsewhere if name == "stranger" else city, user=user, role=HELD[name], scope=scopes.get(name)
        )
        for name, user in cast.users.items()
    )
    person.user = cast.users["member"]
    person.save()
    return cast


def system_actor(cast: Cast) -> Actor:
    return system("test", cast.city)
