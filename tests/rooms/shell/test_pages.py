"""The shell's own pages and switches."""

from html import unescape
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.test import Client, RequestFactory

from tests.cast import Cast
from tongxin.shell import queries, searching, views

pytestmark = pytest.mark.django_db


def test_home_shows_what_waits_by_urgency(cast: Cast) -> None:
    concern = cast.concern()
    html = unescape(cast.client("office").get("/desk/").content.decode())
    assert concern.title in html
    assert concern.get_absolute_url() in html
    assert "等我办的" in html


def test_what_is_not_listed_is_still_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        cast.concern(f"第{n}件：路灯坏了。")
    monkeypatch.setattr(queries, "SHOWN", 1)
    html = cast.client("office").get("/desk/").content.decode()
    assert html.count('class="row-item"') == 1
    assert '<span class="n">3</span></h2>' in html
    assert "再看 2 件" in html
    assert cast.client("office").get("/desk/?all=1").content.decode().count('class="row-item"') == 3


def test_counting_that_stopped_says_so_and_leads_nowhere_further(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        cast.concern(f"第{n}件：路灯坏了。")
    monkeypatch.setattr(queries, "SHOWN", 1)
    monkeypatch.setattr(queries, "ALL", 2)
    html = cast.client("office").get("/desk/").content.decode()
    assert '<span class="num">2+</span>' in html
    assert "再看 1 件" in html
    assert "再看" not in cast.client("office").get("/desk/?all=1").content.decode()


def test_an_empty_home_says_what_will_stand_there(cast: Cast) -> None:
    assert "没有等您办的事" in cast.client("office").get("/desk/").content.decode()


def test_search_finds_two_characters_and_marks_them(cast: Cast) -> None:
    concern = cast.concern()
    html = cast.client("office").get("/desk/search/", {"q": "路灯"}).content.decode()
    assert "<mark>路灯</mark>" in html
    assert concern.get_absolute_url() in html


def test_search_shows_nothing_of_others(cast: Cast) -> None:
    cast.concern()
    html = cast.client("stranger").get("/desk/search/", {"q": "路灯"}).content.decode()
    assert "没有找到" in html


def test_hits_are_narrowed_in_the_address_and_the_form_keeps_it(cast: Cast) -> None:
    cast.concern(state="triaged")
    cast.concern("路灯又坏了一盏。", token="other")
    client = cast.client("office")
    every = client.get("/desk/search/", {"q": "路灯"}).content.decode()
    assert "路灯</mark>又坏了一盏" in every
    assert "?q=%E8%B7%AF%E7%81%AF&amp;kind=concerns.concern" in every
    one = {"q": "路灯", "kind": "concerns.concern", "standing": "triaged", "since": "2020-01-01"}
    html = client.get("/desk/search/", one).content.decode()
    assert "路灯</mark>又坏了一盏" not in html
    assert "路灯</mark>坏了半个多月" in html
    assert '<option value="triaged" selected>' in html
    assert 'value="2020-01-01"' in html
    assert '<input type="hidden" name="kind" value="concerns.concern">' in html


@pytest.mark.parametrize(
    "query",
    ["kind=no.such", "standing=x", "sector=none", "sector=9999999999999999999999", "since=2026-13-45", "page=-1",
     "page=99999", "page=x", "until=x&kind=concerns.concern&standing=x", "sector=0"],
)  # fmt: skip
def test_an_old_bookmark_of_a_search_still_opens(cast: Cast, query: str) -> None:
    cast.concern()
    assert cast.client("office").get(f"/desk/search/?q=路灯&{query}").status_code == 200


def test_many_hits_are_leafed_through_and_counting_stops(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "FIRST", 2)
    monkeypatch.setattr(searching, "PAGE", 2)
    for n in range(5):
        cast.concern(f"第{n}盏路灯坏了。", token=str(n))
    client = cast.client("office")
    every = client.get("/desk/search/", {"q": "路灯"}).content.decode()
    assert every.count('class="row-item"') == 2
    assert "全部诉求" in every
    last = client.get("/desk/search/", {"q": "路灯", "kind": "concerns.concern", "page": "3"}).content.decode()
    assert last.count('class="row-item"') == 1
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    beyond = client.get("/desk/search/", {"q": "路灯", "kind": "concerns.concern", "page": "99"}).content.decode()
    assert beyond.count('class="row-item"') == 1
    assert "找到 5 条" in beyond
    assert "没有同时符合" not in beyond
    assert "page=2" in beyond
    assert 'rel="next"' not in beyond
    monkeypatch.setattr("tongxin.kernel.search.finding.MOST", 3)
    monkeypatch.setattr("tongxin.kernel.search.MOST", 3)
    stopped = client.get("/desk/search/", {"q": "路灯"}).content.decode()
    assert "3+" in stopped
    assert "找到的太多" in stopped


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=电梯", "没有找到"),
        ("q=电梯&kind=concerns.concern", "没有同时符合这些条件的"),
        ("q=电梯", "请在词与词之间空一格：商户 停车"),
        ("q=，。", "没有可查的字词"),
        ("q=，。&kind=concerns.concern", "没有可查的字词"),
        ("", "查找范围"),
    ],
)
def test_finding_nothing_says_what_to_do(cast: Cast, query: str, said: str) -> None:
    cast.concern()
    assert said in cast.client("office").get(f"/desk/search/?{query}").content.decode()


def test_days_in_the_wrong_order_are_told_and_kept(cast: Cast) -> None:
    cast.concern()
    client = cast.client("office")
    html = client.get("/desk/search/?q=路灯&since=2026-03-02&until=2026-02-01").content.decode()
    assert "起始日期晚于截止日期" in html
    assert "没有同时符合" not in html
    assert 'name="since" value="2026-03-02"' in html
    assert 'name="until" value="2026-02-01"' in html
    assert "since=2026-02-01&amp;until=2026-03-02" in html
    one_day = client.get("/desk/search/?q=路灯&since=2026-02-01&until=2026-02-01").content.decode()
    assert "起始日期晚于截止日期" not in one_day


def test_states_of_a_kind_are_offered_to_those_alone_who_may_see_some(cast: Cast) -> None:
    url = "/desk/search/?q=路灯&kind=concerns.concern"
    assert 'name="standing"' in cast.client("office").get(url).content.decode()
    html = cast.client("admin").get(url).content.decode()
    assert 'name="standing"' not in html
    assert "待研判" not in html


def test_what_people_wrote_is_shown_as_text_when_found(cast: Cast) -> None:
    cast.concern("路灯<script>alert(1)</script>坏了，<mark>真的</mark>")
    html = cast.client("office").get("/desk/search/", {"q": "路灯 alert"}).content.decode()
    assert "<script>alert" not in html
    assert "<mark>alert</mark>" in html
    assert "<mark>真的" not in html


def test_counts_are_fresh_after_ones_own_act(cast: Cast) -> None:
    client = cast.client("office")
    assert 'class="bell-n"' not in client.get("/desk/").content.decode()
    cast.concern()
    client.post("/desk/read/")
    assert 'class="bell-n"' in client.get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("asked", "cookie", "spoken"),
    [("en-US,en", "", "zh-hans"), ("", "en", "en"), ("zh-CN", "en", "en"), ("en", "fr", "zh-hans")],
)
def test_chinese_unless_the_person_chose(asked: str, cookie: str, spoken: str) -> None:
    client = Client(headers={"accept-language": asked})
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get("/accounts/login/")
    assert answer.headers["Content-Language"] == spoken
    assert f'lang="{"en" if spoken == "en" else "zh-Hans"}"' in answer.content.decode()


def test_the_accounts_language_comes_along_to_a_new_device(cast: Cast) -> None:
    first = cast.client("office")
    first.post("/language/", {"language": "en", "next": "/desk/"})
    cast.office.refresh_from_db()
    assert cast.office.language == "en"
    assert "Waiting for me" in cast.client("office").get("/desk/").content.decode()


def test_large_text_is_switched_on_and_off_and_goes_nowhere_else() -> None:
    client = Client()
    answer = client.post("/large/", {"on": "1", "next": "/accounts/login/"})
    assert answer.headers["Location"] == "/accounts/login/"
    assert 'class="large"' in client.get("/accounts/login/").content.decode()
    answer = client.post("/large/", {"on": "0", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert 'class="large"' not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("path", ["/language/", "/large/", "/desk/read/"])
def test_switches_are_not_thrown_by_get(cast: Cast, path: str) -> None:
    assert cast.client("office").get(path).status_code == 405


def test_a_page_open_too_long_keeps_what_was_typed(cast: Cast) -> None:
    client = cast.client("office", enforce_csrf_checks=True)
    answer = client.post("/desk/concerns/new/", {"text": "路灯坏了半个月", "password": "geheim"})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "路灯坏了半个月" in html
    assert "geheim" not in html


def test_too_much_at_once_is_413_in_words() -> None:
    request = RequestFactory().post("/", HTTP_REFERER="http://testserver/s/A001")
    answer = views.errors.bad_request(request, RequestDataTooBig())
    assert answer.status_code == 413
    assert "一次发得太多了" in answer.content.decode()
    assert "浏览器自己的返回键" in answer.content.decode()
    assert 'href="http://testserver/s/A001" data-back' in answer.content.decode()
    elsewhere = RequestFactory().post("/", HTTP_REFERER="http://elsewhere.example/")
    assert "elsewhere" not in views.errors.bad_request(elsewhere, RequestDataTooBig()).content.decode()


def test_a_missing_page_looks_the_same_for_everybody_who_may_not_know(cast: Cast) -> None:
    concern = cast.concern()
    missing = cast.client("stranger").get("/desk/concerns/999999/")
    hidden = cast.client("stranger").get(concern.get_absolute_url())
    assert missing.status_code == hidden.status_code == 404
    assert concern.title not in hidden.content.decode()


def test_the_last_resort_page_needs_nothing() -> None:
    assert "我们这边出了问题" in views.errors.server_error(RequestFactory().get("/")).content.decode()


def test_health_tells_version_and_worker(client: Client) -> None:
    told = client.get("/healthz").json()
    assert told["status"] == "ok"
    assert told["worker"]["status"] == "never started"


def test_health_is_503_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(queries, "heartbeat", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failed"


def test_an_address_of_a_button_opened_by_hand_says_so(cast: Cast) -> None:
    answer = cast.client("office").get("/manage/institutions/sectors/national/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "请返回上一页" in answer.content.decode()


@pytest.mark.parametrize("path", ["/desk/search/", "/desk/concerns/", "/stations/", "/", "/desk/contact/people/"])
def test_an_address_that_is_too_long_is_refused_in_words(cast: Cast, path: str) -> None:
    """And the page does not repeat it, as pages do in the links to their own filters."""
    answer = cast.client("office").get(path, {"q": "路" * 2000})
    assert answer.status_code == 414
    html = answer.content.decode()
    assert "内容太长了" in html
    assert quote("路" * 10) not in html
    assert cast.client("office").get(path, {"q": "路" * 800}).status_code == 200
