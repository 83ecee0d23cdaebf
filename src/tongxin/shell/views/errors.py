"""The pages for what went wrong."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tongxin.kernel.request import Request
from tongxin.kernel.web import typed

from ..middleware import too_much


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """The page stood open too long, or cookies are off: nothing was saved, what was typed is shown to be kept."""
    request.csrf_refused = True  # type: ignore[attr-defined] # an outbox tries again with a fresh token
    context = {"typed": typed(request), "no_cookie": settings.CSRF_COOKIE_NAME not in request.COOKIES}
    return render(request, "shell/csrf.html", context, status=403)


TOO_MUCH = (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent)


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:
    """400 in words; 413 when more was sent than we take."""
    if isinstance(exception, TOO_MUCH):
        text_alone = isinstance(exception, RequestDataTooBig)
        return too_much(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, text_alone=text_alone)
    return render(request, "400.html", status=400)


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason the rule gives."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """404, the same whether nothing is there or it is not for this person."""
    return render(request, "404.html", status=404)


def server_error(request: Request) -> HttpResponse:
    """500: drawn without the database or the person, who may be what broke."""
    return HttpResponse(render_to_string("500.html"), status=500)
