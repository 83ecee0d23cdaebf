"""What lets the product work on a bad line: the worker and its version, the manifest, what an outbox is answered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import RequestFactory
from PIL import Image

from tests.cast import Cast
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import navigation
from tongxin.kernel.web import PERSON, person_mark
from tongxin.shell import outbox

pytestmark = pytest.mark.django_db
NEW = "/desk/concerns/new/"
TEXT = "路灯坏了半个多月。"


def kit(client: Any) -> dict[str, Any]:
    """What the service worker was told."""
    first = client.get("/sw.js").content.decode().splitlines()[0]
    return json.loads(first.removeprefix("const KIT = ").removesuffix(";"))


def sent(cast: Cast, who: str = "member", as_: str | None = None, **data: Any) -> dict[str, Any]:
    """What an outbox is answered that sends the form as `as_` while `who` is signed in."""
    headers = {outbox.HEADER: person_mark(cast.actor(as_ or who))}
    response = cast.client(who).post(NEW, {"text": TEXT, "token": "t1", **data}, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return response.json()


# The worker ----------------------------------------------------------------------------------------------------------


def test_the_worker_may_serve_the_whole_site_and_is_asked_for_anew(cast: Cast) -> None:
    response = cast.client().get("/sw.js")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Service-Worker-Allowed"] == "/"
    assert "no-cache" in response["Cache-Control"]
    assert "worker-src 'self'" in response["Content-Security-Policy"]
    assert "manifest-src 'self'" in response["Content-Security-Policy"]


def test_what_the_worker_keeps_exists_and_is_the_same_for_everybody(cast: Cast) -> None:
    told = kit(cast.client())
    assert told == kit(cast.client("member"))
    names = [url.removeprefix("/static/") for url in [*told["files"], told["outbox"]]]
    assert all(finders.find(name) for name in names)
    assert {"tongxin/offline.js", "tongxin/tongxin.css", "concerns/concerns.css"} <= set(names)
    for url in told["offline"]:
        page = cast.client("member").get(url)
        assert page.status_code == 200
        assert cast.member.name not in page.content.decode()
        assert cast.city.name not in page.content.decode()
        assert PERSON not in page


def test_a_changed_file_makes_another_version(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kit(cast.client())["version"]
    assert kit(cast.client())["version"] == before
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_digest", lambda names: "changed")
        assert kit(cast.client())["version"] != before
    with monkeypatch.context() as patch:  # as after gathering files with digests in their names
        patch.setattr(outbox, "static", lambda name: f"/static/{name}.0123")
        assert kit(cast.client())["version"] != before
    assert kit(cast.client())["version"] == before


# The manifest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "name", "lang"), [("zh-hans", "同心", "zh-Hans"), ("en", "Tongxin", "en")])
def test_the_manifest_speaks_the_language_asked_for(cast: Cast, language: str, name: str, lang: str) -> None:
    response = cast.client().get("/app.webmanifest", {"language": language})
    assert response["Content-Type"] == "application/manifest+json"
    told = response.json()
    assert (told["name"], told["lang"], told["start_url"], told["display"]) == (name, lang, "/desk/", "standalone")
    assert re.fullmatch(r"#[0-9a-f]{6}", told["theme_color"])
    assert re.fullmatch(r"#[0-9a-f]{6}", told["background_color"])


def test_icons_are_as_large_as_they_say(cast: Cast) -> None:
    icons = cast.client().get("/app.webmanifest").json()["icons"]
    drawn = [icon for icon in icons if icon["type"] == "image/png"]
    for icon in drawn:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert {icon["purpose"] for icon in drawn} == {"any", "maskable"}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in drawn}


def test_an_unknown_language_is_the_default(cast: Cast) -> None:
    assert cast.client().get("/app.webmanifest", {"language": "xx"}).json()["lang"] == "zh-Hans"
    assert cast.client().get("/offline/", {"language": "xx"})["Content-Language"] == "zh-hans"
    assert 'lang="en"' in cast.client().get("/offline/", {"language": "en"}).content.decode()


# Whose it is ---------------------------------------------------------------------------------------------------------


def test_the_mark_tells_persons_and_assemblies_apart(cast: Cast) -> None:
    marks = {name: person_mark(cast.actor(name)) for name in ("member", "convener", "stranger")}
    assert len(set(marks.values())) == 3
    assert marks["member"].split(".")[1] == marks["convener"].split(".")[1] != marks["stranger"].split(".")[1]
    assert person_mark(cast.actor("public")) == ""
    assert cast.client("member").get("/desk/")[PERSON] == marks["member"]
    assert cast.client("member").get("/desk/outbox/").json()["person"] == marks["member"]
    assert cast.client().get("/desk/outbox/").json() == {"person": "", "csrf": ""}


def test_the_devices_pages_are_those_the_person_may_open(cast: Cast) -> None:
    assert "concerns:new" in navigation.offline_pages(cast.actor("member"))
    assert "concerns:new" not in navigation.offline_pages(cast.actor("body"))
    assert f'data-offline-pages="{NEW}' in cast.client("member").get("/desk/").content.decode()


# What an outbox is answered ------------------------------------------------------------------------------------------


def test_taken_in_once_however_often_it_is_sent(cast: Cast) -> None:
    assert sent(cast) == sent(cast) == {"outcome": "sent", "again": True}
    assert Concern.objects.count() == 1
    page = cast.client("member").post(NEW, {"token": "t1"})  # the token alone brings the slip again
    assert "data-done" in page.content.decode()
    assert Concern.objects.count() == 1


def test_a_refusal_names_the_field(cast: Cast) -> None:
    told = sent(cast, speaker_phone="12")
    assert told["outcome"] == "refused"
    assert [each["name"] for each in told["messages"]] == ["speaker_phone"]
    assert told["messages"][0]["text"]
    assert not Concern.objects.exists()


def test_nobody_and_somebody_else_are_told_so_and_nothing_is_looked_at(cast: Cast) -> None:
    assert sent(cast, "public", as_="member") == {"outcome": "signed_out"}
    assert sent(cast, "convener", as_="member") == {"outcome": "other"}
    cast.member.must_change_password = True
    cast.member.save()
    assert sent(cast) == {"outcome": "signed_out"}
    assert not Concern.objects.exists()


def test_without_the_right_the_reason_is_said(cast: Cast) -> None:
    told = sent(cast, "body")
    assert told["outcome"] == "refused"
    assert told["messages"][0]["name"] == ""


def test_a_worn_out_token_is_tried_again_later(cast: Cast) -> None:
    client = cast.client("member", enforce_csrf_checks=True)
    headers = {outbox.HEADER: person_mark(cast.actor("member"))}
    assert client.post(NEW, {"text": TEXT}, headers=headers).json() == {"outcome": "waiting"}
    token = client.get("/desk/outbox/").json()["csrf"]
    answer = client.post(NEW, {"text": TEXT, "token": "t2"}, headers={**headers, "X-CSRFToken": token})
    assert answer.json()["outcome"] == "sent"


@pytest.mark.parametrize(
    ("status", "extra", "outcome"),
    [
        (302, {"Location": "/desk/1/"}, {"outcome": "sent", "address": "/desk/1/"}),
        (302, {"Location": "/accounts/login/?next=/"}, {"outcome": "signed_out"}),
        (429, {}, {"outcome": "waiting"}),
        (500, {}, {"outcome": "failed"}),
        (502, {}, {"outcome": "waiting"}),
        (503, {}, {"outcome": "waiting"}),
        (409, {}, {"outcome": "conflict", "messages": [{"name": "", "text": "Things have moved on."}]}),
        (413, {}, {"outcome": "refused", "messages": [{"name": "", "text": "Things have moved on."}]}),
    ],
)
def test_each_status_has_its_outcome(cast: Cast, status: int, extra: dict[str, str], outcome: dict[str, Any]) -> None:
    page = '<h1>No</h1><div class="trouble-text"><p>Things have <b>moved</b> on.<br></p></div><p>More</p>'
    request = RequestFactory().post("/x/", headers={outbox.HEADER: person_mark(cast.actor("member"))})
    request.actor = cast.actor("member")
    middleware = outbox.Answers(lambda _request: HttpResponse(page, status=status, headers=extra))
    assert middleware.process_view(request, None, (), {}) is None
    assert json.loads(middleware(request).content) == outcome


def test_other_requests_are_left_alone(cast: Cast) -> None:
    answer = cast.client("member").post(NEW, {"text": "", "token": "t3"})
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/html")
