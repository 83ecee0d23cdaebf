"""What makes the product an app that works on a bad line: manifest, service worker, outbox, and the pages around it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from tongxin.kernel.request import Request
from tongxin.kernel.web import page, person_mark
from tongxin.people.policy import SIGNED_IN

from .. import outbox as outboxes

PAPER = "#faf8f4"
SURFACE = "#ffffff"
HOUR = 3600


@require_safe
@page(SIGNED_IN)
def waiting(request: Request) -> HttpResponse:
    """What was written on this device and is not sent yet. The list itself is on the device."""
    return render(request, "shell/waiting.html")


@require_safe
@never_cache
def outbox(request: Request) -> JsonResponse:
    """Who is signed in, as the mark of their forms ("" for nobody), and a fresh token to send them with."""
    person = person_mark(request.actor)
    return JsonResponse({"person": person, "csrf": get_token(request) if person else ""})


@require_safe
@cache_control(no_cache=True)
def offline(request: Request) -> HttpResponse:
    """The page in place of one that needs the line. It is kept on devices and knows nobody."""
    language = _language(request)
    request.LANGUAGE_CODE = language
    with translation.override(language):
        response = render(request, "shell/offline.html")
    response["Content-Language"] = language
    return response


@require_safe
@cache_control(no_cache=True)
def worker(request: Request) -> HttpResponse:
    """The service worker. Browsers compare it byte by byte, so a new version of anything it keeps replaces the old."""
    response = HttpResponse(outboxes.script(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@cache_control(max_age=HOUR, public=True)
def manifest(request: Request) -> JsonResponse:
    """What the telephone shows of the installed app, in the language the page asks for it in."""
    language = _language(request)
    with translation.override(language):
        told: dict[str, Any] = {
            "id": reverse("home"),
            "name": _("Tongxin"),
            "short_name": _("Tongxin"),
            "description": _("Hear what people say, carry it on, and tell them what came of it."),
            "lang": "zh-Hans" if language == "zh-hans" else language,
            "dir": "ltr",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "theme_color": SURFACE,
            "background_color": PAPER,
            "icons": [
                {"src": static("tongxin/brand.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
                *(_icon(f"app-{side}", side, "any") for side in (192, 512)),
                _icon("app-maskable-512", 512, "maskable"),
            ],
        }
    response = JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    response["Content-Language"] = language
    return response


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    src = static(f"tongxin/{name}.png")
    return {"src": src, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _language(request: Request) -> str:
    """The language asked for in the address; what is kept on devices must not hang on a cookie."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
