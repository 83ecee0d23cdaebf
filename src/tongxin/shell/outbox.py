"""The server's half of working on a bad line: what the outbox of a device is answered, and what the device may keep.

A form that waited on a device is sent by script, with the mark of the person who wrote it in the `X-Tongxin-Outbox`
header and how long it waited beside it (`kernel.web.pressed_at`). Otherwise views know nothing of it: their answers are
put into words the script can tell apart. Always 200, as JSON:

| outcome | means |
|---|---|
| sent | taken in; `address` is where it stands, `again` that the page at the end comes by sending the token once more |
| refused | not taken in; `messages` say why, by field |
| conflict | things have moved on meanwhile; `messages` say how |
| signed_out, other | nobody, or somebody else, is signed in: nothing was looked at |
| waiting | nothing now: too often, a worn-out token, a server in trouble |
| failed | not this one: the server broke over it; the next ones may still go |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse

from tongxin.kernel.request import Request
from tongxin.kernel.web import person_mark

HEADER = "X-Tongxin-Outbox"
WORKER = "tongxin/worker.js"
OUTBOX = "tongxin/outbox.js"
LIBRARIES = ("bootstrap/css/bootstrap.min.css", "htmx/htmx.min.js")
KEPT = (".css", ".js", ".svg", ".png")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Said(JsonResponse):
    """An answer to an outbox."""

    def __init__(self, outcome: str, **more: Any) -> None:
        super().__init__({"outcome": outcome, **more})
        self["Cache-Control"] = "no-store"


class Answers:
    """Middleware: answers to an outbox are outcomes, and nobody's form is taken in under somebody else's name."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or HEADER not in request.headers or isinstance(response, Said):
            return response
        said = _outcome(request, response)
        said.cookies.update(response.cookies)  # what the next page is to say, and the session
        return said

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or HEADER not in request.headers:
            return None
        actor = request.actor
        if not actor.is_user:
            return Said("signed_out")
        if person_mark(actor) != request.headers[HEADER]:
            return Said("other")
        request.outbox_asked = True  # type: ignore[attr-defined]
        return None


def _outcome(request: Request, response: HttpResponse) -> Said:
    """What became of the form, by the status that the view, the door or a middleware answered with."""
    status = response.status_code
    if not getattr(request, "outbox_asked", False) and status < 400:
        return Said("signed_out")  # sent elsewhere before the view was asked: to choose a password first
    if status in (301, 302, 303):
        address = response["Location"]
        return Said("signed_out") if address.startswith(settings.LOGIN_URL) else Said("sent", address=address)
    if status < 300:
        return Said("sent", again=True)
    if status == 500:
        return Said("failed")
    if status == 429 or status >= 500 or getattr(request, "csrf_refused", False):
        return Said("waiting")
    return Said("conflict" if status == 409 else "refused", messages=said_on(response.content.decode()))


def said_on(page: str) -> list[dict[str, str]]:
    """What a page of refusal says: `name` is the field it is said of, "" for the whole."""
    return _Sentences(page).found


class _Sentences(HTMLParser):
    """Reads errors where the shell's components put them: under a field, above a form, on the page of a refusal."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.depth, self.name, self.words = 0, "", [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {key: value or "" for key, value in attrs}
        of_field = given.get("id", "").endswith("_error")
        if self.depth:
            self.depth += 1
        elif of_field or given.get("role") == "alert" or given.get("class") == "trouble-text":
            self.depth, self.words = 1, []
            self.name = given["id"].removeprefix("id_").removesuffix("_error") if of_field else ""

    def handle_endtag(self, tag: str) -> None:
        if not self.depth or tag in VOID:
            return
        self.depth -= 1
        text = " ".join(" ".join(self.words).split())
        if not self.depth and text:
            self.found.append({"name": self.name, "text": text})

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.words.append(data)


def script() -> str:
    """The service worker: `worker.js` with what it must know before it. It changes whenever a kept file does."""
    source = _contents(WORKER)
    names = files()
    offline = [f"{reverse('offline')}?language={code}" for code, _name in settings.LANGUAGES]
    kit = {
        "files": [static(name) for name in names],
        "outbox": static(OUTBOX),
        "offline": offline,
        "static": settings.STATIC_URL,
        "signIn": settings.LOGIN_URL,
        "signOut": reverse("account_logout"),
    }
    kit["version"] = version(source, kit, _digest(tuple(names)))
    return f"const KIT = {json.dumps(kit)};\n{source}"


def version(*parts: Any) -> str:
    """A short name for exactly these parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def files() -> list[str]:
    """The static files that pages of ours ask for: those of our own rooms, and the few of others every page has."""
    own = [
        name
        for finder in get_finders()
        for app, storage in getattr(finder, "storages", {}).items()
        if str(app).startswith("tongxin.")
        for name, _storage in ((name, storage) for name in _walk(storage))
        if name.endswith(KEPT) and name not in (WORKER, OUTBOX)
    ]
    return sorted({*own, *LIBRARIES})


def _walk(storage: Any, folder: str = "") -> list[str]:
    folders, names = storage.listdir(folder)
    found = [f"{folder}{name}" for name in names]
    return found + [name for sub in folders for name in _walk(storage, f"{folder}{sub}/")]


@lru_cache(maxsize=4)
def _digest(names: tuple[str, ...]) -> str:
    """Of the files' contents: addresses carry no digest while debugging."""
    whole = hashlib.sha256()
    for name in (*names, OUTBOX):
        whole.update(_contents(name).encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


@lru_cache(maxsize=256)
def _contents(name: str) -> str:
    found = next(path for finder in get_finders() if (path := finder.find(name)))
    with open(found, encoding="utf-8", errors="surrogateescape", newline="") as source:
        return source.read()
