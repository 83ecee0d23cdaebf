"""A request for an appointment on the desk: who wants to meet a member when, giving a time, saying why not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.kernel import door, journal
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import hours, personal, policy, queries
from ..forms.duty import BookForm
from ..models import Appointment
from ..workflow.appointments import APPOINTMENTS
from ..workflow.duty import TURNS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page(policy.APPOINTMENTS)
def listing(request: Request) -> HttpResponse:
    """The requests for appointments by station and state: where to find one again that was answered."""
    filters = queries.appointments.Filters.read(request.GET)
    found = queries.appointments.listing(request.actor, filters)
    states = {state.name: state for state in APPOINTMENTS.states}
    context = {
        "page": Paginator(found.rows, queries.appointments.PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "living": sum(found.states.get(name, 0) for name in queries.appointments.LIVING),
        "states": states,
        "counts": [(state, found.states.get(state.name, 0)) for state in APPOINTMENTS.states],
        "stations": found.stations,
    }
    return render(request, "stations/duty/appointments.html", context)


@require_safe
@page(policy.APPOINTMENTS)
def appointment(request: Request, pk: int) -> HttpResponse:
    """One request, with what can be answered."""
    return _page(request, queries.appointments.appointment(request.actor, pk))


def _page(
    request: Request, asked: Appointment, step: Any = None, form: Any = None, *, status: int = 200,
    revealed: bool = False,
) -> HttpResponse:  # fmt: skip
    actor = request.actor
    context = {
        "asked": asked,
        "state": APPOINTMENTS.state(asked.state),
        "hours": hours.by_appointment(asked.station, timezone.localdate()),
        "moves": [move for move in APPOINTMENTS.possible(actor, asked) if not move.hidden],
        "step": step,
        "form": form,
        "revealed": revealed,
        "masked": {name: mask(getattr(asked, name)) for name, mask in personal.ASKERS.masks.items()},
        "story": journal.timeline(asked),
    }
    return render(request, "stations/duty/appointment.html", context, status=status)


@GET_OR_POST
@page(policy.APPOINTMENTS)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """An answer to a request."""
    actor = request.actor
    asked, step = queries.appointments.appointment(actor, pk), APPOINTMENTS.move(move)
    if step is None or step.creates or step.hidden:
        raise NotAllowed("")
    if request.method != "POST":
        if asked.state not in step.frm:
            return redirect(asked)
        return _page(request, asked, step, door.form_for(asked, step, actor))
    try:
        done = door.perform(asked, move, actor, request.POST, version=version_of(request))
    except Invalid as refused:
        return _page(request, asked, step, refused.form, status=422)
    messages.success(request, _("Answered. The person reads it under the receipt."))
    if done.turn and not queries.appointments.within_hours(done.station, done.turn.on, done.begins, done.ends):
        messages.warning(request, _("This time lies outside the hours in which the station receives by appointment."))
    return redirect(done)


@require_POST
@page(policy.APPOINTMENTS)
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show name and telephone once; the journal keeps who looked."""
    asked = queries.appointments.appointment(request.actor, pk)
    if not asked.consent_at:
        raise NotAllowed(policy.answer.reason)
    door.note(asked, "revealed", request.actor)
    return _page(request, asked, revealed=True)


@GET_OR_POST
@page(policy.BOOKERS)
def book(request: Request) -> HttpResponse:
    """An appointment at a station that works by appointment."""
    actor = request.actor
    initial = {"station": request.GET.get("station"), "begins": "09:00", "ends": "10:00"}
    form: Any = BookForm(actor=actor, now=timezone.now(), initial=initial)
    if request.method == "POST":
        try:
            with transaction.atomic():  # so that the form's look at the member's hours holds until they are taken
                made = door.begin(TURNS, "book", actor, request.POST)
        except Invalid as refused:
            form = refused.form
        else:
            messages.success(request, _("Entered. The member is told and confirms."))
            if not queries.appointments.within_hours(made.station, made.on, made.begins, made.ends):
                outside = _("This time lies outside the hours in which the station receives by appointment.")
                messages.warning(request, outside)
            return redirect(made)
    context = {"form": form, "hours": queries.appointments.hours_of(actor, form["station"].value())}
    return render(request, "stations/duty/book.html", context, status=422 if form.errors else 200)
