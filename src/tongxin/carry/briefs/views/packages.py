"""Briefs between installations: a package to take along, taking one in, and the sheet that came in it."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.hear.concerns import stash
from tongxin.kernel import files
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page

from .. import exchange, policy, queries
from ..forms.packages import PackageForm
from ..models import Brief
from ..packages import PackageError


@require_safe
@page(policy.DESK)
def download(request: Request, pk: int, report: int) -> FileResponse:
    """The package of a report to somebody outside this installation."""
    actor = request.actor
    brief = queries.get(actor, pk)
    if not policy.follow.allows(actor, brief):
        raise NotAllowed(policy.follow.reason)
    content = exchange.packed(queries.outside_report(brief, report))
    name = f"{brief.assembly.code}-{brief.number}.zip"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type="application/zip")


@require_safe
@page(policy.DESK)
def as_sent(request: Request, pk: int) -> HttpResponseBase:
    """The printed sheet of a brief that arrived in a package."""
    actor = request.actor
    brief = queries.get(actor, pk)
    if not policy.is_staff(actor):
        raise NotAllowed(policy.read.reason)
    return files.serve(queries.sent_word(brief), download=True)


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.TAKE_IN)
def take_in(request: Request) -> HttpResponse:
    """GET: choose a package. POST with the file: what it holds. POST with its key: the same file is taken in.

    A package that was taken in before leads to the brief that it became.
    """
    if request.method != "POST":
        return render(request, "briefs/take_in.html", {"form": PackageForm()})
    if key := request.POST.get("key"):
        return _take_in(request, key)
    form = PackageForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "briefs/take_in.html", {"form": form}, status=422)
    file = form.cleaned_data["file"]
    data = file.read()
    actor = request.actor
    try:
        package, twin = exchange.checked(data, actor)
    except PackageError as problem:
        return _refused(request, problem, file.name)
    if twin is not None:
        return _known(request, twin)
    context = {
        "name": file.name,
        "key": stash.keep(data, actor),
        "package": package,
        "known_as": exchange.known_sender(actor.assembly, package.sender.code),
        **exchange.words(package, actor),
    }
    return render(request, "briefs/take_in_report.html", context)


def _take_in(request: Request, key: str) -> HttpResponse:
    actor = request.actor
    data = stash.fetch(key, actor)
    if data is None:
        messages.error(request, _("The file is no longer kept. Choose it once more; nothing was taken in."))
        return redirect("briefs:take_in")
    try:
        brief, fresh = exchange.take_in(data, actor)
    except PackageError as problem:
        return _refused(request, problem, "")
    if not fresh:  # the file stays until it is swept, so that who sends the form twice is led here too
        return _known(request, brief)
    messages.success(request, _("Taken in: %(number)s “%(title)s”") % {"number": brief.number, "title": brief.title})
    return redirect(brief)


def _refused(request: Request, problem: PackageError, name: str) -> HttpResponse:
    context: dict[str, Any] = {"form": PackageForm(), "problem": str(problem), "name": name}
    return render(request, "briefs/take_in.html", context, status=422)


def _known(request: Request, brief: Brief) -> HttpResponse:
    messages.info(request, _("This package was taken in before. It became this brief; no second one was made."))
    return redirect(brief)
