"""Calendars to subscribe to: a member's own, a station's, and the file behind the secret address."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, public_url
from tongxin.people.models import Member

from .. import feeds, policy, queries
from ..models import Station

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@page(policy.MEMBERS)
def feed(request: Request) -> HttpResponse:
    """The secret address of my calendar, and a new one when it got about."""
    return _feed(request, queries.duty.seats_of(request.actor)[0], reverse("duty:feed"))


@GET_OR_POST
@page(policy.DESK)
def station_feed(request: Request, pk: int) -> HttpResponse:
    """The secret address of a station's calendar."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    if not policy.tend.allows(actor, station):
        raise NotAllowed(policy.tend.reason)
    return _feed(request, station, reverse("duty:station_feed", args=[pk]))


def _feed(request: Request, who: Member | Station, back: str) -> HttpResponse:
    found = feeds.of(who)
    if request.method == "POST":
        feeds.renew(who, request.actor)
        messages.success(request, _("This is the address now. An older one no longer works."))
        return redirect(back)
    path = reverse("duty:calendar_file", args=[found.secret]) if found else ""
    address = public_url(request, who.assembly_id, path) if path else ""
    return render(
        request, "stations/duty/feed.html", {"who": who, "address": address, "is_station": isinstance(who, Station)}
    )


@require_safe
def calendar_file(request: Request, secret: str) -> HttpResponse:
    """A calendar for whoever has its address: no sign-in, and nothing of those who came."""
    found = feeds.behind(secret)
    if found is None:
        raise Http404
    content = feeds.calendar(found, timezone.now(), request.get_host())
    tag = feeds.tag(content)
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["ETag"] = tag
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    response["X-Robots-Tag"] = "noindex"
    return response
