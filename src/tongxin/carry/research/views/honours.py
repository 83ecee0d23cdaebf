"""Pages of awards and of the assembly's honours: lists, one of them with its story, entering and putting right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import files, journal
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import corrections, policy, queries
from ..forms.reports import AwardCorrection, HonourCorrection, HonourForm

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page(policy.DESK)
def awards(request: Request) -> HttpResponse:
    """All prizes that the actor may see."""
    actor = request.actor
    wanted = queries.AwardFilters.read(request.GET)
    context = {"wanted": wanted, "page": queries.awards(actor, wanted), "levels": queries.award_levels(actor)}
    return render(request, "research/awards.html", context | {"years": queries.years()})


@require_safe
@page(policy.DESK)
def award(request: Request, pk: int) -> HttpResponse:
    actor = request.actor
    found = queries.award(actor, pk)
    may = policy.correct_award.allows(actor, found)
    sees = policy.read.allows(actor, found.report)
    context = {"award": found, "may_correct": may, "opens": sees, "events": journal.timeline(found)}
    return render(request, "research/award.html", context)


@GET_OR_POST
@page(policy.DESK)
def award_edit(request: Request, pk: int) -> HttpResponse:
    """Put a prize right, or mark it as entered by mistake."""
    actor = request.actor
    found = queries.award(actor, pk)
    if not policy.correct_award.allows(actor, found):
        raise NotAllowed(policy.correct_award.reason)
    form = _bound(AwardCorrection, request, record=found)
    if request.method == "POST" and form.is_valid():
        corrections.award(found, actor, form.cleaned_data, version=version_of(request))
        messages.success(request, _("Saved: %(what)s") % {"what": found})
        return redirect(found)
    return _entry(request, form, found, _("Put the prize right"), found.get_absolute_url())


@require_safe
@page(policy.DESK)
def award_file(request: Request, pk: int) -> HttpResponseBase:
    """The paper that shows it."""
    found = queries.award(request.actor, pk)
    if found.evidence is None:
        raise NotAllowed(policy.read_award.reason)
    return files.serve(found.evidence)


@require_safe
@page(policy.DESK)
def honours(request: Request) -> HttpResponse:
    """The assembly's own honours."""
    actor = request.actor
    wanted = queries.AwardFilters.read(request.GET)
    context = {
        "wanted": wanted, "page": queries.honours(actor, wanted), "kinds": queries.honour_kinds(actor),
        "years": queries.years(), "may_enter": policy.HONOURS(actor),
    }  # fmt: skip
    return render(request, "research/honours.html", context)


@require_safe
@page(policy.DESK)
def honour(request: Request, pk: int) -> HttpResponse:
    actor = request.actor
    found = queries.honour(actor, pk)
    may = policy.keep_honours.allows(actor, found)
    return render(
        request, "research/honour.html", {"honour": found, "may_correct": may, "events": journal.timeline(found)}
    )


@GET_OR_POST
@page(policy.HONOURS)
def honour_new(request: Request) -> HttpResponse:
    """Enter an honour."""
    actor = request.actor
    form = _bound(HonourForm, request)
    if request.method == "POST" and form.is_valid():
        made = corrections.enter_honour(actor, form.cleaned_data)
        messages.success(request, _("Saved: %(what)s") % {"what": made})
        return redirect(made)
    return _entry(request, form, None, _("Enter an honour"), "")


@GET_OR_POST
@page(policy.HONOURS)
def honour_edit(request: Request, pk: int) -> HttpResponse:
    """Put an honour right, or mark it as entered by mistake."""
    actor = request.actor
    found = queries.honour(actor, pk)
    form = _bound(HonourCorrection, request, record=found)
    if request.method == "POST" and form.is_valid():
        corrections.honour(found, actor, form.cleaned_data, version=version_of(request))
        messages.success(request, _("Saved: %(what)s") % {"what": found})
        return redirect(found)
    return _entry(request, form, found, _("Put the honour right"), found.get_absolute_url())


def _bound(form: Any, request: Request, **kwargs: Any) -> Any:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return form(*sent, actor=request.actor, now=timezone.now(), **kwargs)


def _entry(request: Request, form: Any, record: Any, title: str, back: str) -> HttpResponse:
    context = {"form": form, "record": record, "entry_title": title, "back": back}
    return render(request, "research/entry.html", context, status=422 if form.errors else 200)
