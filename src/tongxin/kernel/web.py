"""Between the pages and the door: who may open a page, and what each refusal of the door looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from . import options, workflow
from .actor import Actor
from .crypto import blind_index
from .errors import DoorError, GateClosed, IllegalMove, Invalid, NotAllowed, Stale
from .journal import describe
from .request import Request
from .rules import Gate
from .text import whole_number

MILLISECOND = timedelta(milliseconds=1)
BUSY_SECONDS = 15  # after which one may try again when the database was busy
PUBLIC_ADDRESS = "stations.public_address"  # the parameter with the address that constituents reach
log = logging.getLogger(__name__)
#: Says whose page it is, so that a device keeps nobody's pages for somebody else.
PERSON = "X-Tongxin-Person"
#: How many milliseconds a form waited on a device before it was sent; by the device's own clock at both ends.
WAITED = "X-Tongxin-Waited"
SOON, LONGEST = timedelta(seconds=30), timedelta(days=60)


def page(gate: Gate) -> Callable:
    """A page for signed-in people whom the gate lets in: others sign in first, or read why not (403)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @never_cache
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.actor.is_user:
                return redirect_to_login(request.get_full_path())
            if not gate(request.actor):
                raise GateClosed(str(gate.reason))
            response = view(request, *args, **kwargs)
            response[PERSON] = person_mark(request.actor)
            return response

        guarded.gate = gate  # type: ignore[attr-defined]
        return guarded

    return decorate


def person_mark(actor: Actor) -> str:
    """Whose forms and pages a device holds: one mark for the person, one for the assembly they work in; "" for nobody.

    It says nothing to whoever reads it on the device.
    """
    if not actor.is_user:
        return ""
    person, place = blind_index(str(actor.user_id), "device"), blind_index(f"in {actor.assembly_id}", "device")
    return f"{person[:24]}.{place[:16]}"


class DoorErrors:
    """Turns what the door refuses with into pages: 404, 409, 422; and what the database refuses, 409 and 503."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            # Told like any other missing page: whoever may not do it learns nothing.
            raise Http404 from error
        if isinstance(error, DoorError):
            return refusal(request, error)
        if isinstance(error, IntegrityError) and request.method == "POST":
            # Checked, and still refused by the database: somebody entered the same at the same moment.
            log.warning("%s: %s", request.path, error)
            return render(request, "shell/taken.html", {"typed": typed(request)}, status=409)
        if isinstance(error, OperationalError):
            log.warning("%s: %s", request.path, error)
            return busy(request)
        return None


def refusal(request: Request, error: DoorError) -> HttpResponse:
    """The page of a refused change; the text that was typed is in it."""
    if isinstance(error, IllegalMove):
        state = workflow.of(type(error.record)).state(error.record.state)
        context = {"record": error.record, "state": state, "possible": error.possible, "typed": typed(request)}
        return render(request, "shell/conflict.html", context, status=409)
    if isinstance(error, Stale):
        changed = describe(error.entry, type(error.record)) if error.entry else None
        actor = getattr(request, "actor", None)  # a button pressed twice, or a page of one's own left open
        own = bool(error.entry and actor and actor.is_user and error.entry.actor_id == actor.user_id)
        context = {"record": error.record, "changed": changed, "own": own, "typed": typed(request)}
        return render(request, "shell/stale.html", context, status=409)
    if isinstance(error, Invalid):
        return render(request, "shell/invalid.html", {"form": error.form, "typed": typed(request)}, status=422)
    raise error


def slow_down(request: Request, seconds: int) -> HttpResponse:
    """The page for whoever does a thing too often: how long to wait."""
    response = render(request, "shell/slow_down.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def busy(request: Request) -> HttpResponse:
    """The page for when the database cannot take it now, a long import being at work say: what was typed is in it."""
    response = render(request, "shell/busy.html", {"typed": typed(request)}, status=503)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


def typed(request: Request) -> list[tuple[str, str]]:
    """What was sent, without tokens and passwords, so that a refusal never loses a text."""
    hidden = {"csrfmiddlewaretoken", "version", "password", "token", "next"}
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in hidden and "password" not in name
        for value in values
        if value.strip()
    ]


def pressed_at(request: Request, now: datetime) -> datetime | None:
    """When a form was sent off that waited on a device for a line; None for one that comes at once.

    A device tells how long it waited, not what time it was: its clock may be wrong, but it goes evenly.
    """
    waited = timedelta(milliseconds=min(whole_number(request.headers.get(WAITED, "")) or 0, LONGEST // MILLISECOND))
    return now - waited if waited >= SOON else None


def version_of(request: Request) -> int | None:
    """The record's version that the form was shown with."""
    return whole_number(request.POST.get("version", ""))


def public_url(request: Request, assembly_id: int | None, path: str) -> str:
    """The whole address that people outside are told: under the assembly's public address if it gave one, else under
    the one this page was opened at, which may be of the office's own network."""
    public = str(options.parameter(assembly_id, PUBLIC_ADDRESS) or "").strip().rstrip("/")
    if public and "://" not in public:
        public = f"https://{public}"
    return f"{public}{path}" if public else request.build_absolute_uri(path)


def address(request: Request, route: str, **changes: Any) -> str:
    """A list's address with changed filters; a changed filter begins at the first page."""
    get = request.GET.copy()
    for name in ("page", "current"):
        get.pop(name, None)
    for name, value in changes.items():
        get.pop(name, None)
        if value not in ("", None):
            get[name] = str(value)
    return reverse(route) + (f"?{get.urlencode()}" if get else "")
