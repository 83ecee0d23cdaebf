"""The pages of the year in figures, for everybody; signed-in people see them inside their desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongxin.documents.writing import csv_lines, write_xlsx
from tongxin.kernel import figures as kernel
from tongxin.kernel.figures import COUNTED, REST, WHOLE, Figure
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.throttle import Throttle
from tongxin.kernel.web import slow_down

from . import policy, queries
from .listing import Listing
from .queries import Asked

FIRST_YEAR = 1949
# A whole table costs seconds; for visitors only, who may share one address.
EXPORTS = Throttle("figures.export", 60, 600)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@never_cache
def index(request: Request) -> HttpResponse:
    """The year on one page: every number opens."""
    about = _asked(request)
    context = {
        "sections": queries.sheet(about),
        "years": [(year, about.address("index", year=year)) for year in queries.years(about)],
        "assemblies": queries.assemblies(request.actor),
        "definitions_url": about.address("definitions"),
        "sheet_url": about.address("sheet"),
    }
    return _page(request, "figures/index.html", about, context)


@require_safe
@never_cache
def definitions(request: Request) -> HttpResponse:
    """How each figure is counted, and the phrase of the report that it answers."""
    about = _asked(request)
    groups = [(group, [f for f in about.figures() if f.group == key]) for key, group in kernel.GROUPS.items()]
    context = {
        "groups": [(group, [(f, kernel.PERIODS[f.period]) for f in found]) for group, found in groups if found],
        "index_url": about.address("index"),
    }
    return _page(request, "figures/definitions.html", about, context)


@require_safe
@never_cache
def records(request: Request, code: str) -> HttpResponse:
    """The records behind a number: tabs for a ratio, divisions, pages."""
    about = _asked(request)
    listing = _listing(request, about, code)
    figure = listing.figure

    def address(name: str = "records", **more: str) -> str:
        asked = {"of": "" if listing.of == COUNTED else listing.of, "by": listing.by, "value": listing.value, **more}
        return about.address(name, code, **asked)

    try:
        page = None if listing.alike else listing.page(request.GET.get("page", ""))
    except LookupError as error:
        raise Http404(_("There is no such part of this figure.")) from error
    context = {
        "listing": listing,
        "figure": figure,
        "line": queries.line(about, listing.answer),
        "period": kernel.PERIODS[figure.period],
        "page": page,
        "tabs": [(name, key, address(of="" if key == COUNTED else key), n) for name, key, n in _tabs(listing)],
        "divisions": [] if listing.least else [(d, address(by=d.key, value="")) for d in figure.dimensions],
        "undivided_url": address(by="", value=""),
        "parts": [
            (part, listing.count(part), address(value="" if part.key == listing.value else part.key))
            for part in listing.parts
        ],
        "largest": max((part.counted for part in listing.parts), default=0),
        "index_url": about.address("index"),
        "csv_url": address("csv"),
        "xlsx_url": address("xlsx"),
    }
    return _page(request, "figures/records.html", about, context)


def _export(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A table to take away."""

    @wraps(view)
    @require_safe
    @never_cache
    def limited(request: Request, **asked: str) -> HttpResponseBase:
        if not request.actor.is_user and (wait := EXPORTS.hit(request)):
            return slow_down(request, wait)
        return view(request, **asked)

    return limited


@_export
def csv(request: Request, code: str) -> StreamingHttpResponse:
    """The list as CSV, streamed."""
    about = _asked(request)
    listing = _listing(request, about, code)
    lines = csv_lines(*_table(listing))
    name = f"{_name(about, listing.figure)}.csv"
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@_export
def xlsx(request: Request, code: str) -> FileResponse:
    """The list as an Excel workbook."""
    about = _asked(request)
    listing = _listing(request, about, code)
    return _workbook(_name(about, listing.figure), str(listing.figure.label), *_table(listing))


@_export
def sheet(request: Request) -> FileResponse:
    """The whole sheet of the year as an Excel workbook."""
    about = _asked(request)
    return _workbook(_title(about), str(about.scope.year), *queries.sheet_rows(about))


def _asked(request: Request) -> Asked:
    """The assembly and year in the address. A year or assembly that there is not is answered with 404."""
    asked = request.GET.get("year", "")
    year = whole_number(asked)
    if asked and not FIRST_YEAR <= (year or 0) <= timezone.localdate().year:
        raise Http404(_("There are no figures of this year."))
    about = queries.asked(request.actor, request.GET.get("assembly", ""), year)
    if about is None:
        raise Http404(_("There is no such assembly here, or its figures are not open."))
    return about


def _listing(request: Request, about: Asked, code: str) -> Listing:
    figure = kernel.get(code)
    if figure is None or not policy.shown(figure, about.is_inside):
        raise Http404(_("There is no such figure."))
    of, by, value = (request.GET.get(key, "") for key in ("of", "by", "value"))
    try:
        return Listing(about, figure, request.actor, of, by, value)
    except LookupError as error:
        raise Http404(_("There is no such part of this figure.")) from error


def _tabs(listing: Listing) -> list[tuple[Any, str, int]]:
    answer = listing.answer
    if answer.denominator is None or answer.is_few:
        return []
    return [
        (_("those that count"), COUNTED, answer.numerator),
        (_("those that do not"), REST, answer.denominator - answer.numerator),
        (_("all of them"), WHOLE, answer.denominator),
    ]


def _table(listing: Listing) -> tuple[list[str], Any]:
    try:
        return listing.table()
    except LookupError as error:
        raise Http404(_("There is no such part of this figure.")) from error


def _workbook(name: str, sheet_name: str, header: list[str], rows: Any) -> FileResponse:
    out = TemporaryFile()  # noqa: SIM115 - closed by the answer once it is sent
    write_xlsx(out, [(sheet_name, header, rows)])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _title(about: Asked) -> str:
    return _("%(assembly)s %(year)s in figures") % {"assembly": about.scope.assembly, "year": about.scope.year}


def _name(about: Asked, figure: Figure) -> str:
    return f"{figure.code} {figure.label} {about.scope.assembly} {about.scope.year}"


def _page(request: Request, template: str, about: Asked, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"about": about, "scope": about.scope, "title": _title(about), **context})
