"""How many queries a page may make: a page that makes one for each row dies of its own success."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.cache.backends import locmem
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.budgets.crowd import grow, keep_contact
from tests.cast import Cast, gather
from tests.rooms.briefs.ways import begin, move, notice, province_at_work, way
from tests.rooms.research import ways as research
from tongxin.carry.briefs.models import Brief, BriefAuthor
from tongxin.carry.research.models import Honour, ResearchReport
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.stations.models import Appointment, DutyTurn, Rota
from tongxin.hear.stations.workflow.appointments import APPOINTMENTS
from tongxin.kernel import door
from tongxin.kernel.actor import public
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people.models import Member, Person

pytestmark = pytest.mark.django_db

LIST, DETAIL, SEARCH, SUBMIT = 8, 10, 6, 15
FEW, MANY = 20, 10_000  # 20 fill every pile of the queue; the cast alone is 11 accounts
#: What a page remembers for a minute it shall not ask twice because the machine took longer.
STOPPED = SimpleNamespace(time=lambda: 0.0)
#: Not questions to the database but the marks of a transaction, which the tests have more of than the product.
MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Page:
    """What somebody opens (or sends, when there is data), and how many queries that may cost."""

    who: str
    route: str
    budget: int
    about: str = ""  # which of the stage's records stands in the address
    query: str = ""
    data: dict[str, str] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.who, self.route, self.about, self.query)))


SPOKEN = {"text": "三道街的井盖松了，一过车就响。", "token": "1f0e7a0c-5a52-4c3e-9d6f-2b1d7c9a4e10"}
NAMED = SPOKEN | {"speaker_name": "周女士", "speaker_phone": "13946901158"}
PAPERS = (("office", "sheet"), ("office", "issue"), ("office", "slip"), ("body", "issue"), ("body", "slip"))
ASKED = {"matter": "小区供热的事", "asker_name": "周女士", "asker_phone": "13946901158"}
PAGES = [
    *(
        Page(who, "concerns:queue", LIST)
        for who in ("office", "committee", "convener", "leader", "member", "station", "body", "county")
    ),
    Page("office", "concerns:queue", LIST, query="?group=closed&page=2"),
    Page("office", "concerns:queue", LIST, query="?q=路灯"),
    Page("office", "stations:list", LIST),
    Page("member", "people:members", LIST),
    *(Page(who, "check:index", DETAIL) for who in ("member", "convener", "committee", "office", "county")),
    *(Page("office", "check:index", DETAIL, query=q) for q in ("?by=member", "?by=county", "?by=member&short=any")),
    Page("office", "check:records", LIST, query="?what=links"),
    Page("office", "check:records", LIST, query="?what=tasks"),
    *(Page(who, "circle:index", DETAIL) for who in ("convener", "committee", "leader")),
    Page("leader", "circle:index", 12, "", "?member={member}"),
    Page("admin", "people:accounts", LIST),
    Page("public", "figures:records", LIST, "figure"),
    Page("office", "figures:records", LIST, "figure", "?by=station"),
    Page("office", "figures:records", LIST, "ratio"),
    Page("public", "figures:index", DETAIL),
    Page("office", "figures:index", DETAIL),
    *(Page(who, "home", LIST) for who in ("office", "committee", "body", "info_editor", "info_signer")),
    Page("admin", "home", LIST),
    Page("member", "home", DETAIL),  # above the inbox the next duty turn, my five people and my briefs
    *(Page(who, "concerns:read", DETAIL, "concern") for who in ("office", "committee", "station", "body")),
    Page("office", "concerns:similar", DETAIL, "concern"),
    Page("office", "people:member", DETAIL, "member"),
    Page("member", "people:member", DETAIL, "member"),
    Page("office", "stations:read", DETAIL, "station"),
    Page("station", "stations:read", DETAIL, "station"),
    Page("admin", "people:account", DETAIL, "account"),
    Page("office", "duty:calendar", LIST),
    Page("member", "duty:calendar", LIST),
    Page("member", "duty:mine", DETAIL),
    Page("office", "duty:leaders", DETAIL),
    Page("office", "duty:turn", DETAIL, "turn"),
    Page("member", "duty:turn", DETAIL, "turn"),
    Page("office", "duty:rota", DETAIL, "rota"),
    Page("office", "duty:rota_away", LIST, "rota"),
    Page("station", "duty:appointment", DETAIL, "appointment"),
    *(Page(who, "duty:appointments", LIST) for who in ("office", "convener", "station")),
    Page("office", "duty:rules", DETAIL, "station"),
    Page("office", "duty:station", LIST, "station"),
    Page("office", "duty:ledger", DETAIL, "station"),
    *(Page("office", "duty:ledger_rows", LIST, number) for number in ("kept", "people", "concerns")),
    Page("office", "duty:review", DETAIL, "station"),
    Page("office", "duty:checks", LIST, "station"),
    *(Page(who, "search", SEARCH, query="?q=路灯") for who in ("office", "committee", "member", "body", "admin")),
    *(Page(who, "contact:people", LIST) for who in ("office", "convener", "committee", "leader")),
    Page("office", "contact:people", LIST, query="?only=old"),
    *(Page(who, "contact:records", LIST) for who in ("office", "convener", "leader", "member")),
    Page("office", "contact:areas", LIST),
    Page("office", "contact:plans", LIST),
    Page("member", "contact:mine", DETAIL),
    *(Page(who, "contact:constituent", DETAIL, "person") for who in ("office", "member", "convener")),
    *(Page(who, "contact:merge_find", LIST, "person") for who in ("office", "committee")),
    *(Page(who, "contact:merge", DETAIL, "twins") for who in ("office", "committee")),
    *(Page(who, "contact:record", DETAIL, "contact") for who in ("office", "member")),
    Page("member", "contact:record_with", DETAIL, "person"),
    Page("office", "contact:area", DETAIL, "area"),
    Page("member", "contact:plan", DETAIL, "member"),
    *(
        Page(who, "briefs:queue", LIST)
        for who in ("office", "committee", "info_editor", "info_reviewer", "info_signer", "supervision", "body")
    ),
    Page("info_editor", "briefs:queue", LIST, query="?group=ended&page=2"),
    Page("info_editor", "briefs:queue", LIST, query="?q=路灯"),
    Page("member", "briefs:mine", LIST),
    Page("info_editor", "briefs:take_in", LIST),
    *(Page(who, "briefs:read", DETAIL, "brief") for who in ("office", "info_editor", "instructions", "member", "body")),
    Page("info_editor", "briefs:similar", DETAIL, "brief"),
    Page("info_editor", "briefs:text", DETAIL, "edited"),
    Page("member", "briefs:versions", DETAIL, "brief"),
    Page("office", "briefs:new", LIST),
    *(Page(who, "briefs:paper", DETAIL, f"{kind} of the brief") for who, kind in PAPERS),
    *(Page(who, "briefs:paper_word", DETAIL, f"{kind} of the brief") for who, kind in PAPERS),
    *(
        Page(who, "research:list", LIST)
        for who in ("office", "committee", "leader", "info_reviewer", "instructions", "member")
    ),
    Page("office", "research:list", LIST, query="?state=submitted&instructed=1&page=2"),
    Page("office", "research:list", LIST, query="?q=路灯"),
    *(Page(who, "research:read", DETAIL, "report") for who in ("office", "committee", "instructions", "member")),
    Page("committee", "research:text", DETAIL, "drafted"),
    Page("office", "research:awards", LIST),
    Page("committee", "research:awards", LIST),
    Page("office", "research:honours", LIST),
    Page("office", "research:award", DETAIL, "award"),
    Page("office", "research:honour", DETAIL, "honour"),
    Page("public", "figures:records", LIST, "instructed"),
    Page("office", "figures:records", LIST, "instructed"),
    Page("public", "portal:home", LIST),
    Page("public", "portal:stations", LIST),
    Page("public", "portal:speak", DETAIL, "code"),
    Page("public", "portal:track", DETAIL, "receipt"),
    Page("public", "portal:meet", DETAIL, "code"),
    Page("public", "portal:track", DETAIL, "meeting"),
    Page("public", "portal:meet", SUBMIT, "code", data=ASKED),
    Page("public", "portal:speak", SUBMIT, "code", data=SPOKEN),
    Page("public", "portal:speak", SUBMIT, "code", "?", data=NAMED),
]


@dataclass
class Stage:
    """The cast, and what the pages are about: the same records however many others there are."""

    cast: Cast
    records: dict[str, dict[str, Any]]

    def queries(self, page: Page) -> list[str]:
        """What a cold page asks the database; what it writes is taken back."""
        query = page.query.format(member=self.cast.seat.pk)
        url = reverse(page.route, kwargs=self.records[page.about] if page.about else None) + query
        client = self.cast.client(page.who)
        for cache in caches.all():
            cache.clear()
        with patch.object(locmem, "time", STOPPED), transaction.atomic(), CaptureQueriesContext(connection) as captured:
            response = client.get(url) if page.data is None else client.post(url, page.data)
            transaction.set_rollback(True)
        assert response.status_code == (200 if page.data is None else 303), url
        return [query["sql"] for query in captured if not query["sql"].startswith(MARKS)]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), transaction.atomic():
        cast = gather()
        told = {"speaker_name": "周女士", "speaker_phone": "13946901158", "consent": True}
        concern = cast.concern(state="closed", token="budget", **told)
        heard = {"text": "路灯坏了半个多月。", "assembly": cast.city, "token": "member"}
        door.begin(CONCERNS, "write_down", cast.actor("member"), heard)
        person, twin, contact, area = keep_contact(cast)
        turn, rota = serve(cast)
        appointment = meet(cast)
        brief, edited = write(cast)
        report, drafted, honour = look_into(cast)
        grow(cast, FEW)
        yield Stage(
            cast,
            {
                "concern": {"pk": concern.pk},
                "member": {"pk": cast.seat.pk},
                "station": {"pk": cast.door_station.pk},
                "account": {"pk": cast.users["office"].pk},
                "code": {"code": cast.door_station.code},
                "receipt": {"receipt": receipt_for("budget")},
                "person": {"pk": person.pk},
                "twins": {"pk": person.pk, "other": twin.pk},
                "contact": {"pk": contact.pk},
                "area": {"pk": area.pk},
                "figure": {"code": "C01"},
                "ratio": {"code": "C02"},
                "brief": {"pk": brief.pk},
                "edited": {"pk": edited.pk},
                **{f"{kind} of the brief": {"pk": brief.pk, "paper": kind} for kind in ("sheet", "issue", "slip")},
                "report": {"pk": report.pk},
                "drafted": {"pk": drafted.pk},
                "award": {"pk": report.awards.get().pk},
                "honour": {"pk": honour.pk},
                "instructed": {"code": "F21"},
                "turn": {"pk": turn.pk},
                **{number: {"pk": cast.door_station.pk, "number": number} for number in ("kept", "people", "concerns")},
                "appointment": {"pk": appointment.pk},
                "meeting": {"receipt": receipt_for("meeting")},
                "rota": {"pk": rota.pk},
            },
        )
        transaction.set_rollback(True)


def write(cast: Cast) -> tuple[Brief, Brief]:
    """A brief on which everything hangs that can, and one that is being edited, each begun from a concern."""
    full, edited = (begin(cast, "office", concerns=[cast.concern(token=f"brief {n}").pk]) for n in range(2))
    steps = [step for step in way(cast, "fed_back") if step[0] not in ("reply", "feed_back")]
    for name, who, data in steps:
        full = move(cast, full, name, "office" if who == "member" else who, **data)
    today = timezone.localdate()
    told = {"level": "city_main", "on": today, "leader": "某某", "text": "请阅。"}
    full = move(cast, full, "instruct_more", "instructions", **told)
    full = move(cast, full, "adopt_more", "info_editor", notice(), level="city", organ="市委", on=today)
    full = move(cast, full, "report_further", "info_editor", to=province_at_work(cast), level="province_assembly")
    full = move(cast, full, "reply", "body", result="resolved", text="修好了。")
    full = move(cast, full, "follow_up", "office", done="resolved", text="属实。")
    BriefAuthor.objects.create(brief=full, member=cast.seat, user=cast.users["member"], name="周岩")
    for name, who, data in way(cast, "editing"):
        edited = move(cast, edited, name, "office" if who == "member" else who, **data)
    return full, edited


def look_into(cast: Cast) -> tuple[ResearchReport, ResearchReport, Honour]:
    """A report on which everything hangs that can, one that is being written, and an honour."""
    today = timezone.localdate()
    full = research.report_in(cast, "instructed", outsiders="钱望舒，职业学院", sector=cast.sector.pk)
    for level in ("province_main", "city_main"):
        told = {**research.INSTRUCTION, "level": level, "on": today}
        full = research.move(cast, full, "instruct", "instructions", **told)
    full = research.move(cast, full, "award", "office", notice(), **research.prize())
    full = research.move(cast, full, "apply", "office", application="列入年度项目。")
    honour = Honour.objects.create(assembly=cast.city, kind="media", occasion="刊发", issuer="省政协", on=today)
    return full, research.report_in(cast, "draft"), honour


def serve(cast: Cast) -> tuple[DutyTurn, Rota]:
    """A rota with turns of the cast's member, and others' on the same days at the same station."""
    today = timezone.localdate()
    rota = Rota.objects.create(assembly=cast.city, name="本期", from_on=today, to_on=today, state="published")
    hours = {"assembly": cast.city, "station": cast.door_station, "rota": rota, "begins": time(9), "ends": time(11)}
    turns = [
        DutyTurn(on=today + timedelta(days=n), state="scheduled" if n >= 0 else "done", member=cast.seat, **hours)
        for n in range(-20, 20)
    ]
    for n in range(30):
        person = Person.objects.create(assembly=cast.city, name=f"委员{n}")
        seat = Member.objects.create(
            assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
        )
        turns += [
            DutyTurn(on=today + timedelta(days=k), seat=n + 1, state="scheduled", member=seat, **hours)
            for k in (0, 1, 2)
        ]
    made = DutyTurn.objects.bulk_create(turns)
    return made[20], rota


def meet(cast: Cast) -> Appointment:
    """A request with a time given."""
    asked = {"station": cast.door_station, "matter": "供热", "receipt_index": receipt_index(receipt_for("meeting"))}
    made = door.begin(APPOINTMENTS, "ask", public(cast.city), asked | {"asker_name": "周女士"})
    day = timezone.localdate() + timedelta(days=60)
    time_ = {"on": day, "begins": "09:00", "ends": "09:30", "member": cast.seat}
    return door.perform(made, "agree", cast.actor("office"), time_)


def told(page: Page, queries: list[str]) -> str:
    """The queries in full, for whoever has to find the one too many."""
    return "\n".join(
        (f"{page}: {len(queries)} queries, {page.budget} allowed", *(f"  {n}. {q}" for n, q in enumerate(queries, 1)))
    )


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_keeps_its_budget(stage: Stage, page: Page) -> None:
    queries = stage.queries(page)
    assert len(queries) <= page.budget, told(page, queries)


def test_a_page_makes_no_more_queries_among_ten_thousand(stage: Stage) -> None:
    few = {page: stage.queries(page) for page in PAGES}
    grow(stage.cast, MANY)
    other = {str(page): (before, now) for page, before in few.items() if len(now := stage.queries(page)) > len(before)}
    assert not other, "\n\n".join(f"{page}: {len(b)} at first\n" + "\n".join(now) for page, (b, now) in other.items())
