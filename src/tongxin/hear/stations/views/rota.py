"""Rotas: the month of all stations or one, the rules of a station, working out and publishing a rota."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.kernel import door, journal
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import TaskRun
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import policy, queries, tasks
from ..forms.rota import RotaForm, RuleForm
from ..models import Rota, RotaPlan, RotaRule
from ..models.duty import Who
from ..rota import planning, publishing, resting, rule_days
from ..rota.rule_words import said
from ..workflow.duty import TURNS
from ..workflow.rota import ROTAS

GIVEN_UP = timedelta(minutes=15)  # what a plan takes at most, and more
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
WORKER_SILENT = timedelta(minutes=3)  # after which nobody is there to work in the background


@require_safe
@page(policy.DESK)
def calendar(request: Request) -> HttpResponse:
    """The month of all stations: a calendar on a desk, a list on a phone; a day opens to its turns."""
    actor = request.actor
    today = timezone.localdate()
    first = queries.calendar.month_of(request.GET.get("month", ""), today)
    month = queries.calendar.month(queries.duty.readable(actor), first)
    day = queries.calendar.day_of(request.GET.get("day", ""), first)
    context = {
        "month": month,
        "today": today,
        "day": day,
        "turns": queries.duty.with_states(queries.duty.of_day(actor, day)) if day else [],
        "states": {state.name: state for state in TURNS.states},
        "plans": policy.PLANNERS(actor),
        "books": policy.BOOKERS(actor),
        "answers": policy.APPOINTMENTS(actor),
    }
    return render(request, "stations/duty/calendar.html", context)


@require_safe
@page(policy.DESK)
def leaders(request: Request) -> HttpResponse:
    """The turns of leaders, and how duty goes: what a leader wants to see first."""
    actor = request.actor
    today = timezone.localdate()
    context = {"overview": queries.duty.overview(actor, today), "today": today}
    return render(request, "stations/duty/leaders.html", context)


@require_safe
@page(policy.DESK)
def station(request: Request, pk: int) -> HttpResponse:
    """The month of one station, with its rules."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    today = timezone.localdate()
    first = queries.calendar.month_of(request.GET.get("month", ""), today)
    rows = queries.duty.readable(actor).filter(station=station)
    context = {
        "station": station,
        "month": queries.calendar.month(rows, first),
        "today": today,
        "states": {state.name: state for state in TURNS.states},
        "rules": [(rule, said(rule)) for rule in queries.rota.rules_of(station, today)],
        "manages": policy.manage.allows(actor, station),
        "tends": policy.tend.allows(actor, station),
        "books": policy.receive.allows(actor, station),
        "answers": policy.answers_at(actor, station),
    }
    return render(request, "stations/duty/station.html", context)


@GET_OR_POST
@page(policy.PLANNERS)
def rules(request: Request, pk: int) -> HttpResponse:
    """Enter a rule, in words or chosen: first it is repeated with its next days, then saved."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    if not policy.manage.allows(actor, station):
        raise NotAllowed(policy.manage.reason)
    form = RuleForm(request.POST or None, actor=actor, record=station, now=timezone.now())
    today = timezone.localdate()
    there = queries.rota.rules_of(station, today)
    preview = None
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            rule = RotaRule(assembly_id=station.assembly_id, station=station, **form.cleaned_data)
            door.establish(rule, actor, policy.plan)
            messages.success(request, _("The rule is entered. It counts when the rota is worked out."))
            return redirect("duty:station", pk=station.pk)
        preview = form.preview(there)
    known = [(rule, said(rule), rule_days.next_days(rule, today)) for rule in there]
    context = {"station": station, "form": form, "preview": preview, "rules": known}
    return render(request, "stations/duty/rules.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.PLANNERS)
def end_rule(request: Request, pk: int, rule: int) -> HttpResponse:
    """A rule ends yesterday: it brings no further turns. One that was to begin later has never held at all."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    found = policy.plan.filter(actor, station.rules.filter(pk=rule)).first()
    if found is None:
        raise NotAllowed(policy.plan.reason)
    last = timezone.localdate() - timedelta(days=1)
    never = found.from_on > last
    door.revise(found, actor, {"from_on": min(found.from_on, last), "to_on": last}, policy.plan)
    if never:
        messages.success(request, _("The rule is taken back: it never held, and brings no turn."))
    else:
        messages.success(request, _("The rule has ended. Turns it made fall away when the rota is worked out again."))
    return redirect("duty:rules", pk=pk)


@require_safe
@page(policy.PLANNERS)
def rotas(request: Request) -> HttpResponse:
    """All rotas, newest first."""
    actor = request.actor
    found = [(rota, ROTAS.state(rota.state)) for rota in queries.rota.rotas(actor)]
    return render(request, "stations/duty/rotas.html", {"rotas": found})


@GET_OR_POST
@page(policy.PLANNERS)
def new(request: Request) -> HttpResponse:
    actor = request.actor
    form: Any = RotaForm(actor=actor, now=timezone.now())
    if request.method == "POST":
        try:
            made = door.begin(ROTAS, "draft", actor, request.POST)
        except Invalid as refused:
            form = refused.form
        else:
            return redirect(made)
    return render(request, "stations/duty/rota_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@page(policy.DESK)
def rota(request: Request, pk: int) -> HttpResponse:
    """A rota: is it proven, how fair is it, what stays open and why, what would change.

    Whoever was told of it without planning it is led to the turns that came of it.
    """
    actor = request.actor
    if not policy.PLANNERS(actor):
        return redirect("duty:mine" if policy.MEMBERS(actor) else "duty:calendar")
    return _rota(request, queries.rota.rota(actor, pk))


def _rota(request: Request, rota: Rota, step: Any = None, form: Any = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    plan = queries.rota.newest_plan(rota)
    there = plan is not None and plan.status in (RotaPlan.Status.READY, RotaPlan.Status.PUBLISHED)
    at_work = plan is not None and plan.status in (RotaPlan.Status.WAITING, RotaPlan.Status.RUNNING)
    # A process that was stopped meanwhile leaves its mark behind: after a while one may ask anew.
    busy = at_work and plan is not None and plan.asked_at > timezone.now() - GIVEN_UP
    ready = plan is not None and plan.status == RotaPlan.Status.READY
    moves = [m for m in ROTAS.possible(actor, rota) if not m.hidden and not (m.name == "publish" and not ready)]
    context = {
        "rota": rota,
        "state": ROTAS.state(rota.state),
        "plan": plan,
        "there": there,
        "busy": busy,
        "ready": ready,
        "moves": [] if busy else moves,
        "step": step,
        "form": form,
        "year": there and plan is not None and any("year_most" in group for group in plan.result.get("groups", [])),
        "outdated": publishing.outdated(rota, plan) if ready and plan else "",
        "unpublished": _unpublished(rota, plan if there else None),
        "loads": queries.rota.loads(rota)[:400],
        "named": queries.rota.in_question(rota, plan) if there and plan else None,
        "who": dict(Who.choices),
        "story": journal.timeline(rota),
    }
    response = render(request, "stations/duty/rota.html", context, status=status)
    if busy:
        response["Refresh"] = "3"
    return response


def _unpublished(rota: Rota, plan: RotaPlan | None) -> str:
    """That holidays are not published yet: as the plan was worked out, before that as it would be."""
    year = plan.result.get("unpublished") if plan else planning.unknown_year(rota, timezone.now())
    return resting.not_published(year) if year else ""


@GET_OR_POST
@page(policy.PLANNERS)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move of a rota. Working out runs in the background where a worker is there, else at once."""
    actor = request.actor
    rota, step = queries.rota.rota(actor, pk), ROTAS.move(move)
    if step is None or step.creates or step.hidden:
        raise NotAllowed("")
    if request.method != "POST":
        if rota.state not in step.frm:
            return redirect(rota)
        return _rota(request, rota, step, door.form_for(rota, step, actor))
    try:
        done = door.perform(rota, move, actor, request.POST, version=version_of(request))
    except Invalid as refused:
        return _rota(request, rota, step, refused.form, status=422)
    except IntegrityError:
        messages.error(
            request, _("Meanwhile turns were entered that this plan does not know. Work out the rota again.")
        )
        return redirect(rota)
    if move == "work_out":
        _start(queries.rota.newest_plan(done))
    else:
        messages.success(request, _("%(rota)s: %(move)s, done.") % {"rota": done, "move": step.label.rstrip("…")})
    return redirect(done)


def _start(plan: RotaPlan | None) -> None:
    """In the background, if a worker was heard of lately."""
    if plan is None:
        return
    alive = TaskRun.objects.filter(last__gte=timezone.now() - WORKER_SILENT).exists()
    if alive:
        tasks.work_out.enqueue(plan.pk)
    else:
        planning.work_out(plan)


@require_safe
@page(policy.PLANNERS)
def sheet(request: Request, pk: int) -> HttpResponse:
    """The rota for the wall: every station's turns of a month, to be printed."""
    actor = request.actor
    rota = queries.rota.rota(actor, pk)
    first = queries.calendar.month_of(request.GET.get("month", ""), max(timezone.localdate(), rota.from_on))
    month = queries.calendar.month(rota.turns.all(), first)
    return render(request, "stations/duty/rota_print.html", {"rota": rota, "month": month})
