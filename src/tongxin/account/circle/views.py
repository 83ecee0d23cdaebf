"""The concentric circle: the picture with what stands beside it, and the sheet to print."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.hear.contact.check.policy import CIRCLE, REMIND
from tongxin.kernel.request import Request
from tongxin.kernel.web import page

from . import drawing, queries


@require_safe
@page(CIRCLE)
def index(request: Request) -> HttpResponse:
    """The circle; what is zoomed into stands in the address."""
    circle = _circle(request)
    context = {
        **_context(request, circle),
        "narrow": drawing.drawing(circle, "n", drawing.NARROW),
        "reminds": REMIND(request.actor),
        "here": request.get_full_path(),
    }
    return render(request, "circle/index.html", context)


@require_safe
@page(CIRCLE)
def printed(request: Request) -> HttpResponse:
    """The same on a sheet of A4: picture, legend and table."""
    circle = _circle(request)
    return render(request, "circle/print.html", _context(request, circle))


def _circle(request: Request) -> queries.Circle:
    try:
        return queries.circle(request.actor, request.GET)
    except LookupError as error:
        raise Http404(_("There is no such part of the circle.")) from error


def _context(request: Request, circle: queries.Circle) -> dict[str, Any]:
    return {
        "circle": circle,
        "wide": drawing.drawing(circle, "w", drawing.WIDE),
        "rows": circle.rows[: queries.LISTED],
        "query": request.GET.urlencode(),
    }
