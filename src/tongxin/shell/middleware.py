"""Which language a person reads, and counts that are fresh after their own act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from tongxin.kernel.request import Request

from . import context

_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)
_KEPT = "language"  # in the session: the choice stored with the account


class ChosenLanguage:
    """Chinese unless the person chose otherwise: on this device (cookie), else in their account.

    What the browser asks for is ignored: many phones in China are set to English by their maker.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        language = chosen(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


def chosen(request: Request) -> str:
    """The language code to answer in. The session is read only where there is one: a visitor costs no query."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if code not in _LANGUAGES and settings.SESSION_COOKIE_NAME in request.COOKIES:
        code = request.session.get(_KEPT, "")
    return code if code in _LANGUAGES else settings.LANGUAGE_CODE


def take_own_language(sender: Any, request: Request, user: Any, **kwargs: Any) -> None:
    """At sign-in the account's language comes along, so that a new device speaks it too."""
    if user.language in _LANGUAGES:
        request.session[_KEPT] = user.language


class BodyLimit:
    """Refuses a request that is far too large before anything of it is read, an address that is far too long (pages
    repeat it many times over), and a query with a NUL in it, which PostgreSQL cannot compare with anything."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.REQUEST_LIMIT:
            return too_much(request, settings.REQUEST_LIMIT)
        query = request.META.get("QUERY_STRING", "")
        if len(request.META.get("PATH_INFO", "")) + len(query) > settings.ADDRESS_LIMIT:
            request.META["QUERY_STRING"], request.GET = "", QueryDict()  # the page of the refusal repeats it as well
            return render(request, "414.html", status=414)
        if "%00" in query:
            return render(request, "400.html", status=400)
        return self.get_response(request)


def too_much(request: Request, limit: int, *, text_alone: bool = False) -> HttpResponse:
    """413 in words, with a way back to the form."""
    back = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = ""
    context = {"megabytes": limit >> 20, "back": back, "text_alone": text_alone}
    return render(request, "413.html", context, status=413)


class WrongWay:
    """An address that only a form may ask answers whoever opened it by hand with a page, not with nothing (405)."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        told = render(request, "405.html", status=405)
        told["Allow"] = response["Allow"]
        return told


class FreshCounts:
    """Whoever has just acted sees the numbers of the navigation counted anew; everybody else within seconds."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and settings.SESSION_COOKIE_NAME in request.COOKIES:
            context.forget_counts(request.actor)
        return response
