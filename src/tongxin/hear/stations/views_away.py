"""Absences that the office enters for members who told it so, before a rota is worked out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.kernel import door
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.web import page

from . import policy, queries_duty
from .forms_duty import OfficeAbsenceForm
from .models import Unavailability


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.PLANNERS)
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Days on which a member cannot come, and all that are entered for the rota's time."""
    actor = request.actor  # type: ignore[attr-defined]
    rota = queries_duty.rota(actor, pk)
    form = OfficeAbsenceForm(request.POST or None, actor=actor, record=rota, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        absence = Unavailability(assembly_id=rota.assembly_id, **form.cleaned_data)
        door.establish(absence, actor, policy.absence)
        held = queries_duty.turns_within(absence)
        if held:
            words = _("Entered. %(who)s still holds turns on these days: %(days)s. Work the rota out once more.")
            days = "、".join(f"{turn.on:%m-%d}" for turn in held[:5])
            messages.warning(request, words % {"who": absence.member, "days": days})
        else:
            messages.success(request, _("Entered. New rotas leave these days out."))
        return redirect("duty:rota_away", pk=pk)
    context = {"rota": rota, "form": form, "away": queries_duty.absences(rota)}
    return render(request, "stations/duty/rota_away.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.PLANNERS)
def drop(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """The member can come after all, or it was entered by mistake."""
    actor = request.actor  # type: ignore[attr-defined]
    rota = queries_duty.rota(actor, pk)
    kept = Unavailability.objects.filter(pk=absence, assembly=rota.assembly_id, dropped_on=None)
    found = policy.absence.filter(actor, kept).first()
    if found is None:
        raise NotAllowed(policy.absence.reason)
    door.revise(found, actor, {"dropped_on": timezone.localdate()}, policy.absence)
    messages.success(request, _("Taken back."))
    return redirect("duty:rota_away", pk=pk)
