"""Asking to meet a member at a station, and what its receipt shows. Works without JavaScript, as speaking does."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django import forms
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.hear.concerns import texts
from tongxin.hear.stations import hours
from tongxin.hear.stations import queries as duty
from tongxin.hear.stations.forms.appointments import AskForm
from tongxin.hear.stations.models import Appointment, Station
from tongxin.hear.stations.queries import places as stations
from tongxin.hear.stations.workflow.appointments import APPOINTMENTS
from tongxin.hear.stations.workflow.places import ACTIVE
from tongxin.kernel import actor as actors
from tongxin.kernel import door, receipts
from tongxin.kernel.errors import IllegalMove, Invalid
from tongxin.kernel.forms import MoveForm
from tongxin.kernel.request import Request
from tongxin.kernel.web import BUSY_SECONDS, public_url

from .receipt import back, holders
from .speaking import SENDING, token_of

TYPED = ("matter", "wish_on", "part", "asker_name", "asker_phone")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def meet(request: Request, code: str) -> HttpResponse:
    """The form of a station, and the sending of it."""
    station = stations.open_station(code)
    if station is None or station.state != ACTIVE:
        return render(request, "portal/no_station.html", {"station": station}, status=404)
    if request.method != "POST":
        return _page(request, station, _form(station))
    try:
        return _sent(request, station)
    except OperationalError:
        return _page(request, station, _form(station, request), wait=BUSY_SECONDS, status=503)


def _sent(request: Request, station: Station) -> HttpResponse:
    if wait := SENDING.hit(request):
        return _page(request, station, _form(station, request), wait=wait)
    receipt = receipts.receipt_for(f"meet {station.pk} {_typed_key(request)}")
    told: Any = request.POST.copy()
    told["station"], told["receipt_index"] = str(station.pk), receipts.receipt_index(receipt)
    try:
        door.begin(APPOINTMENTS, "ask", actors.public(station.assembly), told)
    except Invalid as refused:
        return _page(request, station, refused.form)
    except IntegrityError:
        # The same form was sent twice: whoever came second gets the same receipt. Any other fault stays one.
        if (known := duty.appointments.held(told["receipt_index"])) is None:
            raise
        if _differs(known, told):
            return _page(request, station, _form(station, request), known=receipt, status=409)
    response = HttpResponseRedirect(reverse("portal:track", args=[receipt]) + "?new=1")
    response.status_code = 303
    return response


def _typed_key(request: Request) -> str:
    """The same words from the same page are the same request; other words, written after going back, are another."""
    return f"{token_of(request)} {texts.key(request.POST.get('matter', ''))}"


def _differs(known: Appointment, told: Any) -> bool:
    """Whether a request that comes again asks for another day, or gives another name or number."""
    form = AskForm(told, actor=actors.public(known.assembly), now=timezone.now())
    return not form.is_valid() or any(form.cleaned_data[name] != getattr(known, name) for name in TYPED[1:])


def _form(station: Station, request: Request | None = None) -> MoveForm:
    initial = {name: request.POST.get(name, "") for name in TYPED} if request else {"part": Appointment.Part.ANY}
    return AskForm(initial=initial, actor=actors.public(station.assembly), now=timezone.now())


def _page(
    request: Request, station: Station, form: MoveForm, *, wait: int = 0, known: str = "", status: int = 0
) -> HttpResponse:
    """The form's page; `wait` and `known` as where somebody speaks."""
    form.fields["part"].widget = forms.RadioSelect(choices=Appointment.Part.choices)
    context = {
        "station": station,
        "form": form,
        "token": uuid.uuid4().hex if known else token_of(request),
        "known": known,
        "hours": hours.by_appointment(station, timezone.localdate()),
        "minutes": -(-wait // 60),
        "busy": status == 503,
    }
    status = status or (429 if wait else 422 if form.errors else 200)
    response = render(request, "portal/meet.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


def shown(request: Request, receipt: str, asked: Appointment, *, refused: str = "", status: int = 200) -> HttpResponse:
    """The holder's page; right after asking it shows the receipt itself."""
    given = request.GET.get("new") == "1" and asked.state == "asked"
    turn = asked.turn
    context = {
        "asked": asked,
        "given": given,
        "receipt": receipt,
        "groups": receipt.split("-"),
        "spoken": receipts.spoken(receipt),
        "address": public_url(request, asked.assembly_id, reverse("portal:track", args=[receipt])),
        "turn": turn,
        "over": turn is not None and turn.on < timezone.localdate(),
        "hours": hours.by_appointment(asked.station, timezone.localdate()) if asked.outside else [],
        "may_withdraw": asked.state == "asked" or (turn is not None and turn.state in ("scheduled", "confirmed")),
        "refused": refused,
    }
    return render(request, "portal/meeting.html", context, status=status)


@holders
@require_POST
def withdraw(request: Request, receipt: str, found: Any) -> HttpResponse:
    """The person does not need the appointment any more."""
    if not isinstance(found, Appointment):
        return back(receipt)
    return _by_holder(request, receipt, found, "withdraw")


def forget(request: Request, receipt: str, found: Appointment) -> HttpResponse:
    """Name and number go, at the person's wish."""
    return _by_holder(request, receipt, found, "forget")


def _by_holder(request: Request, receipt: str, asked: Appointment, move: str) -> HttpResponse:
    """Whoever is signed in sits on the other side of the table."""
    if request.actor.is_user:
        return shown(request, receipt, asked, refused="staff", status=403)
    with suppress(IllegalMove):  # sent twice, or answered meanwhile: the page says how it stands
        door.perform(asked, move, actors.holder(asked.receipt_index, asked.assembly))
    return back(receipt)
