"""The first page, the list of stations, the guide."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from tongxin.hear.stations.queries import places as stations_
from tongxin.kernel import options

from . import queries

PER_PAGE = 40
CLOCKS = ("triage_days", "handle_days", "answer_days", "rating_days", "keep_contact_months")


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What this is, two ways in, the receipt box, and the year's account."""
    assembly = queries.home()
    context = {"assembly": assembly, "year": queries.year(assembly) if assembly else None}
    return render(request, "portal/home.html", context)


@require_safe
@never_cache
def stations(request: HttpRequest) -> HttpResponse:
    """Find a station by county, street or name."""
    assembly = queries.home()
    county, text = request.GET.get("county", ""), request.GET.get("q", "").strip()[:60]
    counties = stations_.open_by_county(assembly) if assembly else []
    rows = stations_.open_ones(assembly, county, text)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "counties": counties,
        "total": sum(each.count for each in counties),
        "county": county,
        "q": text,
    }
    return render(request, "portal/stations.html", context)


@require_safe
@never_cache
def guide(request: HttpRequest) -> HttpResponse:
    """How it works, what belongs elsewhere, who sees what."""
    assembly = queries.home()
    pk = assembly.pk if assembly else None
    days = {name: options.parameter(pk, f"concerns.{name}") for name in CLOCKS}
    context = {**days, "reasons": options.choices(pk, "concerns.decline_reason")}
    return render(request, "portal/guide.html", context)


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ("User-agent: *", "Disallow: /r/", "Disallow: /desk/", "Disallow: /manage/", "Disallow: /accounts/", "")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
