"""What is kept about a station: its ledger, the yearly review, the check lists."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import door, files, options
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page

from .. import idle, policy, queries
from .. import ledger as books
from ..forms.keeping import CheckForm
from ..lists import CHECKLISTS
from ..models import Station, StationCheck

ROWS = 100  # records behind a number on one page
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def _year(request: Request) -> int:
    asked = whole_number(request.GET.get("year", ""))
    return asked if asked and 2000 <= asked <= 2100 else timezone.localdate().year


@require_safe
@page(policy.DESK)
def ledger(request: Request, pk: int) -> HttpResponse:
    """The station's year by month; every number comes from records."""
    station = queries.places.get(request.actor, pk)
    today = timezone.localdate()
    there = books.of(station, _year(request), today)
    context = {
        "station": station,
        "ledger": there,
        "columns": books.columns(),
        "lines": [(m, list(zip(books.NUMBERS, line.values(), strict=True))) for m, line in there.months.items()],
        "total": list(zip(books.NUMBERS, there.total.values(), strict=True)),
        "years": books.years(station, today),
        "rest": idle.rest(idle.with_last(Station.objects.filter(pk=pk)).get(), today),
    }
    return render(request, "stations/duty/ledger.html", context)


@require_safe
@page(policy.DESK)
def ledger_rows(request: Request, pk: int, number: str) -> HttpResponse:
    """The records behind a number of the ledger or the review sheet: `month` and `member` narrow them."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    if number not in books.NUMBERS:
        raise Http404
    there = books.of(station, _year(request), timezone.localdate())
    month, member = (whole_number(request.GET.get(name, "")) for name in ("month", "member"))
    found = books.opened(there, number, month, member)
    rows: list[Any] = [*found.turns, *found.visits, *found.concerns]  # one of them
    shown: Any = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "station": station,
        "year": there.year,
        "month": month,
        "member": next((turn.member for turn in there.turns if member and turn.member_id == member), None),
        "label": found.label,
        "page": shown,
        "turns": queries.duty.with_states(shown.object_list) if found.turns else [],
        "visits": list(shown.object_list) if found.visits else [],
        "concerns": list(shown.object_list) if found.concerns else [],
        "readable": queries.keeping.readable_concerns(actor, station, there.year),
    }
    return render(request, "stations/duty/ledger_rows.html", context)


@require_safe
@page(policy.DESK)
def ledger_file(request: Request, pk: int) -> HttpResponse:
    station = queries.places.get(request.actor, pk)
    year = _year(request)
    out = io.BytesIO()
    books.write(books.of(station, year, timezone.localdate()), out)
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="ledger-{station.code}-{year}.xlsx"'
    return response


@require_safe
@page(policy.DESK)
def review(request: Request, pk: int) -> HttpResponse:
    """The yearly review sheet: one A4 page, all of it computed."""
    station = queries.places.get(request.actor, pk)
    today = timezone.localdate()
    context = {"station": station, "review": books.review(station, _year(request), today), "today": today}
    return render(request, "stations/duty/review.html", context)


@require_safe
@page(policy.DESK)
def checks(request: Request, pk: int) -> HttpResponse:
    """What a station should have, with evidence: who saw it when."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    context = {
        "station": station,
        "lists": queries.keeping.checklists(station),
        "tends": policy.tend.allows(actor, station),
    }
    return render(request, "stations/duty/checks.html", context)


@GET_OR_POST
@page(policy.DESK)
def check(request: Request, pk: int, list: str, code: str) -> HttpResponse:
    """One thing of a check list: is it there, and what shows it."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    if not policy.tend.allows(actor, station):
        raise NotAllowed(policy.tend.reason)
    item = next((c for c in options.choices(station.assembly_id, list) if c.code == code), None) if _is(list) else None
    if item is None:
        raise Http404
    form = CheckForm(request.POST or None, request.FILES or None, actor=actor, record=station)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        picture: Any = None
        if told["pictures"]:
            picture = files.accept(told["pictures"][0], assembly=station.assembly, by=actor.user)
        seen = StationCheck(
            assembly_id=station.assembly_id, station=station, list=list, code=code, held=told["held"],
            on=timezone.localdate(), note=told["note"], picture=picture,
        )  # fmt: skip
        door.establish(seen, actor, policy.tend_turn)
        messages.success(request, _("%(what)s is entered.") % {"what": item.label})
        return redirect("duty:checks", pk=pk)
    context = {"station": station, "item": item, "form": form}
    return render(request, "stations/duty/check.html", context, status=422 if form.errors else 200)


def _is(list: str) -> bool:
    return list in CHECKLISTS


@require_safe
@page(policy.DESK)
def evidence(request: Request, pk: int, check: int) -> HttpResponseBase:
    """The picture of a finding."""
    station = queries.places.get(request.actor, pk)
    found = station.checks.select_related("picture").filter(pk=check, picture__isnull=False).first()
    if found is None or found.picture is None:
        raise Http404
    return files.serve(found.picture, thumbnail=request.GET.get("small") == "1")
