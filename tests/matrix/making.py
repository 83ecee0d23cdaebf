"""The world of the matrix, made in an empty database."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import SimpleCookie
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD, Cast, gather
from tests.matrix import research
from tests.matrix.table import EVERYBODY
from tests.matrix.world import World
from tests.rooms.briefs.sent import foreign
from tests.rooms.briefs.ways import begin, brief_in, from_word, prize
from tests.rooms.concerns.pictures import a_picture
from tongxin.carry.briefs import exchange
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.contact.models import AreaMember, ResponsibilityArea
from tongxin.hear.contact.workflow import CONSTITUENTS, CONTACTS
from tongxin.hear.stations import feeds
from tongxin.hear.stations.models import DutyTurn, Rota, RotaRule, Station, StationCheck, Unavailability
from tongxin.hear.stations.workflow.appointments import APPOINTMENTS
from tongxin.kernel import door, files
from tongxin.kernel.actor import public, system
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people.models import Assembly, Body, Member, Person


def build() -> World:
    """Make the world in an empty database."""
    cast = gather()
    world = World(cast)
    world.assemblies = {
        "ours": cast.city, "lower": cast.county, "upper": cast.province, "elsewhere": cast.elsewhere,
    }  # fmt: skip
    now = timezone.now()
    term = cast.term._meta.model.objects.create(assembly=cast.elsewhere, number=5, from_on=now.date())
    sector = cast.sector._meta.model.objects.create(assembly=cast.elsewhere, code="edu", name="教育界")
    strangers_body = Body.objects.create(assembly=cast.elsewhere, code="roads", name="邻市住建局", short="住建局")
    world.bodies = {"ours": cast.roads, "elsewhere": strangers_body}
    opened = {"state": "active", "opened_on": now.date() - timedelta(days=30), "functions": []}
    world.stations = {
        "ours": cast.door_station,
        "others": Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", **opened),
        "elsewhere": Station.objects.create(assembly=cast.elsewhere, code="C003", name="邻市联络站", **opened),
    }
    world.members = {
        "own": cast.seat,
        "others": _seat(cast.city, "孙萍", cast.term, cast.other_sector, "+8613946901158"),
        "elsewhere": _seat(cast.elsewhere, "钱进", term, sector, "+8613946901159"),
    }
    _hear(world)
    _keep_contact(world)
    _serve(world)
    _write(world)
    world.receipts = {"theirs": receipt_for("matrix"), "wrong": receipt_for("never given out"),
                      "meeting": receipt_for("meeting")}  # fmt: skip
    world.research = research.build(cast)
    world.cookies = {role: _signed_in(role) for role in EVERYBODY}
    return world


def _seat(assembly: Assembly, name: str, term: Any, sector: Any, phone: str) -> Member:
    person = Person.objects.create(assembly=assembly, name=name, phone=phone)
    return Member.objects.create(assembly=assembly, person=person, term=term, sector=sector, state="active")


def _hear(world: World) -> None:
    """A concern of each kind; `permissions.txt` says who each belongs to."""
    cast = world.cast
    told = {"speaker_name": "周女士", "speaker_phone": "13946901158", "consent": True}
    world.concerns = {
        "ours": _spoken(cast, "ours", station=cast.door_station, **told),
        "others": _spoken(cast, "others", station=world.stations["others"], **told),
        "elsewhere": _spoken(cast, "elsewhere", assembly=cast.elsewhere, station=world.stations["elsewhere"], **told),
        "referred": cast.concern(state="referred", **told),
        "done": cast.concern(state="outcome"),
        "answered": cast.concern(state="answered", token="matrix", files=_picture()),
        "written": door.begin(
            CONCERNS, "write_down", cast.actor("member"), {"text": "居民说楼道太黑。", "assembly": cast.city}
        ),
    }


def _keep_contact(world: World) -> None:
    """Somebody the member keeps contact with, somebody another member does, and somebody of the neighbouring city."""
    consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
    for key, whose in (("ours", "own"), ("others", "others"), ("elsewhere", "elsewhere")):
        seat = world.members[whose]
        by = system("matrix", seat.assembly)
        told = consent | {"name": f"群众{key}", "sector": seat.sector, "member": seat, "phone": "13946901157"}
        person = world.people[key] = door.begin(CONSTITUENTS, "enrol", by, told | {"another": True})
        met = {"member": seat.pk, "people": [person.pk], "channel": "visit", "summary": "到家里坐了坐。"}
        world.contacts[key] = door.begin(CONTACTS, "record", by, met, _picture())
        area = ResponsibilityArea.objects.create(assembly=seat.assembly, name=f"{key}片区", sector=seat.sector)
        AreaMember.objects.create(assembly=seat.assembly, area=area, member=seat, from_on=timezone.localdate())
        world.areas[key] = area
    twin = consent | {"name": "群众ours", "sector": world.members["own"].sector, "another": True}
    world.people["twin"] = door.begin(CONSTITUENTS, "enrol", system("matrix", world.cast.city), twin)


def _serve(world: World) -> None:
    """A turn of each kind, a rota here and one elsewhere, and what belongs to them."""
    cast, today = world.cast, timezone.localdate()
    hours = {"begins": time(9), "ends": time(11, 30)}
    here = {"assembly": cast.city, "station": cast.door_station, "member": cast.seat, **hours}
    other = {"assembly": cast.city, "station": world.stations["others"], "member": world.members["others"], **hours}
    far = {"assembly": cast.elsewhere, "station": world.stations["elsewhere"], **hours}
    frame = {"from_on": today, "to_on": today + timedelta(days=5), "state": "published"}
    picture = files.accept(SimpleUploadedFile("sign.jpg", a_picture(), "image/jpeg"), assembly=cast.city)
    check = {"assembly": cast.city, "station": cast.door_station, "list": "stations.wall", "code": "sign"}
    rule = {
        "words": "每周三 1 名委员",
        "kind": "weekly",
        "weekdays": [2],
        "from_on": today - timedelta(days=9),
        **hours,
    }
    feed = feeds.renew(cast.seat, cast.actor("member"))
    world.duty = {
        "turns": {
            "ours": DutyTurn.objects.create(state="scheduled", on=today, **here),
            "on_duty": DutyTurn.objects.create(state="on_duty", on=today - timedelta(days=1), **here),
            "others": DutyTurn.objects.create(state="scheduled", on=today, **other),
            "elsewhere": DutyTurn.objects.create(state="scheduled", on=today, **far),
        },
        "rotas": {
            "ours": Rota.objects.create(assembly=cast.city, name="本期", **frame),
            "elsewhere": Rota.objects.create(assembly=cast.elsewhere, name="邻市", **frame),
        },
        "rules": {"ours": RotaRule.objects.create(assembly=cast.city, station=cast.door_station, **rule)},
        "checks": {"ours": StationCheck.objects.create(on=today, picture=picture, **check)},
        "absences": {"own": Unavailability.objects.create(
                         assembly=cast.city, member=cast.seat, from_on=today, to_on=today),
                     "others": Unavailability.objects.create(
                         assembly=cast.city, member=world.members["others"], from_on=today)},
        "appointments": {"ours": door.begin(
            APPOINTMENTS, "ask", public(cast.city),
            {"station": cast.door_station, "matter": "小区供热的事", "asker_name": "周女士",
             "receipt_index": receipt_index(receipt_for("meeting"))},
        )},
        "feeds": {"theirs": feed.secret, "wrong": "never-given-out"},
    }  # fmt: skip


def _write(world: World) -> None:
    """A brief of the member's in each state that matters, one of the office's, and one of the neighbouring city."""
    cast = world.cast
    cast.seat.person.phone = "+8613946901155"  # whole on the sheet for those who may look it up
    cast.seat.person.save()
    states = ("draft", "editing", "reviewing", "signing", "issued", "adopted", "instructed", "handling", "replied")
    world.briefs = {state: brief_in(cast, state) for state in states}
    world.briefs["ours"] = brief_in(cast, "submitted")
    world.briefs["draft_of_file"] = begin(cast, **from_word(cast))
    world.briefs["ours_of_file"] = brief_in(cast, "submitted", **from_word(cast))
    paper = {"evidence": [SimpleUploadedFile("获奖通知.txt", "评优".encode(), "text/plain")]}
    world.briefs["awarded"] = door.perform(brief_in(cast, "issued"), "award", cast.actor("office"), prize(), paper)
    report = {"to": "outside", "to_name": "某省政协", "to_code": "23", "level": "province_assembly"}
    world.briefs["sent"] = door.perform(brief_in(cast, "issued"), "report_up", cast.actor("office"), report)
    world.briefs["arrived"], _fresh = exchange.take_in(foreign(number="2026-0008"), cast.actor("info_editor"))
    others = begin(cast, "office", sector=cast.other_sector.pk)
    world.briefs["others"] = door.perform(others, "submit", cast.actor("office"), {})
    far = begin(cast, "stranger", assembly=cast.elsewhere.pk)
    world.briefs["elsewhere"] = door.perform(far, "submit", cast.actor("stranger"), {})


def _spoken(cast: Cast, token: str, **told: Any) -> Any:
    data = {"text": "路灯坏了半个多月。", "assembly": cast.city, "receipt_index": receipt_index(receipt_for(token))}
    return door.begin(CONCERNS, "speak", public(), data | told, _picture())


def _picture() -> dict[str, Any]:
    return {"pictures": [SimpleUploadedFile("photo.jpg", a_picture(), "image/jpeg")]}


def _signed_in(role: str) -> SimpleCookie:
    client = Client()
    if role != "public":
        for cache in caches.all():
            cache.clear()
        for path in ("/accounts/login/", "/accounts/reauthenticate/"):
            response = client.post(path, {"login": role, "password": PASSWORD})
            assert response.status_code == 302, response.content
    return client.cookies
