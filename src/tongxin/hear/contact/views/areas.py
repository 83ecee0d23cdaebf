"""Responsibility areas, yearly plans, and the leaders' sectors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import journal, options
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page, version_of
from tongxin.people import queries as institutions

from .. import areas, lists, policy, queries
from ..models import ContactPlan, ResponsibilityArea

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def _sent(request: Request) -> Any:
    """What was filled in; None for a form that is only opened."""
    return request.POST if request.method == "POST" else None


@require_safe
@page(policy.DESK)
def listing(request: Request) -> HttpResponse:
    """The areas of the assembly, by sector."""
    actor = request.actor
    context = {
        "page": queries.areas.listing(actor, request.GET),
        "kinds": dict(lists.every(actor.assembly_id, lists.AREA_KINDS_LIST)),
        "sectors": institutions.sectors(actor.assembly, timezone.localdate()),
        "wanted": request.GET,
        "narrowed": any(request.GET.get(name) for name in ("q", "sector", "ended")),
        "arranges": policy.ARRANGING(actor),
        "oversees": policy.OVERSIGHT(actor),
        "without": queries.areas.without(actor).count() if policy.ARRANGING(actor) else 0,
    }
    return render(request, "contact/areas.html", context)


@require_safe
@page(policy.DESK)
def read(request: Request, pk: int) -> HttpResponse:
    """One area: who answers for it now and did before."""
    actor = request.actor
    area = queries.areas.get(actor, pk)
    context = {
        "area": area,
        "kind": dict(lists.every(area.assembly_id, lists.AREA_KINDS_LIST)).get(area.kind, ""),
        "held": queries.areas.holders(area),
        "manages": policy.manage_area.allows(actor, area),
        "events": journal.timeline(area),
    }
    return render(request, "contact/area.html", context)


@GET_OR_POST
@page(policy.ARRANGING)
def new(request: Request) -> HttpResponse:
    actor = request.actor
    form = areas.AreaForm(_sent(request), actor=actor, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        area = areas.enter(actor, form.cleaned_data)
        messages.success(request, _("“%(area)s” is entered. Say who answers for it.") % {"area": area})
        return redirect(area)
    return render(request, "contact/area_form.html", {"form": form}, status=422 if form.errors else 200)


@GET_OR_POST
@page(policy.DESK)
def edit(request: Request, pk: int) -> HttpResponse:
    actor = request.actor
    area = _managed(request, pk)
    form = areas.AreaForm(_sent(request), record=area, actor=actor, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        area = areas.change(area, actor, form.cleaned_data, version=version_of(request))
        messages.success(request, _("“%(area)s” is saved.") % {"area": area})
        return redirect(area)
    context = {"form": form, "area": area}
    return render(request, "contact/area_form.html", context, status=422 if form.errors else 200)


@GET_OR_POST
@page(policy.DESK)
def assign(request: Request, pk: int) -> HttpResponse:
    """A member begins to answer for the area."""
    actor = request.actor
    area = _managed(request, pk)
    form = areas.AssignForm(_sent(request), record=area, actor=actor, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            begun = areas.assign(area, actor, form.cleaned_data)
        except IntegrityError:  # somebody else gave the member an area at the same moment
            form.add_error("member", _("Somebody just gave this member an area: look again."))
        else:
            said = _("%(name)s answers for “%(area)s” from %(day)s.")
            messages.success(request, said % {"name": begun.member, "area": area, "day": begun.from_on.isoformat()})
            return redirect(area)
    context = {"form": form, "area": area, "title": _("Who answers for it")}
    return render(request, "contact/area_member.html", context, status=422 if form.errors else 200)


@GET_OR_POST
@page(policy.DESK)
def end(request: Request, pk: int, held: int) -> HttpResponse:
    """A member no longer answers for the area."""
    actor = request.actor
    area = _managed(request, pk)
    running = queries.areas.running(area, held)
    form = areas.EndForm(_sent(request), record=running, actor=actor, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        areas.end(running, actor, form.cleaned_data["on"])
        messages.success(
            request, _("%(name)s no longer answers for “%(area)s”.") % {"name": running.member, "area": area}
        )
        return redirect(area)
    context = {"form": form, "area": area, "title": _("%(name)s no longer answers for it") % {"name": running.member}}
    return render(request, "contact/area_member.html", context, status=422 if form.errors else 200)


def _managed(request: Request, pk: int) -> ResponsibilityArea:
    area = queries.areas.get(request.actor, pk)
    if not policy.manage_area.allows(request.actor, area):
        raise NotAllowed(policy.manage_area.reason)
    return area


@require_safe
@page(policy.OVERSIGHT)
def plans(request: Request) -> HttpResponse:
    """The year's plans of the members one looks after, each with its progress."""
    actor = request.actor
    year = _year(request)
    found, rows = queries.plans.listing(actor, year, request.GET)
    context = {
        "page": found,
        "rows": rows,
        "year": year,
        "wanted": request.GET,
        "sectors": institutions.sectors(actor.assembly, timezone.localdate()),
        "narrowed": any(request.GET.get(name) for name in ("sector", "only")),
        "arranges": policy.ARRANGING(actor),
    }
    return render(request, "contact/plans.html", context)


@GET_OR_POST
@page(policy.DESK)
def plan(request: Request, pk: int) -> HttpResponse:
    """One member's plan of a year: looked at, begun or changed."""
    actor = request.actor
    year = _year(request)
    member = queries.members.seen(actor, pk)
    there = areas.plan_of(member, year)
    if not policy.read_plan.allows(actor, there):
        raise NotAllowed(policy.read_plan.reason)
    may = policy.plan.allows(actor, there)
    form = areas.PlanForm(_sent(request), record=there, actor=actor, now=timezone.now())
    if request.method == "POST":
        if not may:
            raise NotAllowed(policy.plan.reason)
        if form.is_valid():
            areas.keep_plan(there, actor, form.cleaned_data, version=version_of(request))
            messages.success(request, _("The plan for %(year)d is kept.") % {"year": year})
            return redirect(f"{request.path}?year={year}")
    progress = queries.plans.progress([member], year)[0]
    context = {
        "member": member,
        "plan": there,
        "progress": progress,
        "channels": _named(progress.planned_channels, lists.CHANNELS_LIST, there),
        "tasks": _named(progress.planned_tasks, lists.TASKS_LIST, there),
        "form": form,
        "year": year,
        "may": may,
        "this_year": timezone.localdate().year,
        "own": member.pk in policy.seats(actor),
        "oversees": policy.OVERSIGHT(actor),
    }
    return render(request, "contact/plan.html", context, status=422 if form.errors else 200)


def _named(pairs: list[tuple[str, bool]], key: str, there: ContactPlan) -> list[tuple[str, bool]]:
    labels = dict(lists.every(there.assembly_id, key))
    return [(labels.get(code, code), done) for code, done in pairs]


@require_safe
@page(policy.OVERSIGHT)
def leaders(request: Request) -> HttpResponse:
    """With which sectors the leaders keep contact, and when they were there last."""
    actor, today = request.actor, timezone.localdate()
    context: dict[str, Any] = {
        "groups": queries.members.leaders(actor, today),
        "monthly": options.parameter(actor.assembly_id, lists.LEADER_MONTHLY),
        "year": today.year,
        "month": today.replace(day=1),
        "arranges": policy.ARRANGING(actor),
    }
    return render(request, "contact/leaders.html", context)


def _year(request: Request) -> int:
    """The year in the address; this year where there is none that can be planned: nobody plans beyond the next."""
    asked, this = whole_number(request.GET.get("year", "")), timezone.localdate().year
    return asked if asked and 2000 <= asked <= this + 1 else this
