"""Absences: those that a member enters, and those that the office enters for members who told it so."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.kernel import door
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page

from .. import policy, queries
from ..forms.away import AbsenceForm, OfficeAbsenceForm
from ..models import Unavailability

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@page(policy.PLANNERS)
def enter(request: Request, pk: int) -> HttpResponse:
    """Days on which a member cannot come, and all that are entered for the rota's time."""
    actor = request.actor
    rota = queries.rota.rota(actor, pk)
    form = OfficeAbsenceForm(request.POST or None, actor=actor, record=rota, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        absence = Unavailability(assembly_id=rota.assembly_id, **form.cleaned_data)
        door.establish(absence, actor, policy.absence)
        held = queries.duty.turns_within(absence)
        if held:
            words = _("Entered. %(who)s still holds turns on these days: %(days)s. Work the rota out once more.")
            days = "、".join(date_format(turn.on, "MONTH_DAY_FORMAT") for turn in held[:5])
            messages.warning(request, words % {"who": absence.member, "days": days})
        else:
            messages.success(request, _("Entered. New rotas leave these days out."))
        return redirect("duty:rota_away", pk=pk)
    context = {"rota": rota, "form": form, "away": queries.rota.absences(rota)}
    return render(request, "stations/duty/rota_away.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.PLANNERS)
def drop(request: Request, pk: int, absence: int) -> HttpResponse:
    """The member can come after all, or it was entered by mistake."""
    actor = request.actor
    rota = queries.rota.rota(actor, pk)
    kept = Unavailability.objects.filter(pk=absence, assembly=rota.assembly_id, dropped_on=None)
    found = policy.absence.filter(actor, kept).first()
    if found is None:
        raise NotAllowed(policy.absence.reason)
    door.revise(found, actor, {"dropped_on": timezone.localdate()}, policy.absence)
    messages.success(request, _("Taken back."))
    return redirect("duty:rota_away", pk=pk)


@GET_OR_POST
@page(policy.MEMBERS)
def away(request: Request) -> HttpResponse:
    """Days on which I cannot come; the rota leaves them out."""
    actor = request.actor
    form = AbsenceForm(request.POST or None, actor=actor, now=timezone.now())
    seat = queries.duty.seats_of(actor)[0]
    if request.method == "POST" and form.is_valid():
        absence = Unavailability(assembly_id=seat.assembly_id, member=seat, **form.cleaned_data)
        door.establish(absence, actor, policy.absence)
        held = queries.duty.turns_within(absence)
        if held:
            messages.warning(
                request,
                _("Entered. You still hold turns on these days: %(days)s. Ask somebody to swap.")
                % {"days": "、".join(date_format(t.on, "MONTH_DAY_FORMAT") for t in held[:5])},
            )
        else:
            messages.success(request, _("Entered. New rotas leave these days out."))
        return redirect("duty:mine")
    context = {"form": form, "away": queries.duty.mine(actor, timezone.localdate()).away}
    return render(request, "stations/duty/away.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.MEMBERS)
def back(request: Request, pk: int) -> HttpResponse:
    """I can come after all."""
    actor = request.actor
    absence = policy.absence.filter(actor, Unavailability.objects.filter(pk=pk, dropped_on=None)).first()
    if absence is None:
        raise NotAllowed(policy.absence.reason)
    door.revise(absence, actor, {"dropped_on": timezone.localdate()}, policy.absence)
    messages.success(request, _("Taken back."))
    return redirect("duty:mine")
