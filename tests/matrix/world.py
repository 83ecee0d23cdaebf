"""The cast with something of everything: records of their own, of other people and of another assembly.

`World.address` turns a row's route and record into what a browser sends; `making.build` makes the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse, SimpleCookie
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from tests.matrix import research
from tests.matrix.table import Row
from tests.rooms.briefs.sent import foreign
from tests.rooms.briefs.ways import TEXT, notice
from tongxin.carry.briefs.models import Brief
from tongxin.hear.contact.models import AreaMember, Constituent, ContactRecord, ResponsibilityArea
from tongxin.hear.stations.models import Station
from tongxin.people.local import fingerprint
from tongxin.people.models import Assembly, Body, Member, RoleGrant

NOBODYS = 999_999  # the id of no record
WRITING = re.compile(
    r"(?<!FOR )(?<!DO )\b(?:INSERT INTO|REPLACE INTO|DELETE FROM|UPDATE|TRUNCATE|CREATE|DROP|ALTER)\b\s*[\"`]?(\w+)"
)


@dataclass(frozen=True)
class Visit:
    """What somebody got who asked, and which tables were written meanwhile."""

    role: str
    response: HttpResponse
    body: bytes
    written: frozenset[str]

    @property
    def answer(self) -> str:
        """In the table's words."""
        if self.response.status_code in (302, 303):
            return "login" if self.response["Location"].startswith("/accounts/login/") else "go"
        return str(self.response.status_code)

    @property
    def is_page(self) -> bool:
        return self.response.get("Content-Type", "").startswith("text/html")


@dataclass
class World:
    """`cookies` are those of every member of the cast, signed in by name and password."""

    cast: Cast
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    concerns: dict[str, Any] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    assemblies: dict[str, Assembly] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    duty: dict[str, dict[str, Any]] = field(default_factory=dict)  # turns, rotas … by kind and name
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[str, Constituent] = field(default_factory=dict)
    contacts: dict[str, ContactRecord] = field(default_factory=dict)
    areas: dict[str, ResponsibilityArea] = field(default_factory=dict)
    briefs: dict[str, Brief] = field(default_factory=dict)
    research: dict[str, Any] = field(default_factory=dict)

    def ask(self, role: str, row: Row, *, drawn: bool = True, **client: Any) -> Visit:
        """One request of a row, undone afterwards; keywords go to the test client.

        Drawing takes most of the time; where nobody looks at the page, its body may stay empty.
        """
        drawing = nullcontext() if drawn else patch.object(Template, "render", return_value="")
        with undone(), drawing:
            if row.record == "armed" and role in self.cast.users:
                TOTP.activate(self.cast.users[role], "JBSWY3DPEHPK3PXP")
                RecoveryCodes.activate(self.cast.users[role])
            return self._send(role, row.method, self.address(row.route, row.record), self.sent(row), **client)

    def _send(self, role: str, method: str, url: str, data: dict[str, Any], **kwargs: Any) -> Visit:
        for cache in caches.all():
            cache.clear()
        client = Client(**kwargs)
        client.cookies = copy(self.cookies[role])
        written: set[str] = set()
        with connection.execute_wrapper(_watch(written)):
            response = client.generic(method, url) if method == "GET" else client.post(url, data)
            body = b"".join(response) if response.streaming else response.content
        return Visit(role, response, body, frozenset(written))

    def address(self, route: str, record: str) -> str:
        """The address of a route for the record named in the table; `-` for a route that takes none."""
        name, _, part = record.partition(":")
        room, _, page = route.rpartition(":")
        kwargs: dict[str, Any] = {}
        query = ""
        if record in ("-", "armed"):
            pass
        elif room == "portal":
            kwargs = self._portal(page, name, part)
        elif room == "figures":
            code, _, assembly = record.partition("@")
            kwargs = {"code": code} if code else {}
            query = f"?assembly={self.assemblies[assembly].code}" if assembly else ""
        elif room in ("concerns", "stations", "contact", "duty", "people", "briefs"):
            kwargs = getattr(self, f"_{room}")(page, name, part)
        elif room == "research":
            kwargs = research.address(self.research, page, name, part)
        elif room in ("check", "circle"):
            query = f"?what={name}" if page.startswith("records") else f"?member={_pk(self.members, name)}"
        elif page == "end_session":
            kwargs = {"pk": self.cast.users[name].usersession_set.get().pk}
        return reverse(route, kwargs=kwargs) + query

    def _concerns(self, page: str, name: str, part: str) -> dict[str, Any]:
        kwargs = {"pk": _pk(self.concerns, name)}
        if page == "file":
            return kwargs | {"file": self._file(part or name)}
        return kwargs | ({"move": part} if part else {})

    def _briefs(self, page: str, name: str, part: str) -> dict[str, Any]:
        kwargs = {"pk": _pk(self.briefs, name)}
        if page == "package":
            return kwargs | {"report": self.briefs[part or name].reports.get().pk}
        if page in ("paper", "paper_word"):
            return kwargs | {"paper": part}
        if page == "evidence":
            return kwargs | {"adoption": self.briefs[part or name].adoptions.get().pk}
        if page == "version_file":
            return kwargs | {"number": 1}
        if page == "award_file":
            return kwargs | {"award": self.briefs[part or name].awards.get().pk}
        if page == "unseal":
            return kwargs | {"instruction": self.briefs[part or name].instructions.get().pk}
        return kwargs | ({"move": part} if part else {})

    def _stations(self, page: str, name: str, part: str) -> dict[str, Any]:
        kwargs = {"pk": _pk(self.stations, name)}
        return kwargs | ({"kind": part} if page == "code" else {"move": part} if part else {})

    def sent(self, row: Row) -> dict[str, Any]:
        """What is filled in: enough for the move to succeed for whoever may make it."""
        if row.method == "GET":
            return {}
        cast, move = self.cast, row.record.partition(":")[2]
        spoken = {"text": "三道街的井盖松了，一过车就响。", "assembly": cast.city.pk}
        today = timezone.localdate()
        station = {"name": "八马路联络站", "set_up": Station.SetUp.values[0]}
        if row.route == "check:remind":
            return {"member": _pk(self.members, row.record)}
        if row.route.startswith("contact:"):
            return self._told_of_contact(row.route, row.record)
        if row.route.startswith("briefs:"):
            return self._told_of_briefs(row.route, move)
        if row.route.startswith("research:"):
            return research.sent(cast, self.research, row.route, move)
        if row.route == "concerns:move":
            return {
                "triage": {"sector": cast.sector.pk, "committee": cast.committee_.pk},
                "refer": {"body": cast.roads.pk},
                "reply": {"result": "resolved", "text": "六盏路灯已经修好。"},
                "answer": {"way": "page", "text": "路灯修好了，谢谢您。"},
                "rate": {"value": "satisfied"},
                "object": {"comment": "又坏了"},
            }.get(move, {})
        return {
            "portal:say": spoken,
            "portal:speak": spoken,
            "portal:meet": {"matter": "小区供热的事"},
            "portal:find": {"receipt": self.receipts["theirs"]},
            "portal:rate": {"value": "satisfied"},
            "language": {"language": "en"},
            "concerns:new": spoken,
            "concerns:batch": {"id": self.concerns["ours"].pk, "kind": "triage", "sector": cast.sector.pk},
            "stations:new": station | {"code": "N777"},
            "stations:edit": station | {"code": "A001"},
            "stations:door": {"hours": "工作日 9:00–17:00"},
            "stations:move": {"on": today, "reason": "装修"},
            "duty:away": {"from_on": today, "to_on": today},
            "duty:rota_away": {"member": cast.seat.pk, "from_on": today, "to_on": today},
            "duty:book": {
                "station": cast.door_station.pk, "on": today + timedelta(days=1), "begins": "09:00", "ends": "10:00",
                "member": cast.seat.pk,
            },
            "duty:appointment_move": {
                "on": today + timedelta(days=1), "begins": "09:00", "ends": "09:30", "member": cast.seat.pk,
                "reply": "本月站点装修。",
            },
            "duty:rota_new": {
                "name": "下期", "from_on": today, "to_on": today + timedelta(days=9), "per_month": 3,
                "match": "prefer", "holidays": "skip",
            },
            "duty:rota_move": {"reason": "期满"},
            "duty:move": {"reason": "站点装修"},
            "duty:visit": {"text": "三道街的井盖松了，一过车就响。", "token": "matrix"},
            "duty:count": {"people": 2, "token": "matrix"},
            "duty:rules": {"words": "每周三 1 名委员", "save": "1"},
            "duty:check": {"held": "1", "note": "门口左侧"},
            "people:member_new": {"term": cast.term.pk, "name": "吴敏", "sector": cast.sector.pk},
            "people:member_edit": {"name": "周岩", "sector": cast.sector.pk},
            "people:member_move": {"on": today, "reason": "本人申请", "receives": "1"},
            "people:register_new": {"code": "water", "name": "市水务局", "short": "水务局", "position": "0"},
            "people:register_edit": {"code": "roads", "name": "市住建局", "short": "住建局", "position": "0"},
            "people:assembly_new": {"code": "230503", "name": "西山区政协", "short": "西山区", "level": "county"},
            "people:assembly_edit": {"code": "2305", "name": "某市政协", "short": "某市", "level": "city"},
            "people:assembly_administrator": {"name": "韩雪", "username": "hanxue"},
            "people:account_new": {"name": "韩雪", "username": "hanxue", "role": "office"},
            "people:account": {"name": "办公室"},
            "people:account_grant": {"role": "leader"},
            "people:option_list": {
                "seen": fingerprint(cast.city.pk, "concerns.topic"), "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0,
                "form-0-code": "water", "form-0-zh": "供水", "form-0-active": "on",
            },
            "people:option_parameter": {"value": "5"},
            "account_login": {"login": "office", "password": PASSWORD},
            "account_reauthenticate": {"password": PASSWORD},
        }.get(row.route, {})  # fmt: skip

    def _portal(self, page: str, name: str, part: str) -> dict[str, Any]:
        if page in ("speak", "meet"):
            return {"code": self.stations[name].code if name in self.stations else name}
        kwargs: dict[str, Any] = {"receipt": self.receipts[name]}
        return kwargs | {"pk": self._file(part or "answered")} if page == "file" else kwargs

    def _duty(self, page: str, name: str, part: str) -> dict[str, Any]:
        """Pages of a turn, a rota or a station; what else the address names follows the colon."""
        if page == "calendar_file":
            return {"secret": self.duty["feeds"][name]}
        if page == "back":
            return {"pk": _pk(self.duty["absences"], name)}
        if page == "rota_back":
            return {"pk": _pk(self.duty["rotas"], "ours"), "absence": _pk(self.duty["absences"], name)}
        if page.startswith("appointment"):
            return {"pk": _pk(self.duty["appointments"], name), **({"move": part} if part else {})}
        if page.startswith("rota"):
            return {"pk": _pk(self.duty["rotas"], name), **({"move": part} if part else {})}
        if page in ("turn", "move", "visit", "count"):
            return {"pk": _pk(self.duty["turns"], name), **({"move": part} if part else {})}
        more = {
            "arrive": {"code": "000000"},
            "rule_end": {"rule": self.duty["rules"]["ours"].pk},
            "check": {"list": "stations.wall", "code": part or "sign"},
            "ledger_rows": {"number": part or "kept"},
            "evidence": {"check": self.duty["checks"]["ours"].pk},
        }.get(page, {})
        return {"pk": _pk(self.stations, name), **more}

    def _people(self, page: str, name: str, part: str) -> dict[str, Any]:
        cast = self.cast
        if page.startswith("member"):
            return {"pk": _pk(self.members, name), **({"name": part} if part else {})}
        if page.startswith("register"):
            return {"key": name, **({"pk": self.bodies[part].pk} if part else {})}
        if page.startswith("assembly"):
            return {"pk": self.assemblies[name].pk}
        if page.startswith("option"):
            return {"key": name}
        kwargs = {"pk": cast.users[name].pk}
        return kwargs | {"grant_pk": RoleGrant.objects.get(user=cast.users[part]).pk} if part else kwargs

    def _contact(self, page: str, name: str, part: str) -> dict[str, Any]:
        if page == "merge":
            return {"pk": _pk(self.people, name), "other": _pk(self.people, part)}
        if page in ("record", "record_move", "file"):
            kwargs: dict[str, Any] = {"pk": _pk(self.contacts, name)}
            if page == "file":
                kwargs["file"] = self.contacts[part or name].files.get().pk
            return kwargs | ({"move": part} if page == "record_move" else {})
        if page.startswith("area"):
            held = {"held": AreaMember.objects.get(area=self.areas[part]).pk} if page == "area_end" else {}
            return {"pk": _pk(self.areas, name)} | held
        if page == "plan":
            return {"pk": _pk(self.members, name)}
        return {"pk": _pk(self.people, name), **({"move": part} if page == "move" else {})}

    def _told_of_contact(self, route: str, record: str) -> dict[str, Any]:
        """What is filled in on the pages of the contact room."""
        cast, name = self.cast, record.partition(":")[0]
        consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
        contact = {"channel": "visit", "summary": "聊了聊入冬供热。", "member": cast.seat.pk}
        link = self.people[name].links.get().pk if name in self.people and route == "contact:move" else ""
        return {
            "contact:record_new": contact | {"people": self.people["ours"].pk},
            "contact:record_with": contact | {"people": self.people["ours"].pk},
            "contact:record_move": {"reason": "记错了", "summary": "聊了聊供水。"},
            "contact:enrol": consent | {"name": "钱多", "sector": cast.sector.pk, "member": cast.seat.pk},
            "contact:move": consent
            | {
                "sector": cast.sector.pk,
                "member": self.members["others"].pk,
                "to": self.members["others"].pk,
                "link": link,
            },
            "contact:area_new": {"name": "东山街道", "sector": cast.sector.pk},
            "contact:area_edit": {"name": "八马路片区", "sector": cast.sector.pk},
            "contact:area_assign": {"member": cast.seat.pk, "move": "on"},
            "contact:plan": {"target": "12"},
        }.get(route, {})

    def _told_of_briefs(self, route: str, move: str) -> dict[str, Any]:
        """What is filled in on the pages of the briefs."""
        back = {"reason": "thin", "text": "请写明涉及多少户。"}
        today = timezone.localdate().isoformat()
        told: dict[str, dict[str, Any]] = {
            "return": back, "not_adopt": back, "reject": back, "send_back": back,
            "merge": {"others": self.briefs["others"].pk}, "take_over": {"reason": "编辑出差"},
            "correct_credit": {"add": self.cast.seat.name, "reason": "漏了执笔人"},
            "sign": {"main_to": "市委、市政府"},
            "report_up": {"to": "outside", "to_name": "全国政协", "level": "national_assembly"},
            "adopt": {"level": "city", "organ": "市委办公室", "on": today, **notice()},
            "instruct": {"level": "city_main", "on": today, "leader": "某某", "text": "请阅。"},
            "transfer": {"lead": self.cast.roads.pk},
            "press": {"reason": "没有写明完成时间"},
            "reply": {"result": "resolved", "text": "已修好。"},
            "enter_reply": {"result": "resolved", "text": "已修好。"},
            "feed_back": {"result": "resolved", "text": "修好了。"},
        }  # fmt: skip
        if route == "briefs:take_in":
            return {"file": SimpleUploadedFile("报送包.zip", foreign())}
        files = told.get(move, {})
        if "evidence" in files:
            files["evidence"] = files["evidence"][0]
        return files if route == "briefs:move" else {**TEXT} if route in ("briefs:new", "briefs:text") else {}

    def _file(self, name: str) -> int:
        return self.concerns[name].files.get().pk


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written in here is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _pk(records: dict[str, Any], name: str) -> int:
    return NOBODYS if name == "nobodys" else records[name].pk


def _watch(written: set[str]) -> Any:
    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITING.search(sql):
            written.add(found.group(1))
        return execute(sql, params, many, context)

    return watch
