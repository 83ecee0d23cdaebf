"""A member's duty: my turns, one turn with its moves, swap, checking in, walk-ins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.documents import qr
from tongxin.hear.concerns.forms import WriteDownForm
from tongxin.kernel import door, journal, options, receipts
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.throttle import Throttle
from tongxin.kernel.web import page, pressed_at, public_url, slow_down, version_of
from tongxin.people import receiving

from .. import arrival, policy, queries, visits
from ..forms.duty import CheckInForm, CountForm
from ..models import DutyTurn
from ..workflow.duty import TURNS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
WRONG_CODES = (10, 600)  # wrong codes from one address in so many seconds


@require_safe
@page(policy.MEMBERS)
def mine(request: Request) -> HttpResponse:
    """My turns: the next one on top, with what can be done about it."""
    actor = request.actor
    found = queries.duty.mine(actor, timezone.localdate())
    context = {
        "mine": found,
        "next_moves": _buttons(actor, found.next) if found.next else [],
        "next_state": queries.duty.standing(found.next) if found.next else None,
        "ahead": queries.duty.with_states(found.ahead),
        "past": queries.duty.with_states(found.past),
        "today": timezone.localdate(),
        "receives": [(seat, receiving.said(seat)) for seat in queries.duty.seats_of(actor)],
    }
    return render(request, "stations/duty/mine.html", context)


@require_safe
@page(policy.DESK)
def turn(request: Request, pk: int) -> HttpResponse:
    """One turn: who, when, where, what can be done, who came."""
    actor = request.actor
    return _turn(request, queries.duty.turn(actor, pk))


def _turn(
    request: Request,
    turn: DutyTurn,
    step: Any = None,
    form: Any = None,
    status: int = 200,
    count_form: CountForm | None = None,
) -> HttpResponse:
    actor = request.actor
    context = {
        "turn": turn,
        "state": queries.duty.standing(turn),
        "moves": _buttons(actor, turn),
        "step": step,
        "form": form,
        "visits": list(turn.visits.select_related("concern").order_by("id")),
        "receives": turn.state in visits.OPEN and policy.here.allows(actor, turn),
        "tends": policy.tend_turn.allows(actor, turn),
        "token": get_random_string(32),
        "count_form": count_form or CountForm(actor=actor, record=turn),
        "story": _story(actor, turn),
        "concerned": policy.sees_purpose(actor, turn),
        "answers": policy.answers_at(actor, turn.station),
        "visitors": queries.appointments.of_turn(actor, turn),
        "reads_concerns": policy.attend.allows(actor, turn),
        "today": timezone.localdate(),
    }
    return render(request, "stations/duty/turn.html", context, status=status)


def _story(actor: Any, turn: DutyTurn) -> list[journal.Event]:
    """What happened; why somebody cannot come is for those whom it concerns."""
    events = journal.timeline(turn)
    if policy.here.allows(actor, turn) or policy.asked.allows(actor, turn):
        return events
    return [replace(event, note="") for event in events]


def _buttons(actor: Any, turn: DutyTurn) -> list[Any]:
    """The moves offered for a turn: a request is taken back where there is one; on the day, and on no other, one
    arrives, and from then on need not say that one will."""
    asked = turn.offered_to_id is not None
    useless = {"offer"} if asked else {"take_back"}
    today = timezone.localdate()
    useless |= {"confirm"} if turn.on <= today else set()
    useless |= {"check_in", "receive"} if turn.on != today else set()
    return [move for move in TURNS.possible(actor, turn) if not move.hidden and move.name not in useless]


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move of a turn: its form, and the move itself. Wrong codes are counted, so that nobody tries them all."""
    actor = request.actor
    turn, step = queries.duty.turn(actor, pk), TURNS.move(move)
    if step is None or step.creates or step.hidden or not step.who.allows(actor, turn):
        raise NotAllowed(step.who.reason if step else "")
    if request.method != "POST":
        if turn.state not in step.frm:
            return redirect(turn)
        initial = {name: request.GET[name][:100] for name in ("code", "member", "note") if name in request.GET}
        return _turn(request, turn, step, door.form_for(turn, step, actor, initial=initial))
    sent: Any = request.POST
    if move == "offer" and "look" in sent:  # the turns of whoever was chosen, before anything is asked
        chosen = {name: sent.get(name, "") for name in ("member", "note")}
        return _turn(request, turn, step, door.form_for(turn, step, actor, initial=chosen))
    if move == "check_in" and (moment := pressed_at(request, timezone.now())):
        if not (move := arrival.move_of(turn, moment)):
            messages.success(request, _("You are checked in already."))
            return redirect(turn)
        sent = request.POST.copy()
        sent["moment"] = moment.isoformat()
    throttle = Throttle(f"duty code {actor.user_id}", *WRONG_CODES)
    if step.form is CheckInForm and (wait := throttle.blocked(request)):
        return slow_down(request, wait)
    try:
        done = door.perform(turn, move, actor, sent, version=version_of(request))
    except Invalid as refused:
        if "code" in refused.form.errors:
            throttle.hit(request)
        return _turn(request, turn, step, refused.form, status=422)
    messages.success(request, _said(step, done))
    return redirect(reverse("duty:mine") if step.name in ("accept", "decline") else done.get_absolute_url())


def _said(step: Any, turn: DutyTurn) -> str:
    if step.name == "check_in":
        return _("You are on duty. Write down whoever comes; at the end one sentence of summary.")
    if step.name == "accept":
        return _("The turn is yours now. Thank you.")
    return _("%(station)s: %(move)s, done.") % {"station": turn.station, "move": step.label.rstrip("…")}


@GET_OR_POST
@page(policy.MEMBERS)
def arrive(request: Request, pk: int, code: str) -> HttpResponse:
    """Where the code on the station's screen leads: one button, for the turn I have there today."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    turn = queries.duty.mine_today(actor, station, timezone.localdate())
    if request.method == "POST" and turn is not None:
        sent: Any = request.POST.copy()
        sent["code"] = code
        request.POST = sent
        return move(request, turn.pk, "check_in")
    # Whether the code fits is said when it is sent, which is throttled: else it could be tried without end.
    context = {"station": station, "turn": turn, "code": code}
    return render(request, "stations/duty/arrive.html", context)


@require_safe
@page(policy.DESK)
def screen(request: Request, pk: int) -> HttpResponse:
    """The code of the moment, for the screen at the station; changes by itself every minute."""
    actor = request.actor
    station = queries.places.get(actor, pk)
    if not policy.tend.allows(actor, station):
        raise NotAllowed(policy.tend.reason)
    now = timezone.now()
    code = arrival.code(station, now)
    address = public_url(request, station.assembly_id, reverse("duty:arrive", args=[station.pk, code]))
    context = {
        "station": station,
        "code": code,
        "spaced": f"{code[:3]} {code[3:]}",
        "drawn": qr.svg(address, title=_("Code for checking in"), error="M"),
        "turns": queries.duty.with_states(queries.duty.at_station(station, timezone.localdate())),
        "left": arrival.seconds_left(now),
    }
    response = render(request, "stations/duty/screen.html", context)
    response["Refresh"] = str(arrival.seconds_left(now) + 1)
    return response


@GET_OR_POST
@page(policy.DESK)
def visit(request: Request, pk: int) -> HttpResponse:
    """Write down what somebody says who came in; ends with the receipt's slip.

    The same form twice is one visit; other words in it, written after going back to the page, are not lost.
    """
    actor = request.actor
    turn = queries.duty.turn(actor, pk)
    if turn.state not in visits.OPEN or not policy.here.allows(actor, turn):
        raise NotAllowed(policy.here.reason)
    token = request.POST.get("token", "")[:64] or get_random_string(32)
    limit = options.parameter(actor.assembly_id, "concerns.text_limit")
    context: dict[str, Any] = {"turn": turn, "token": token, "limit": limit}
    if request.method != "POST":
        initial = {"assembly": actor.assembly_id, "station": turn.station_id}
        context["form"] = WriteDownForm(actor=actor, initial=initial)
        return render(request, "stations/duty/visit.html", context)
    try:
        received = visits.write_down(turn, actor, request.POST, request.FILES, token)
    except Invalid as refused:
        context["form"] = refused.form
        return render(request, "stations/duty/visit.html", context, status=422)
    if received.again and visits.differs(received.visit, request.POST, request.FILES):
        typed = request.POST.copy()
        typed["assembly"], typed["station"] = str(actor.assembly_id), str(turn.station_id)
        context |= {"form": WriteDownForm(typed, actor=actor), "sent": received.visit, "token": get_random_string(32)}
        return render(request, "stations/duty/visit.html", context, status=409)
    if received.visit.concern is None:  # the token of people who were only counted
        return redirect(turn)
    context |= {
        "concern": received.visit.concern,
        "receipt": received.receipt,
        "spoken": receipts.spoken(received.receipt),
        "address": public_url(request, turn.assembly_id, "/r/"),
    }
    return render(request, "stations/duty/slip.html", context)


@require_POST
@page(policy.DESK)
def count(request: Request, pk: int) -> HttpResponse:
    """People who came without a concern. The same form twice counts them once; another number is asked about."""
    actor = request.actor
    turn = queries.duty.turn(actor, pk)
    form = CountForm(request.POST, actor=actor, record=turn)
    if not form.is_valid():
        return _turn(request, turn, count_form=form, status=422)
    people = form.cleaned_data["people"]
    received = visits.count(turn, actor, people, request.POST.get("token", "")[:64] or get_random_string(32))
    if received.again and received.visit.people != people:
        n = received.visit.people
        before = ngettext(
            "%(n)d person was counted with this form already; if more have come, press once more.",
            "%(n)d people were counted with this form already; if more have come, press once more.",
            n,
        )
        form.add_error(None, before % {"n": n})
        return _turn(request, turn, count_form=form, status=409)
    messages.success(request, _("Counted."))
    return redirect(turn)
