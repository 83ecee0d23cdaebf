"""Following a receipt: where it stands, the answer, the rating. A wrong receipt gets one neutral answer."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from tongxin.hear.concerns.forms import NEWER
from tongxin.hear.concerns.models import Concern, Rating
from tongxin.hear.stations.models import Appointment
from tongxin.kernel import actor as actors
from tongxin.kernel import door, files, receipts
from tongxin.kernel.errors import IllegalMove, Invalid
from tongxin.kernel.request import Request
from tongxin.kernel.web import public_url

from . import meeting, queries, story
from .receipt import back, holders, unknown, written

RATE_FIELDS = ("value", "comment", "answer")
FACES = {"satisfied": "mood-smile", "fair": "mood-neutral", "not": "mood-sad"}


def _of_concern(view: Any) -> Any:
    """A page of a concern's holder; a receipt for something else has no such page."""

    @holders
    @wraps(view)
    def held(request: Request, receipt: str, found: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(found, Concern):
            return unknown(request, receipt)
        return view(request, receipt, found, *args, **kwargs)

    return held


@never_cache
def find(request: Request) -> HttpResponse:
    """The receipt box: leads to the receipt's own page."""
    typed = (request.POST.get("receipt") or "").strip()[:60]
    if request.method != "POST" or not typed:
        return redirect("portal:home")
    return HttpResponseRedirect(reverse("portal:track", args=[written(typed)]))


@holders
@require_safe
def track(request: Request, receipt: str, found: Any) -> HttpResponse:
    """The holder's page; right after speaking it shows the receipt itself."""
    shown = written(receipt)
    if shown != receipt:
        return redirect("portal:track", shown)
    if isinstance(found, Appointment):
        return meeting.shown(request, shown, found)
    if request.GET.get("new") == "1" and found.state == "recorded":
        return _given(request, shown, found)
    return _page(request, shown, found)


def _given(request: Request, receipt: str, concern: Concern) -> HttpResponse:
    path = reverse("portal:track", args=[receipt])
    context = {
        "concern": concern,
        "receipt": receipt,
        "groups": receipt.split("-"),
        "spoken": receipts.spoken(receipt),
        "address": public_url(request, concern.assembly_id, path),
        "path": path,
        "promise": story.promise(concern),
    }
    return render(request, "portal/given.html", context)


@_of_concern
@require_POST
def rate(request: Request, receipt: str, concern: Concern) -> HttpResponse:
    """What the person says of the answer. Whoever is signed in sits on the other side of the table."""
    if request.actor.is_user:
        return _page(request, receipt, concern, refused="staff", status=403)
    move = "object" if request.POST.get("value") == Rating.Value.NOT else "rate"
    told = {name: request.POST.get(name, "") for name in RATE_FIELDS}
    try:
        door.perform(concern, move, actors.holder(concern.receipt_index or "", concern.assembly), told)
    except Invalid as invalid:
        if invalid.form.has_error(NON_FIELD_ERRORS, NEWER):
            fresh = queries.concern_of(concern.receipt_index or "") or concern
            return _page(request, receipt, fresh, refused="newer", status=409)
        return _page(request, receipt, concern, form=invalid.form, status=422)
    except IllegalMove:
        # Sent twice, or the time for it is over: the page says how it stands.
        fresh = queries.concern_of(concern.receipt_index or "") or concern
        refused = "late" if fresh.state in story.FINAL_WORDS else "again"
        refused = "" if fresh.rating == told["value"] else refused
        return _page(request, receipt, fresh, refused=refused, status=409) if refused else back(receipt)
    return back(receipt)


@holders
@require_POST
def erase(request: Request, receipt: str, found: Any) -> HttpResponse:
    """Name and number go, at the person's wish."""
    if isinstance(found, Appointment):
        return meeting.forget(request, receipt, found)
    concern = found
    if request.actor.is_user:
        return _page(request, receipt, concern, refused="staff", status=403)
    door.perform(concern, "forget", actors.holder(concern.receipt_index or "", concern.assembly))
    return back(receipt)


@_of_concern
@require_GET
def file(request: Request, receipt: str, concern: Concern, pk: int) -> HttpResponse:
    """A picture of the person's own, or of an outcome that the person was told of."""
    found = next((each for each in queries.told_files(concern) if each.pk == pk), None)
    if found is None:
        return unknown(request, receipt)
    return files.serve(found.file, thumbnail=request.GET.get("small") == "1")  # type: ignore[return-value]


def _page(
    request: Request, receipt: str, concern: Concern, *, form: Any = None, refused: str = "", status: int = 200
) -> HttpResponse:
    track = story.tell(concern)
    context = {
        "receipt": written(receipt),
        "concern": concern,
        "track": track,
        "form": form,
        "refused": refused,
        "chosen": request.POST.get("value", ""),
        "comment": request.POST.get("comment", ""),
        "ratings": [(value, label, FACES[value]) for value, label in Rating.Value.choices],
    }
    return render(request, "portal/track.html", context, status=status)
