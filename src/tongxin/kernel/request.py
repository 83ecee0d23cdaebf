"""The request as views get it, with what our middlewares have put on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """For the type checker: Django makes its own class, and nothing is ever made of this one."""

    actor: Any  # an `Actor`; that it has an assembly is made sure of by a page's gate, which the checker cannot know
    htmx: HtmxDetails
