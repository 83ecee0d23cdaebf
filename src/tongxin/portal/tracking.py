"""Following a receipt: where it stands, the answer, the rating. A wrong receipt gets one neutral answer."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from tongxin.hear.concerns.models import Concern, Rating
from tongxin.kernel import actor as actors
from tongxin.kernel import door, files, receipts
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.errors import IllegalMove, Invalid
from tongxin.kernel.throttle import Throttle
from tongxin.kernel.web import slow_down

from . import queries, story

MISSES = Throttle("portal.receipt", 30, 600)  # wrong receipts; right ones are not counted
RATE_FIELDS = ("value", "comment")
FACES = {"satisfied": "mood-smile", "fair": "mood-neutral", "not": "mood-sad"}


def _holders(view: Any) -> Any:
    """A page of the one person who holds the receipt: kept by no cache, found by no search engine, and its address is
    told to no other site. (`no-referrer` would be stricter, but browsers then send no origin with its forms.)"""

    @wraps(view)
    @never_cache
    def held(request: HttpRequest, receipt: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if wait := MISSES.blocked(request):
            response = slow_down(request, wait)
        else:
            concern = _concern(receipt)
            response = view(request, receipt, concern, *args, **kwargs) if concern else _unknown(request, receipt)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return held


def _concern(receipt: str) -> Concern | None:
    """The concern behind a receipt. A mistyped one takes the same way through the database as an unknown one."""
    try:
        index = receipts.receipt_index(receipt)
    except receipts.ReceiptError:
        index = blind_index(receipt[:100], "no receipt")
    return queries.concern_of(index)


def _unknown(request: HttpRequest, typed: str) -> HttpResponse:
    """The one answer to every wrong receipt, mistyped or never given out."""
    MISSES.hit(request)
    return render(request, "portal/unknown.html", {"typed": typed[:40]}, status=404)


@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """The receipt box: leads to the receipt's own page."""
    typed = (request.POST.get("receipt") or "").strip()[:60]
    if request.method != "POST" or not typed:
        return redirect("portal:home")
    return HttpResponseRedirect(reverse("portal:track", args=[_written(typed)]))


def _written(typed: str) -> str:
    """A receipt as it is shown; one that cannot be a receipt stays as typed, without what would split an address."""
    try:
        return receipts.shown(receipts.parse(typed) or "")
    except receipts.ReceiptError:
        return typed.replace("/", "-")


@_holders
@require_safe
def track(request: HttpRequest, receipt: str, concern: Concern) -> HttpResponse:
    """The holder's page; right after speaking it shows the receipt itself."""
    shown = _written(receipt)
    if shown != receipt:
        return redirect("portal:track", shown)
    if request.GET.get("new") == "1" and concern.state == "recorded":
        return _given(request, shown, concern)
    return _page(request, shown, concern)


def _given(request: HttpRequest, receipt: str, concern: Concern) -> HttpResponse:
    path = reverse("portal:track", args=[receipt])
    context = {
        "concern": concern,
        "receipt": receipt,
        "groups": receipt.split("-"),
        "spoken": receipts.spoken(receipt),
        "address": request.build_absolute_uri(path),
        "path": path,
        "promise": story.promise(concern),
    }
    return render(request, "portal/given.html", context)


@_holders
@require_POST
def rate(request: HttpRequest, receipt: str, concern: Concern) -> HttpResponse:
    """What the person says of the answer. Whoever is signed in sits on the other side of the table."""
    if request.actor.is_user:  # type: ignore[attr-defined]
        return _page(request, receipt, concern, refused="staff", status=403)
    move = "object" if request.POST.get("value") == Rating.Value.NOT else "rate"
    told = {name: request.POST.get(name, "") for name in RATE_FIELDS}
    try:
        door.perform(concern, move, actors.holder(concern.receipt_index or "", concern.assembly), told)
    except Invalid as invalid:
        return _page(request, receipt, concern, form=invalid.form, status=422)
    except IllegalMove:
        # Sent twice, or the time for it is over: the page says how it stands.
        fresh = queries.concern_of(concern.receipt_index or "") or concern
        refused = "" if fresh.rating == told["value"] else "late"
        return _page(request, receipt, fresh, refused=refused, status=409) if refused else _back(receipt)
    return _back(receipt)


@_holders
@require_POST
def erase(request: HttpRequest, receipt: str, concern: Concern) -> HttpResponse:
    """Name and number go, at the person's wish."""
    if request.actor.is_user:  # type: ignore[attr-defined]
        return _page(request, receipt, concern, refused="staff", status=403)
    door.perform(concern, "forget", actors.holder(concern.receipt_index or "", concern.assembly))
    return _back(receipt)


@_holders
@require_GET
def file(request: HttpRequest, receipt: str, concern: Concern, pk: int) -> HttpResponse:
    """A picture of the person's own, or of an outcome that the person was told of."""
    found = next((each for each in queries.told_files(concern) if each.pk == pk), None)
    if found is None:
        return _unknown(request, receipt)
    return files.serve(found.file, thumbnail=request.GET.get("small") == "1")  # type: ignore[return-value]


def _back(receipt: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:track", args=[_written(receipt)]))
    response.status_code = 303
    return response


def _page(
    request: HttpRequest, receipt: str, concern: Concern, *, form: Any = None, refused: str = "", status: int = 200
) -> HttpResponse:
    track = story.tell(concern)
    context = {
        "receipt": _written(receipt),
        "concern": concern,
        "track": track,
        "form": form,
        "refused": refused,
        "chosen": request.POST.get("value", ""),
        "comment": request.POST.get("comment", ""),
        "ratings": [(value, label, FACES[value]) for value, label in Rating.Value.choices],
    }
    return render(request, "portal/track.html", context, status=status)
