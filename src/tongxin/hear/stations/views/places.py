"""The register of stations: list, one station, its corrections and moves, its poster and code."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.documents import qr
from tongxin.hear.concerns import policy as concerns
from tongxin.kernel import door, journal
from tongxin.kernel.errors import Invalid, NotAllowed, Stale
from tongxin.kernel.forms import MoveForm
from tongxin.kernel.request import Request
from tongxin.kernel.rules import Rule
from tongxin.kernel.web import page, public_url, version_of

from .. import codes, policy, queries
from ..forms.places import DoorForm, StationForm
from ..models import Station
from ..workflow.places import ACTIVE, STATIONS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
CODES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
@page(policy.DESK)
def listing(request: Request) -> HttpResponse:
    """Stations by county, sector and state; filters stand in the address."""
    actor = request.actor
    filters = queries.places.Filters.read(request.GET)
    tallies = queries.places.tallies(actor)
    context = {
        "page": Paginator(queries.places.register(actor, filters), queries.places.PAGE).get_page(
            request.GET.get("page")
        ),
        "filters": filters,
        "tallies": tallies,
        "states": [(state, tallies.states.get(state.name, 0)) for state in STATIONS.states],
        "labels": {state.name: state for state in STATIONS.states},
        "idle": queries.places.idle_count(actor),
        "manages": policy.MANAGERS(actor),
    }
    return render(request, "stations/list.html", context)


@require_safe
@page(policy.DESK)
def read(request: Request, pk: int) -> HttpResponse:
    actor = request.actor
    station = queries.places.get(actor, pk)
    may = {move.name for move in STATIONS.possible(actor, station)}
    context = {
        "station": station,
        "state": STATIONS.state(station.state),
        "functions": queries.places.functions_of(station),
        "posts": queries.places.staff_of(station),
        "piles": queries.places.piles(actor, station),
        "queue_url": reverse("concerns:queue"),
        "story": journal.timeline(station),
        "moves": [move for move in STATIONS.moves if move.name in may and not move.hidden],
        "may": may,
        "manages": policy.manage.allows(actor, station),
        "tends": policy.tend.allows(actor, station),
        "writes": station.state == ACTIVE and concerns.WRITE_DOWN(actor),
        "address": public_url(request, station.assembly_id, station.door_path),
        "rest": queries.places.rest_of(station),
    }
    return render(request, "stations/station.html", context)


@GET_OR_POST
@page(policy.MANAGERS)
def new(request: Request) -> HttpResponse:
    """A station begins as planned; it is shown to the public once it is opened."""
    actor = request.actor
    form: MoveForm = StationForm(actor=actor, now=timezone.now(), initial={"code": codes.next_code(actor.assembly_id)})
    if request.method == "POST":
        try:
            station = door.begin(STATIONS, "plan", actor, request.POST)
        except Invalid as refused:
            form = refused.form
        else:
            messages.success(request, _("%(station)s is entered. Open it when people can come.") % {"station": station})
            return redirect(station)
    return render(request, "stations/form.html", {"form": form}, status=422 if form.errors else 200)


@GET_OR_POST
@page(policy.DESK)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct all that is written of a station; who is late keeps what was typed."""
    return _revise(request, pk, StationForm, policy.manage, "stations/form.html")


@GET_OR_POST
@page(policy.DESK)
def door_sign(request: Request, pk: int) -> HttpResponse:
    """Opening hours and telephone, which the keeper may correct too."""
    return _revise(request, pk, DoorForm, policy.tend, "stations/door.html")


def _revise(request: Request, pk: int, kind: type[MoveForm], rule: Rule, template: str) -> HttpResponse:
    actor = request.actor
    station = queries.places.get(actor, pk)
    if not rule.allows(actor, station):
        raise NotAllowed(rule.reason)
    form = kind(request.POST or None, record=station, actor=actor, now=timezone.now())
    context: dict[str, Any] = {"form": form, "station": station}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            station = door.revise(station, actor, form.cleaned_data, rule, version=version_of(request))
        except Stale as late:
            changed = journal.describe(late.entry, Station) if late.entry else None
            context |= {"late": True, "changed": changed, "station": late.record, "theirs": _theirs(form, late.record)}
            status = 409
        else:
            messages.success(request, _("%(station)s is saved.") % {"station": station})
            return redirect(station)
    return render(request, template, context, status=422 if form.errors else status)


def _theirs(form: MoveForm, now: Station) -> list[tuple[Any, Any]]:
    """Fields in which what was typed differs from what stands there now, with what stands there."""
    found = []
    for name, value in form.cleaned_data.items():
        there = getattr(now, name)
        if there == value:
            continue
        words = dict(form.fields[name].choices) if name in ("functions", "set_up") else {}
        shown = "、".join(str(words.get(v, v)) for v in (there if isinstance(there, list) else [there]) if v)
        found.append((form.fields[name].label, shown or "—"))
    return found


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """The form of a move, and the move itself."""
    actor = request.actor
    station, step = queries.places.get(actor, pk), STATIONS.move(move)
    if step is None or step.creates or not step.who.allows(actor, station):
        raise Http404
    form = door.form_for(station, step, actor, initial={"post": request.GET.get("post")})
    if request.method == "POST":
        try:
            station = door.perform(station, move, actor, request.POST, version=version_of(request))
        except Invalid as refused:
            form = refused.form
        else:
            messages.success(request, _("%(station)s: %(move)s, done.") % {"station": station, "move": step.label})
            return redirect(station)
    elif station.state not in step.frm:
        return redirect(station)
    context = {"station": station, "move": step, "form": form}
    return render(request, "stations/move.html", context, status=422 if form.errors else 200)


@require_safe
@page(policy.DESK)
def poster(request: Request, pk: int) -> HttpResponse:
    """An A4 sheet for the door: what this is, the code, the short address for typing."""
    station = queries.places.get(request.actor, pk)
    address = public_url(request, station.assembly_id, station.door_path)
    drawn = qr.svg(address, title=_("Code that leads to %(address)s") % {"address": address}, error="Q")
    context = {
        "station": station,
        "address": address,
        "typed": address.split("://", 1)[-1],
        "code": drawn,
        "unreachable": _only_here(address),
        "open": station.state == ACTIVE,
    }
    return render(request, "stations/poster.html", context)


@require_safe
@page(policy.DESK)
def code(request: Request, pk: int, kind: str) -> HttpResponse:
    """The code alone, for other printed matter."""
    if kind not in CODES:
        raise Http404
    station = queries.places.get(request.actor, pk)
    address = public_url(request, station.assembly_id, station.door_path)
    response = HttpResponse(qr.image(address, kind), content_type=CODES[kind])  # type: ignore
    response["Content-Disposition"] = f'attachment; filename="{station.code}.{kind}"'
    return response


def _only_here(address: str) -> bool:
    """Whether the address works on this computer or in this building's network only."""
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal"))
