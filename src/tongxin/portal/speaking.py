"""Saying something, at a station's code or without one. Works without JavaScript; what was typed is never lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongxin.hear.concerns import texts
from tongxin.hear.concerns.again import differs
from tongxin.hear.concerns.forms import SpeakForm
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.stations.models import Station
from tongxin.hear.stations.queries import places as stations
from tongxin.hear.stations.workflow.places import ACTIVE
from tongxin.kernel import actor as actors
from tongxin.kernel import door, options, receipts
from tongxin.kernel.errors import Invalid
from tongxin.kernel.forms import MoveForm
from tongxin.kernel.throttle import Throttle
from tongxin.kernel.web import BUSY_SECONDS
from tongxin.people.models import Assembly

from . import queries

# Many people share one address: the Wi-Fi of a station, the gateway of a mobile network.
SENDING = Throttle("portal.speak", 120, 600)
TYPED = ("text", "topic", "speaker_name", "speaker_phone", "county")


@dataclass(frozen=True)
class Place:
    """Where somebody speaks: at a station or without one, to an assembly."""

    assembly: Assembly
    station: Station | None = None
    county: Assembly | None = None

    @property
    def draft(self) -> str:
        """Under which name the browser keeps what was typed and not sent."""
        return f"say-{self.station.code}" if self.station else "say"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """Speak without a station."""
    assembly = queries.home()
    if assembly is None:
        return render(request, "portal/no_station.html", status=404)
    return _speak(request, Place(assembly))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: HttpRequest, code: str) -> HttpResponse:
    """Speak at the station whose code was scanned. What is sent to one that closed meanwhile is taken without it."""
    station = stations.open_station(code)
    if station is None:
        return render(request, "portal/no_station.html", status=404)
    if station.state == ACTIVE:
        return _speak(request, Place(station.assembly, station, station.county))
    if request.method == "POST":
        return _speak(request, Place(station.assembly, None, station.county))
    return render(request, "portal/no_station.html", {"station": station}, status=404)


def _speak(request: HttpRequest, place: Place) -> HttpResponse:
    """The form, and the sending of it; when the database takes nothing just now, the form with what was typed."""
    if request.method != "POST":
        return _page(request, place, _form(place))
    try:
        return _sent(request, place)
    except OperationalError:
        return _page(request, place, _form(place, request), wait=BUSY_SECONDS, status=503)


def _sent(request: HttpRequest, place: Place) -> HttpResponse:
    if wait := SENDING.hit(request):
        return _page(request, place, _form(place, request), wait=wait)
    index, receipt = _receipt(request)
    told = _told(request, place, index)
    try:
        door.begin(CONCERNS, "speak", actors.public(place.assembly), told, request.FILES)
    except Invalid as refused:
        return _page(request, place, refused.form, again=bool(request.FILES))
    except IntegrityError:
        # The same form was sent twice: whoever came second gets the same receipt. Any other fault stays one.
        if (known := queries.concern_of(index)) is None:
            raise
        if differs(known, told, request.FILES):
            return _page(request, place, _form(place, request), again=bool(request.FILES), known=receipt, status=409)
    response = HttpResponseRedirect(reverse("portal:track", args=[receipt]) + "?new=1")
    response.status_code = 303
    return response


def _receipt(request: HttpRequest) -> tuple[str, str]:
    """Index and receipt of what was sent. The same words from the same page have the same one; other words, written
    after going back to the page, are another matter."""
    receipt = receipts.receipt_for(f"{token_of(request)} {texts.key(request.POST.get('text', ''))}")
    return receipts.receipt_index(receipt), receipt


def token_of(request: HttpRequest) -> str:
    """The page's own token; a new one for whoever sends none."""
    try:
        return uuid.UUID(request.POST.get("token", "")).hex
    except ValueError:
        return uuid.uuid4().hex


def _told(request: HttpRequest, place: Place, index: str) -> Any:
    """What was typed, and what the page knows by itself, which nobody can send in its stead."""
    told = request.POST.copy()
    # At a station the county is the station's own, which the door takes from it.
    county = None if place.station else place.county or queries.place_of(place.assembly, told.get("county", ""))
    told["assembly"] = str(place.assembly.pk)
    told["station"] = str(place.station.pk) if place.station else ""
    told["county"] = str(county.pk) if county else ""
    told["receipt_index"] = index
    told["consent"] = "on"  # whoever leaves a name or number reads beside it what it is for
    return told


def _form(place: Place, request: HttpRequest | None = None) -> MoveForm:
    """The form, empty or with what was typed and not taken yet."""
    initial: dict[str, Any] = {name: request.POST.get(name, "") for name in TYPED} if request else {}
    initial["assembly"] = place.assembly.pk
    return SpeakForm(initial=initial, actor=actors.public(place.assembly), now=timezone.now())


def _page(
    request: HttpRequest,
    place: Place,
    form: MoveForm,
    *,
    wait: int = 0,
    again: bool = False,
    known: str = "",
    status: int = 0,
) -> HttpResponse:
    """The form's page; `wait` seconds until it can be sent, for a reason that the `status` tells. With the receipt of
    what is `known` already it can be sent as another matter."""
    topics = form.fields["topic"]
    topics.widget = forms.RadioSelect(choices=topics.choices)
    form.fields["county"].queryset = place.assembly.children.all()
    form.fields["county"].label_from_instance = lambda county: county.place
    context = {
        "place": place,
        "form": form,
        "token": uuid.uuid4().hex if known else token_of(request),
        "known": known,
        "limit": options.parameter(place.assembly.pk, "concerns.text_limit"),
        "again": again,
        "minutes": -(-wait // 60),
        "busy": status == 503,
        "other_errors": [error for name in ("station", "assembly") for error in form.errors.get(name, [])],
    }
    status = status or (429 if wait else 422 if form.errors else 200)
    response = render(request, "portal/speak.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
