"""What all pages behind a receipt have in common. A wrong receipt gets one neutral answer."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from tongxin.hear.concerns.models import Concern
from tongxin.hear.stations import queries as duty
from tongxin.hear.stations.models import Appointment
from tongxin.kernel import receipts
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.request import Request
from tongxin.kernel.throttle import Throttle
from tongxin.kernel.web import slow_down

from . import queries

MISSES = Throttle("portal.receipt", 30, 600)  # wrong receipts; right ones are not counted


def holders(view: Any) -> Any:
    """A page of the one person who holds the receipt: kept by no cache, found by no search engine, and its address is
    told to no other site. (`no-referrer` would be stricter, but browsers then send no origin with its forms.)"""

    @wraps(view)
    @never_cache
    def held(request: Request, receipt: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := MISSES.blocked(request):
            response = slow_down(request, wait)
        else:
            found = _found(receipt)
            response = view(request, receipt, found, *args, **kwargs) if found else unknown(request, receipt)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return held


def _found(receipt: str) -> Concern | Appointment | None:
    """What a receipt was given for. A mistyped one takes the same way through the database as an unknown one."""
    try:
        index = receipts.receipt_index(receipt)
    except receipts.ReceiptError:
        index = blind_index(receipt[:100], "no receipt")
    return queries.concern_of(index) or duty.appointments.held(index)


def unknown(request: Request, typed: str) -> HttpResponse:
    """The one answer to every wrong receipt, mistyped or never given out."""
    MISSES.hit(request)
    return render(request, "portal/unknown.html", {"typed": typed[:40]}, status=404)


def written(typed: str) -> str:
    """A receipt as it is shown; one that cannot be a receipt stays as typed, without what would split an address."""
    try:
        return receipts.shown(receipts.parse(typed) or "")
    except receipts.ReceiptError:
        return typed.replace("/", "-")


def back(receipt: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:track", args=[written(receipt)]))
    response.status_code = 303
    return response
