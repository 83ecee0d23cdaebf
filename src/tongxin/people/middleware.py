"""Finds who acts in a request: `request.actor`, built once, on first use."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from tongxin.kernel import actor as actors
from tongxin.kernel.request import Request

from . import queries
from .signin import BEFORE_CHANGE


class CurrentActor:
    """`request.actor` is the signed-in user with the grants of the assembly they work in, or somebody at the portal.

    Whoever still has a first password chooses their own before anything else.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))
        if _must_choose_password(request):
            return redirect("account_change_password")
        return self.get_response(request)


def _actor(request: Request) -> actors.Actor:
    user = request.user
    if not user.is_authenticated:
        return actors.public()
    return queries.actor_of(user, request.session.get("assembly"))


def _must_choose_password(request: Request) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    if not request.user.must_change_password:
        return False
    try:
        return resolve(request.path_info).url_name not in BEFORE_CHANGE
    except Resolver404:
        return False
