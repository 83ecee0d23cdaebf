"""The signed-in home, search, switches, the health check and what every page is styled with."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

import tongxin
from tongxin.documents.official import stylesheet
from tongxin.kernel import home as panels
from tongxin.kernel import notices
from tongxin.kernel import search as finder
from tongxin.kernel.request import Request
from tongxin.kernel.web import page
from tongxin.people.policy import SIGNED_IN

from .. import parts, queries, searching
from ..context import LARGE_COOKIE, Shell, remember_counts

YEAR = 365 * 24 * 3600
DAY = 24 * 3600
WORKER_LATE = 300  # seconds without a beat after which the worker counts as stopped


@require_safe
@page(SIGNED_IN)
def home(request: Request) -> HttpResponse:
    """What waits for me, the nearest deadline first; beside it what I was told of."""
    limit = queries.ALL if request.GET.get("all") else queries.SHOWN
    actor = request.actor
    found = queries.home(actor, limit)
    remember_counts(actor, found.nav)
    whole = len(found.items) < limit
    total = len(found.items) if whole else max(Shell(request).inbox_count, sum(found.counts.values()))
    context = {
        "piles": queries.piles(found.items, found.counts, whole=whole),
        # Counting stops at ALL: beyond it the number says that there may be more.
        "total": total if total < queries.ALL else f"{parts.number(queries.ALL)}+",
        "hidden": 0 if limit == queries.ALL else min(total, queries.ALL) - len(found.items),
        "news": found.news,
        "panels": panels.panels(actor),
        **found.counts,
    }
    return render(request, "shell/home.html", context)


@require_POST
@page(SIGNED_IN)
def read(request: Request) -> HttpResponse:
    """Mark all that I was told of as read."""
    notices.mark_read(request.actor)
    return redirect("home")


@require_safe
@page(SIGNED_IN)
def search(request: Request) -> HttpResponse:
    """Everything the actor may see that holds the words, by kind."""
    asked = searching.Asked.read(request.GET)
    answer = searching.Answer(request.actor, asked)
    return render(
        request, "shell/search.html", {"q": asked.q, "asked": asked, "answer": answer, "kinds": finder.kinds()}
    )


@require_POST
def language(request: Request) -> HttpResponse:
    """Remember the language on this device, and with the account of whoever is signed in."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        request.user.language = code
        request.user.save(update_fields=["language"])
    return set_language(request)


@require_POST
def large(request: Request) -> HttpResponse:
    """Switch large text on (`on=1`) or off for this device."""
    response = HttpResponseRedirect(_back(request))
    if request.POST.get("on") == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response


def _back(request: Request) -> str:
    """Where the person came from, if that is one of our own pages."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else "/"


@require_safe
@cache_control(public=True, max_age=DAY)
def paper_style(request: Request) -> HttpResponse:
    """The stylesheet of official papers, for whichever room shows one."""
    return HttpResponse(_paper_style(), content_type="text/css; charset=utf-8")


@cache
def _paper_style() -> str:
    return stylesheet()


@require_safe
@never_cache
def healthz(request: Request) -> JsonResponse:
    """For whoever watches the service: 503 when the database does not answer. A late worker is told, but serves on."""
    answer: dict[str, Any] = {"status": "ok", "version": tongxin.__version__, "database": connection.vendor}
    try:
        beat = queries.heartbeat()
    except DatabaseError:
        return JsonResponse({**answer, "status": "failed", "database": "failed"}, status=503)
    age = round((timezone.now() - beat).total_seconds()) if beat else None
    state = "never started" if age is None else "late" if age > WORKER_LATE else "ok"
    answer["worker"] = {"status": state, "last_beat_seconds": age}
    return JsonResponse(answer)


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def favicon(request: Request) -> HttpResponse:
    return redirect(static("tongxin/brand.svg"))


def style(request: Request, name: str = "desk") -> HttpResponse:
    """Every component, for whoever builds pages; only routed while debugging."""
    from .. import samples

    return render(request, f"shell/style/{name}.html", samples.everything())
