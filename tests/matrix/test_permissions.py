"""Every route × every role × expected answer, as `permissions.txt` has it; and what holds of every page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.urls import get_resolver

from tests.cast import HELD, ROLES
from tests.matrix.table import EVERYBODY, Row, read, routes
from tests.matrix.world import Visit, World
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db

ROWS = read()
READING = [row for row in ROWS if row.method == "GET"]
SENDING = [row for row in ROWS if row.method == "POST"]

#: What a GET may write: the session, how often somebody tried, what all processes remember for a while, and (by the
#: sign-in library) when somebody first saw their own recovery codes.
NOT_RECORDS = {"django_session", "kernel_throttlecount", "tongxin_cache", "mfa_authenticator"}
POLICY = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"}
HEADERS = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
REFUSALS = {"403", "404"}
#: Takes the number of a session; that of somebody else is passed over without a word.
WITHOUT_OTHERS = {"end_session"}


class Inline(HTMLParser):
    """Collects what a strict content policy does not run: scripts, styles and handlers written into the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = (given.get("type") or "").endswith("json")
        if tag == "style" or (tag == "script" and "src" not in given and not data):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            code = (value or "").strip().lower().startswith("javascript:")
            if name == "style" or name.startswith("on") or code:
                self.found.append(f"<{tag} {name}>")


@pytest.fixture(scope="module", params=READING, ids=str)
def visits(request: pytest.FixtureRequest, world: World) -> list[Visit]:
    """The row asked for by everybody. Refusals are one page of the shell: two of them are drawn."""
    row = request.param
    refused = {role for role in EVERYBODY if row.answers[role] in REFUSALS} - {"public", "office"}
    return [world.ask(role, row, drawn=role not in refused) for role in EVERYBODY]


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Row:
    return request.node.callspec.params["visits"]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {row.route for row in READING} == set(routes())
    assert {row.route for row in SENDING} <= set(routes())


def test_every_role_that_is_declared_has_somebody_who_asks() -> None:
    """Each role once in the city, besides the stranger's; and each of the cast has an answer in every row."""
    assert sorted(HELD.values()) == sorted([*(role.code for role in roles.every()), "office"])
    assert set(HELD) == set(ROLES)
    assert all(set(row.answers) == {"public", *HELD} for row in ROWS)


def test_everybody_of_the_cast_holds_that_one_role_alone(world: World) -> None:
    held = {
        name: [(g.role, g.scope is not None) for g in RoleGrant.objects.filter(user=world.cast.users[name])]
        for name in ROLES
    }
    assert held == {name: [(code, bool(roles.get(code).scope))] for name, code in HELD.items()}


def test_no_row_stands_twice() -> None:
    assert len({str(row) for row in ROWS}) == len(ROWS)


def test_every_address_of_a_record_is_asked_for_somebody_elses() -> None:
    """A route with a number, a code or a receipt in it has a row in which those who may open it find nothing."""
    taking = {row.route for row in ROWS if row.record != "-"} - WITHOUT_OTHERS
    missing = {
        route
        for route in taking
        if not any(row.route == route and "404" in row.answers.values() for row in ROWS) and not _is_of_all(route)
    }
    assert not missing


def _is_of_all(route: str) -> bool:
    """Routes whose address names a kind of thing that everybody has: a register, oneself."""
    return route in {"people:register", "people:register_new", "mfa_index", "mfa_generate_recovery_codes"}


def test_the_answer_is_that_of_the_table(visits: list[Visit], row: Row) -> None:
    assert {visit.role: visit.answer for visit in visits} == row.answers


def test_reading_writes_nothing(visits: list[Visit]) -> None:
    written = {visit.role: set(visit.written - NOT_RECORDS) for visit in visits}
    assert not {role: tables for role, tables in written.items() if tables}


def test_every_answer_is_guarded_by_headers(visits: list[Visit]) -> None:
    for visit in visits:
        assert {name: visit.response.get(name) for name in HEADERS} == HEADERS, visit.role
        policy = set(visit.response["Content-Security-Policy"].split("; "))
        # What somebody sent us is shown under a policy of its own, in which nothing runs at all.
        assert policy >= POLICY or {"default-src 'none'", "sandbox"} <= policy, visit.role
        assert not any("unsafe" in directive for directive in policy), visit.role


def test_nothing_is_written_into_a_page_that_its_policy_forbids(visits: list[Visit]) -> None:
    found = {visit.role: Inline(visit.body.decode()).found for visit in visits if visit.is_page}
    assert not {role: tags for role, tags in found.items() if tags}


@pytest.mark.parametrize("row", SENDING, ids=str)
def test_what_is_sent_gets_the_answer_of_the_table(row: Row, world: World) -> None:
    assert {role: world.ask(role, row, drawn=False).answer for role in EVERYBODY} == row.answers


@pytest.mark.parametrize("row", SENDING, ids=str)
def test_nothing_is_done_without_the_forms_own_token(row: Row, world: World) -> None:
    for role in ("public", "office", "admin"):
        visit = world.ask(role, row, enforce_csrf_checks=True)
        templates = [template.name for template in visit.response.templates]
        assert visit.answer == "403", role
        assert templates[:1] == ["shell/csrf.html"], role
        assert not visit.written - NOT_RECORDS, role


@pytest.mark.parametrize("row", [row for row in READING if row.route not in {r.route for r in SENDING}], ids=str)
def test_an_address_without_a_row_for_sending_takes_nothing(row: Row, world: World) -> None:
    sending = Row("POST", row.route, row.record, {}, row.line)
    answers = {world.ask(role, sending, drawn=False).answer for role in ("public", "office", "admin", "stranger")}
    assert answers <= {"405", "404", "login"}


def test_the_maps_own_handlers_are_the_shells() -> None:
    handlers = {code: get_resolver().resolve_error_handler(code).__module__ for code in (400, 403, 404, 500)}
    assert set(handlers.values()) == {"tongxin.shell.views.errors"}
