"""Every page, as somebody sees it who sees badly, has no mouse, or holds a small telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern, get_resolver, resolve
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.looking import faults, look, wider_than_the_screen
from tests.journeys.people import TEXT, attach, photo
from tests.journeys.window import SIZES, Edition
from tests.rooms.briefs.sent import foreign
from tests.rooms.briefs.ways import TEXT as BRIEF
from tests.rooms.briefs.ways import begin, brief_in, move, notice, way
from tests.rooms.circle.conftest import Kept
from tests.rooms.research import ways as research
from tongxin.carry.research.models import Honour
from tongxin.hear.contact import areas
from tongxin.hear.contact.workflow import CONSTITUENTS, CONTACTS
from tongxin.hear.stations.models import DutyTurn, Rota
from tongxin.hear.stations.workflow.appointments import APPOINTMENTS
from tongxin.kernel import door
from tongxin.kernel.actor import public, system
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people.models import LeaderSector

FINGER = 44  # CSS pixels: what a finger hits

# Who looks at what. Names in braces come from `places`; a page that answers 4xx is meant to.
PAGES: dict[str, tuple[str, ...]] = {
    "public": (
        "/", "/stations/", "/stations/?q=nowhere", "/guide/", "/say/", "/s/A001", "/s/Z999", "/s/{closed}",
        "/r/{heard}", "/r/{heard}?new=1", "/r/{answered}", "/r/{disputed}",
        "/s/A001/meet", "/r/{meeting}", "/r/{meeting}?new=1",
        "/r/{closed_receipt}", "/r/7K2M-9QXA-4TWPH", "/figures/",
        "/figures/C01/", "/figures/definitions/", "/accounts/login/", "/accounts/password/reset/",
        "/accounts/inactive/", "/offline/", "/no/such/page/",
    ),
    "office": (
        "/desk/", "/desk/search/", "/desk/search/?q=路灯", "/desk/search/?q=nothing",
        "/desk/search/?q=路灯&kind=concerns.concern", "/desk/concerns/",
        "/desk/concerns/?group=closed", "/desk/concerns/?q=nothing", "/desk/concerns/filter/", "/desk/concerns/list/",
        "/desk/concerns/new/", "/desk/concerns/batch/", "/desk/concerns/batch/?id={fresh}",
        "/desk/concerns/batch/?id={fresh}&kind=decline", "/desk/concerns/import/", "/desk/concerns/{fresh}/",
        "/desk/concerns/{fresh}/similar/", "/desk/concerns/{fresh}/triage/", "/desk/concerns/{fresh}/refer/",
        "/desk/concerns/{fresh}/decline/", "/desk/concerns/{outcome}/answer/", "/desk/concerns/{done}/",
        "/desk/concerns/999999/", "/desk/stations/", "/desk/stations/new/", "/desk/stations/{station}/",
        "/desk/stations/{station}/edit/", "/desk/stations/{station}/door/", "/desk/stations/{station}/poster/",
        "/desk/contact/people/", "/desk/contact/people/?q=nobody", "/desk/contact/people/{person}/",
        "/desk/contact/record/", "/desk/contact/people/?only=alike",
        "/desk/contact/people/{person}/merge/", "/desk/contact/people/{person}/merge/?q=nobody",
        "/desk/contact/people/{person}/merge/{twin}/",
        "/desk/contact/people/{person}/hand_over/", "/desk/contact/people/{person}/forget/", "/desk/contact/areas/",
        "/desk/contact/areas/?q=nowhere", "/desk/contact/areas/new/", "/desk/contact/areas/{area}/",
        "/desk/contact/areas/{area}/edit/", "/desk/contact/areas/{area}/assign/",
        "/desk/contact/areas/{area}/end/{held}/",
        "/desk/contact/plans/", "/desk/contact/leaders/", "/desk/contact/transfer/",
        "/desk/contact/transfer/?member={member}", "/desk/contact/reassign/?sector={sector}", "/desk/contact/records/",
        "/desk/stations/{station}/suspend/", "/desk/duty/", "/desk/duty/?month=2020-01", "/desk/duty/leaders/",
        "/desk/duty/book/", "/desk/duty/rotas/", "/desk/duty/rotas/new/", "/desk/duty/rotas/{rota}/",
        "/desk/duty/rotas/{rota}/adjust/", "/desk/duty/rotas/{rota}/print/", "/desk/duty/rotas/{rota}/away/",
        "/desk/duty/turns/{kept}/", "/desk/duty/appointments/", "/desk/duty/appointments/{appointment}/",
        "/desk/duty/appointments/{appointment}/agree/", "/desk/duty/appointments/{appointment}/refuse/",
        "/desk/duty/stations/{station}/", "/desk/duty/stations/{station}/rules/",
        "/desk/duty/stations/{station}/screen/", "/desk/duty/stations/{station}/feed/",
        "/desk/duty/stations/{station}/ledger/", "/desk/duty/stations/{station}/ledger/turns/",
        "/desk/duty/stations/{station}/review/",
        "/desk/duty/stations/{station}/checks/", "/desk/duty/stations/{station}/checks/stations.wall/sign/",
        "/desk/briefs/new/?id={fresh}", "/desk/briefs/{handling}/transfer/", "/desk/briefs/{replied}/follow_up/",
        "/desk/concerns/{fresh}/to_brief/",
        "/desk/research/", "/desk/research/?q=nothing", "/desk/research/new/", "/desk/research/{report}/",
        "/desk/research/{report}/award/", "/desk/research/{report}/apply/", "/desk/research/awards/",
        "/desk/research/awards/{award}/", "/desk/research/awards/{award}/edit/", "/desk/research/honours/",
        "/desk/research/honours/new/", "/desk/research/honours/{honour}/", "/desk/research/honours/{honour}/edit/",
        "/figures/", "/figures/F04/", "/figures/B10/", "/figures/D01/", "/figures/D03/", "/figures/C01/",
        "/figures/C06/?by=sector",
    ),
    "admin": (
        "/desk/", "/manage/members/", "/manage/members/?q=nobody", "/manage/members/new/", "/manage/members/import/",
        "/manage/members/{member}/", "/manage/members/{member}/edit/", "/manage/members/{member}/suspend/",
        "/manage/institutions/", "/manage/institutions/matrix/", "/manage/institutions/sectors/",
        "/manage/institutions/bodies/new/", "/manage/institutions/bodies/{body}/", "/manage/assemblies/",
        "/manage/assemblies/new/", "/manage/assemblies/{city}/", "/manage/assemblies/{county}/administrator/",
        "/manage/accounts/", "/manage/accounts/?q=nobody", "/manage/accounts/new/", "/manage/accounts/{user}/",
        "/manage/accounts/{user}/roles/", "/manage/accounts/{user}/roles/?role=committee", "/manage/options/",
        "/manage/options/lists/concerns.topic/", "/manage/options/numbers/concerns.triage_days/",
        "/desk/concerns/{fresh}/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
        "/accounts/sessions/", "/accounts/logout/", "/accounts/reauthenticate/",
    ),
    "body": (
        "/desk/", "/desk/concerns/", "/desk/concerns/{referred}/", "/desk/concerns/{referred}/reply/",
        "/desk/briefs/", "/desk/briefs/{handling}/", "/desk/briefs/{handling}/reply/",
    ),
    "member": (
        "/desk/", "/desk/concerns/", "/desk/concerns/{fresh}/", "/desk/concerns/new/", "/manage/members/",
        "/desk/waiting/", "/desk/contact/", "/desk/contact/record/", "/desk/contact/record/{person}/",
        "/desk/contact/people/new/",
        "/desk/contact/people/{person}/", "/desk/contact/people/{person}/correct/", "/desk/contact/records/{contact}/",
        "/desk/contact/records/{contact}/amend/", "/desk/contact/plans/{member}/", "/desk/contact/records/?q=nothing",
        "/desk/duty/mine/", "/desk/duty/away/", "/manage/members/{member}/receive/", "/desk/duty/feed/",
        "/desk/duty/turns/{ahead}/",
        "/desk/briefs/mine/", "/desk/briefs/{looked}/", "/desk/briefs/{looked}/withdraw/", "/desk/briefs/new/",
        "/desk/duty/turns/{ahead}/check_in/",
        "/desk/duty/turns/{ahead}/offer/", "/desk/duty/turns/{kept}/visit/", "/desk/duty/arrive/{station}/000000/",
    ),
    "convener": ("/desk/", "/desk/concerns/"),
    "committee": (
        "/desk/research/", "/desk/research/{mended}/", "/desk/research/{mended}/text/",
        "/desk/research/{mended}/visit/", "/desk/research/{mended}/strike_visit/", "/desk/research/{mended}/hand_in/",
    ),
    "leader": (
        "/desk/", "/desk/concerns/", "/desk/circle/", "/desk/circle/?sector={sector}", "/desk/circle/?member={member}",
        "/desk/circle/print/", "/desk/contact/check/", "/desk/contact/check/?by=member",
        "/desk/contact/check/records/?what=links", "/desk/contact/check/remind/?sector={sector}",
    ),
    "info_editor": (
        "/desk/", "/desk/briefs/", "/desk/briefs/?q=nothing", "/desk/briefs/?group=ended", "/desk/briefs/list/",
        "/desk/briefs/filter/", "/desk/briefs/mine/", "/desk/briefs/take-in/", "/desk/briefs/new/",
        "/desk/briefs/{looked}/", "/desk/briefs/{looked}/similar/", "/desk/briefs/{looked}/merge/",
        "/desk/briefs/{looked}/correct_credit/",
        "/desk/briefs/{looked}/return/",
        "/desk/briefs/{edited}/", "/desk/briefs/{edited}/text/", "/desk/briefs/{edited}/versions/",
        "/desk/briefs/{looked}/papers/sheet/", "/desk/briefs/{replied}/papers/issue/",
        "/desk/briefs/{replied}/papers/slip/",
        "/desk/briefs/{edited}/send_review/", "/desk/briefs/{replied}/feed_back/", "/desk/briefs/{replied}/adopt_more/",
    ),
    "info_signer": ("/desk/briefs/", "/desk/briefs/{signing}/", "/desk/briefs/{signing}/sign/"),
    "instructions": ("/desk/briefs/", "/desk/briefs/{replied}/", "/desk/briefs/{replied}/instruct_more/"),
    "station": ("/desk/", "/desk/concerns/", "/desk/stations/{station}/door/", "/manage/accounts/"),
    "county": ("/desk/", "/desk/stations/"),
}  # fmt: skip
# Files, redirects, and what stands on no page of its own.
NO_PAGE = {
    "portal:robots", "portal:find", "portal:rate", "portal:erase", "portal:file", "read", "healthz", "language",
    "large", "favicon", "figures:sheet", "figures:csv", "figures:xlsx", "concerns:reveal", "concerns:file",
    "check:xlsx", "check:records_xlsx",
    "stations:code", "contact:file", "contact:reveal", "contact:join", "people:import_confirm",
    "people:import_template", "people:member_phone", "people:national",
    "people:switch", "people:account_password", "people:account_active", "people:account_second_step",
    "people:account_revoke", "end_session",
    "outbox", "worker", "manifest",
    "mfa_download_recovery_codes", "duty:back", "duty:count", "duty:rule_end", "duty:ledger_file", "duty:evidence",
    "duty:calendar_file", "duty:rota_back", "briefs:evidence", "briefs:unseal",
    "briefs:package", "briefs:as_sent", "briefs:version_file",
    "briefs:award_file", "duty:appointment_reveal", "portal:withdraw",
    "briefs:paper_word", "briefs:alike", "paper_style",
    "research:file", "research:unseal", "research:award_file",
}  # fmt: skip
# Scanned below, in the stories that lead to them.
IN_STORIES = {
    "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}  # fmt: skip


@pytest.fixture
def places(cast: Cast) -> dict[str, Any]:
    """Something of everything, so that no page is empty by accident."""
    kept = Kept(cast, timezone.localdate())
    kept.links(cast.seat, [1, 40, 70, 100, None])
    kept.contact(cast.seat, 1, "visit", ("policy",))
    states = ("recorded", "referred", "outcome", "answered", "disputed", "closed")
    made = {state: cast.concern(state=state, token=state) for state in states}
    station = type(cast.door_station).objects.create(
        assembly=cast.city, code="B002", name="南市联络站", state="suspended", functions=[]
    )
    by = system("places", cast.city)
    enrolled = {"name": "王桂兰", "sector": cast.sector, "member": cast.seat, "phone": "13946901158", "place": "八马路"}
    consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
    person = door.begin(CONSTITUENTS, "enrol", by, enrolled | consent)
    again = {"phone": "13946901159", "another": "on"}
    twin = door.begin(CONSTITUENTS, "enrol", by, enrolled | consent | again)
    met = {"member": cast.seat.pk, "people": [person.pk], "channel": "visit", "summary": "聊了聊入冬供热。"}
    contact = door.begin(CONTACTS, "record", by, met)
    area = areas.enter(by, {"name": "八马路社区", "sector": cast.sector})
    held = areas.assign(area, by, {"member": cast.seat, "on": timezone.localdate(), "held": None})
    LeaderSector.objects.create(assembly=cast.city, member=cast.seat, sector=cast.sector, from_on=held.from_on)
    hours = {"station": cast.door_station, "begins": time(9), "ends": time(11, 30), "member": cast.seat}
    today = timezone.localdate()
    rota = Rota.objects.create(assembly=cast.city, name="本期轮值", from_on=today, to_on=today, state="published")
    turns = {
        state: DutyTurn.objects.create(
            assembly=cast.city, state=state, on=today - timedelta(days=n), rota=rota, **hours
        )
        for n, state in enumerate(("scheduled", "done"))
    }
    briefs = {state: brief_in(cast, state) for state in ("submitted", "editing", "signing", "handling")}
    changed = {**BRIEF, "suggestion": "由市住建局牵头，两周内完成检修。"}
    move(cast, briefs["editing"], "edit", "info_editor", **changed)
    replied = begin(cast, "office", concerns=[cast.concern(token="replied").pk])
    for name, who, data in way(cast, "replied"):
        replied = move(cast, replied, name, "office" if who == "member" else who, **data)
    told = {"level": "city_main", "on": today, "leader": "某某", "text": "请阅。"}
    move(cast, replied, "instruct_more", "instructions", **told)
    move(cast, replied, "adopt_more", "info_editor", notice(), level="city", organ="市委办公室", on=today)
    asked = door.begin(
        APPOINTMENTS, "ask", public(cast.city),
        {"station": cast.door_station, "matter": "供热", "asker_name": "周女士", "asker_phone": "13946901158",
         "receipt_index": receipt_index(receipt_for("meeting"))},
    )  # fmt: skip
    report = research.report_in(cast, "instructed")
    report = research.move(cast, report, "award", "office", notice(), **research.prize())
    honour = Honour.objects.create(assembly=cast.city, kind="media", occasion="刊发", issuer="省政协", on=today)
    return {
        "report": report.pk, "award": report.awards.get().pk, "honour": honour.pk,
        "mended": research.report_in(cast, "returned").pk,
        "looked": briefs["submitted"].pk, "edited": briefs["editing"].pk, "signing": briefs["signing"].pk,
        "handling": briefs["handling"].pk, "replied": replied.pk,
        "person": person.pk, "twin": twin.pk, "contact": contact.pk, "area": area.pk, "held": held.pk,
        "sector": cast.sector.pk, "rota": rota.pk, "ahead": turns["scheduled"].pk, "kept": turns["done"].pk,
        "appointment": asked.pk, "meeting": receipt_for("meeting"),
        "fresh": made["recorded"].pk, "referred": made["referred"].pk, "outcome": made["outcome"].pk,
        "done": made["closed"].pk, "heard": receipt_for("recorded"), "answered": receipt_for("answered"),
        "disputed": receipt_for("disputed"), "closed_receipt": receipt_for("closed"), "closed": station.code,
        "station": cast.door_station.pk, "member": cast.seat.pk, "body": cast.roads.pk, "city": cast.city.pk,
        "county": cast.county.pk, "user": cast.member.pk,
    }  # fmt: skip


def routes(patterns: Any = None, space: str = "") -> Iterator[str]:
    """The names of all addresses."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}:{pattern.name}" if space else str(pattern.name)
        else:
            yield from routes(pattern.url_patterns, pattern.namespace or space)


def test_no_page_is_left_out() -> None:
    numbers = re.compile(r"\{\w+\}")
    paths = [numbers.sub("1", path.split("?")[0]) for pages in PAGES.values() for path in pages]
    scanned = {resolve(path).view_name for path in paths if path != "/no/such/page/"}
    assert set(routes()) - scanned - NO_PAGE - IN_STORIES == set()


@pytest.mark.parametrize("who", PAGES)
def test_every_page(window: Opener, places: dict[str, Any], who: str) -> None:
    """Over SQLite in Chinese, over PostgreSQL in English: a scan takes long, and no page looks other there."""
    seen = window(who, Edition("desktop", "zh" if connection.vendor == "sqlite" else "en"))
    found = [fault for path in PAGES[who] for fault in look(seen, path.format(**places))]
    assert not found, "\n".join(found)


def test_refused_forms(window: Opener, places: dict[str, Any]) -> None:
    person, office = window(), window("office")
    found = []
    attach(person.open("/s/A001").write(text=TEXT, speaker_phone="12"), b"MZ", "a.jpg").press(
        "Send it and get a receipt"
    )
    person.reads("It was not sent yet: please look at what is marked in red.")
    found += faults(person.tab)
    person.open("/accounts/login/").write(login="x", password="y").press("Sign in", "#content")
    person.tab.locator(".notice.seal").wait_for()
    found += faults(person.tab)
    office.open(f"/desk/concerns/{places['fresh']}/decline/").tab.locator("#move-form button.btn-seal").click()
    office.tab.locator(".field-error").first.wait_for()
    found += faults(office.tab)
    person.open("/s/A001").write(text=TEXT)
    attach(person, photo()).tab.locator(".preview img").wait_for()
    found += faults(person.tab)
    assert not found, "\n".join(found)


def test_a_package_before_it_is_taken_in_and_one_that_is_refused(window: Opener, places: dict[str, Any]) -> None:
    editor, found = window("info_editor"), []
    for content, said in ((foreign(), ".brief-text"), (b"none", ".notice.seal[role=alert]")):
        package = {"name": "brief.zip", "mimeType": "application/zip", "buffer": content}
        editor.open("/desk/briefs/take-in/").tab.set_input_files("[name=file]", package)
        editor.press("Look at it first")
        editor.tab.locator(said).wait_for()
        for size in SIZES.values():
            editor.tab.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
            found += [*faults(editor.tab), *wider_than_the_screen(editor.tab)]
    assert not found, "\n".join(found)


SMALL = """(size) => [...document.querySelectorAll("a.btn, button, summary, input, select, textarea, label.pick")]
  .filter((e) => e.type !== "hidden" && e.offsetParent && !e.closest(".visually-hidden") && !e.matches(".skip"))
  .map((e) => [e, (e.closest("label") || e).getBoundingClientRect()])
  .filter(([e, box]) => box.width > 0 && (box.height < size - 0.5 || box.width < size - 0.5))
  .map(([e, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`)"""


def test_fingers_hit_what_they_aim_at(window: Opener, places: dict[str, Any]) -> None:
    person, found = window(edition=Edition("phone")), []
    for path in PAGES["public"]:
        person.open(path.format(**places))
        found += [f"{path}: {small}" for small in person.tab.evaluate(SMALL, FINGER)]
    assert not found, "\n".join(dict.fromkeys(found))


FOCUS = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  await Promise.allSettled(document.getAnimations().map((each) => each.finished));
  const e = document.activeElement, box = e.getBoundingClientRect();
  const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== "none";
  const near = [e, e.closest("label"), e.parentElement, e.closest("li")].filter(Boolean);
  const styles = near.map((each) => getComputedStyle(each));
  const around = [...styles, getComputedStyle(e, "::after"), getComputedStyle(e, "::before")].some(ring);
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return {tag: e.tagName, html: e.outerHTML.slice(0, 120), seen, ring: around}; }"""


def walk(window: Any, path: str, most: int = 80) -> tuple[list[str], list[str]]:
    """Tab through a page from its beginning; what was reached, and what was wrong."""
    window.tab = window.context.new_page()  # in a page whose end was left, the focus begins nowhere
    window.open(path)
    reached, wrong = [], []
    for _step in range(most):
        window.tab.keyboard.press("Tab")
        here = window.tab.evaluate(FOCUS)
        if here["tag"] in {"BODY", "HTML"} or reached[:1] == [here["html"]]:
            break
        reached.append(here["html"])
        if not here["seen"]:
            wrong.append(f"{path}: out of sight: {here['html']}")
        if not here["ring"]:
            wrong.append(f"{path}: focus not to be seen: {here['html']}")
    return reached, wrong


def test_with_the_keyboard_alone(window: Opener, places: dict[str, Any]) -> None:
    wrong: list[str] = []
    for who, paths in {
        "public": ("/", "/s/A001", "/r/{answered}", "/stations/", "/accounts/login/"),
        "office": ("/desk/", "/desk/concerns/{fresh}/triage/", "/manage/members/"),
    }.items():
        seen = window(who)
        for path in paths:
            reached, found = walk(seen, path.format(**places))
            wrong += found
            assert 'class="skip"' in reached[0] or "autofocus" in seen.tab.content(), f"{path}: {reached[:2]}"
            assert any("btn-seal" in each for each in reached) or path == "/desk/", f"{path}: {reached}"
    assert not wrong, "\n".join(wrong)


def test_the_skip_link_leads_past_the_navigation(window: Opener, places: dict[str, Any]) -> None:
    for who, path in (("public", "/"), ("office", "/desk/"), ("office", "/desk/concerns/")):
        seen = window(who).open(path)
        seen.tab.keyboard.press("Tab")
        expect(seen.tab.locator(":focus")).to_have_text(seen.words("Skip to the content"))
        expect(seen.tab.locator(":focus")).to_be_in_viewport()
        seen.tab.keyboard.press("Enter")
        seen.tab.keyboard.press("Tab")
        assert seen.tab.evaluate("() => !!document.activeElement.closest('#content')")


def test_a_constituent_needs_no_mouse(window: Opener, cast: Cast) -> None:
    person = window().open("/s/A001")
    person.tab.locator("[name=text]").focus()
    person.tab.keyboard.type("路灯坏了半个多月。")
    for _step in range(40):
        person.tab.keyboard.press("Tab")
        if person.tab.evaluate("() => document.activeElement.matches('main button.btn-seal')"):
            break
    person.tab.keyboard.press("Enter")
    person.reads("We have it.")
