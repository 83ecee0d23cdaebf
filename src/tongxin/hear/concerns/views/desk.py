"""The triage desk: queue, reading, context; each move's form; writing down; several at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.kernel import desk, door, files, options, receipts
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import address, page, public_url, version_of

from .. import again, batches, conversions, offers, personal, policy, queries, texts
from ..clocks import LABELS
from ..forms import WriteDownForm
from ..models import Concern
from ..workflow import CONCERNS, UNDECIDED

QUEUE, SELDOM = "concerns:queue", ("disputed",)  # piles that are shown while something is in them
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
SLIP_SHOWN = timedelta(minutes=10)  # how long sending the same form again shows the same slip


@require_safe
@page(policy.DESK)
def queue(request: Request) -> HttpResponse:
    """The desk without an open concern."""
    return render(request, "concerns/desk.html", _queue(request))


@require_safe
@page(policy.DESK)
def listing(request: Request) -> HttpResponse:
    """The queue's column alone, for the page that opened a concern by its address."""
    context = {**_queue(request), "current": whole_number(request.GET.get("current", ""))}
    return render(request, "concerns/parts/queue.html" if request.htmx else "concerns/desk.html", context)


@require_safe
@page(policy.DESK)
def filters(request: Request) -> HttpResponse:
    """The form of all filters; it sends them to the queue's address."""
    wanted = queries.Filters.read(request.GET)
    context = {"form": offers.FilterForm(request.GET, actor=request.actor), "filters": wanted}
    return render(request, "concerns/parts/filter.html" if request.htmx else "concerns/filter.html", context)


@require_safe
@page(policy.DESK)
def read(request: Request, pk: int) -> HttpResponse:
    """One concern: beside the queue where there is room, by itself on a phone."""
    concern = queries.get(request.actor, pk)
    return _reading(request, concern)


@require_safe
@page(policy.DESK)
def similar(request: Request, pk: int) -> HttpResponse:
    """What was said before and is still open."""
    concern = queries.get(request.actor, pk)
    found = [
        (other, likeness, queries.state_of(request.actor, other))
        for other, likeness in queries.similar(request.actor, concern)
    ]
    template = "concerns/parts/similar.html" if request.htmx else "concerns/similar.html"
    return render(request, template, {"concern": concern, "similar": found})


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move's form (GET) and the move itself (POST): the only way a page changes a concern."""
    actor = request.actor
    concern = queries.get(actor, pk)
    step = CONCERNS.move(move)
    if step is None or step.creates or step.hidden or not step.who.allows(actor, concern):
        raise NotAllowed(step.who.reason if step else "")
    if request.method != "POST":
        possible = concern.state in step.frm
        form = door.form_for(concern, step, actor) if possible else None
        return _reading(request, concern, step=step if possible else None, form=form)
    try:
        done = door.perform(concern, move, actor, request.POST, request.FILES, version=version_of(request))
    except Invalid as refused:
        return _reading(request, concern, step=step, form=refused.form, status=422)
    messages.success(request, _said(step, done))
    if carried := conversions.places(actor, done, {move}):
        return redirect(carried[-1][1])
    if not queries.readable(actor).filter(pk=pk).exists():
        return redirect(desk.with_query(request, reverse(QUEUE)))
    return redirect(desk.with_query(request, done.get_absolute_url(), done="1"))


@require_POST
@page(policy.DESK)
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show name and telephone once; the journal keeps who looked."""
    actor = request.actor
    concern = queries.get(actor, pk)
    if not policy.reveal.allows(actor, concern) or not concern.consent_at:
        raise NotAllowed(policy.reveal.reason)
    door.note(concern, "revealed", actor)
    if request.htmx:
        return render(request, "concerns/parts/speaker.html", {"concern": concern, "revealed": True})
    return _reading(request, concern, revealed=True)


@require_safe
@page(policy.DESK)
def file(request: Request, pk: int, file: int) -> HttpResponseBase:
    """A picture or paper of a concern the actor may see."""
    concern = queries.get(request.actor, pk)
    found = queries.file_of(concern, file)
    return files.serve(found.file, thumbnail=request.GET.get("small") == "1")


@GET_OR_POST
@page(policy.WRITE_DOWN)
def write_down(request: Request) -> HttpResponse:
    """Write down what somebody said; ends with the receipt's slip, which is shown this once.

    The receipt follows from the form's token: the same form sent twice makes one concern and the same slip; other
    words, written after going back to the page, are another matter; a name, number or picture added since is not
    dropped, but asked about. `?station=` fills in the station.
    """
    actor = request.actor
    if request.method != "POST":
        token = get_random_string(32)
        initial: dict[str, Any] = {"assembly": actor.assembly_id}
        if station := whole_number(request.GET.get("station", "")):
            initial["station"] = station
        form = WriteDownForm(actor=actor, initial=initial)
        return render(request, "concerns/new.html", _writing(form, actor, token))
    token = request.POST.get("token", "")[:64] or get_random_string(32)
    receipt, index, concern = _written(f"desk {actor.user_id} {token}", request.POST.get("text", ""))
    if concern and again.differs(concern, request.POST, request.FILES):
        return _known(request, concern)
    if concern and timezone.now() - concern.created_at > SLIP_SHOWN:
        messages.info(request, _("This was written down already, and its slip was shown then."))
        return redirect(concern)
    if concern is None:
        data = request.POST.copy()
        data["assembly"], data["receipt_index"] = str(actor.assembly_id), index
        try:
            concern = door.begin(CONCERNS, "write_down", actor, data, request.FILES)
        except Invalid as refused:
            shown = _writing(refused.form, actor, token, again=bool(request.FILES))
            return render(request, "concerns/new.html", shown, status=422)
        except IntegrityError:  # sent twice at the same moment: the other request made it
            concern = queries.by_receipt(index)
            if concern is None:
                raise
            if again.differs(concern, request.POST, request.FILES):
                return _known(request, concern)
    context = {
        "concern": concern,
        "receipt": receipt,
        "spoken": receipts.spoken(receipt),
        "address": public_url(request, concern.assembly_id, "/r/"),
    }
    return render(request, "concerns/slip.html", context)


def _known(request: Request, concern: Concern) -> HttpResponse:
    """What was typed, with the word that the first is kept; pressing once more writes it down as another one."""
    actor = request.actor
    typed = request.POST.copy()
    typed["assembly"] = str(actor.assembly_id)
    form, token = WriteDownForm(typed, actor=actor), get_random_string(32)
    context = _writing(form, actor, token, again=bool(request.FILES)) | {"known": concern}
    return render(request, "concerns/new.html", context, status=409)


def _written(mark: str, text: str) -> tuple[str, str, Concern | None]:
    """Receipt and index of a form with this mark, and its concern if it was taken in already.

    The mark alone, or with the same words, is the same form; other words have a receipt of their own.
    """
    receipt = receipts.receipt_for(mark)
    index = receipts.receipt_index(receipt)
    concern = queries.by_receipt(index)
    if concern and text and concern.text_key != texts.key(text):
        receipt = receipts.receipt_for(f"{mark} {texts.key(text)}")
        index = receipts.receipt_index(receipt)
        concern = queries.by_receipt(index)
    return receipt, index, concern


@GET_OR_POST
@page(policy.TRIAGE)
def batch(request: Request) -> HttpResponse:
    """Triage or decline several at once; each goes through the door by itself, the report says which did not."""
    actor = request.actor
    sent = request.POST if request.method == "POST" else request.GET
    ids = [number for pk in sent.getlist("id") if (number := whole_number(pk))]
    concerns = queries.chosen(actor, ids)
    forms: Any = {"triage": batches.TriageForm(actor=actor)}
    if policy.DECIDE(actor):
        forms["decline"] = batches.DeclineForm(actor=actor)
    kind = sent.get("kind", "")
    context: dict[str, Any] = {"concerns": concerns, "forms": forms, "kind": kind if kind in forms else "triage"}
    if request.method != "POST" or not concerns:
        return render(request, "concerns/batch.html", context)
    if kind not in forms:
        raise NotAllowed(policy.DECIDE.reason)
    form = forms[kind] = type(forms[kind])(request.POST, actor=actor)
    if not form.is_valid():
        return render(request, "concerns/batch.html", context, status=422)
    context["report"] = batches.run(concerns, kind, form, actor)
    context["written"] = form.cleaned_data["text" if kind == "decline" else "note"]
    return render(request, "concerns/batch_report.html", context)


def _writing(form: Any, actor: Any, token: str, *, again: bool = False) -> dict[str, Any]:
    """`again`: pictures were chosen, which no browser keeps in a form that comes back."""
    limit = options.parameter(actor.assembly_id, "concerns.text_limit")
    return {"form": form, "token": token, "limit": limit, "again": again}


def _queue(request: Request) -> dict[str, Any]:
    actor = request.actor
    wanted = queries.Filters.read(request.GET)
    counted = queries.counts(actor, wanted)
    shown = queries.default_filters(actor, wanted, counted)
    found = queries.queue(actor, shown)
    return {
        "rows": [
            (
                concern,
                queries.state_of(actor, concern),
                queries.due_of(actor, concern),
                LABELS.get(concern.due_kind, ""),
            )
            for concern in found.concerns
        ],
        "filters": shown,
        "pile": next((group for group in queries.groups(actor) if group.key == shown.group), None),
        **desk.head(request, QUEUE, queries.groups(actor), counted, shown, offers.active(actor, shown), seldom=SELDOM),
        "newer": address(request, QUEUE, page=found.previous_page_number()) if found.has_previous() else "",
        "older": address(request, QUEUE, page=found.next_page_number()) if found.has_next() else "",
        "late": counted["overdue"] if shown.overdue and not queries.only_body(actor) else 0,
        "late_there": counted["overdue_there"],
        "may_write": policy.WRITE_DOWN(actor),
        "may_triage": policy.TRIAGE(actor),
        "may_decline": policy.DECIDE(actor),
        "tickable": UNDECIDED,
        "rooms": conversions.offered(actor),
        "may_import": policy.TAKE_IN(actor),
    }


def _reading(
    request: Request,
    concern: Concern,
    *,
    step: Any = None,
    form: Any = None,
    revealed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The reading column with its context: alone for htmx, else in the whole desk."""
    told = queries.story(request.actor, concern)
    context = {
        "reading": concern,
        "concern": concern,
        "story": told,
        "step": step,
        "form": form,
        "masked": personal.masked(concern) if told.sees_person else None,
        "revealed": revealed,
        "message": _message(request, concern, step),
        "query": desk.kept(request),
        "clocks": offers.clocks(told),
        "topic": options.label(concern.assembly_id, "concerns.topic", concern.topic),
        "step_done": str(step.label).removesuffix("…") if step else "",
        "waiting": offers.waiting(told),
        "next_one": _next(request, concern) if request.GET.get("done") and step is None else None,
    }
    whole = not request.htmx or request.htmx.history_restore_request
    if whole:
        return render(request, "concerns/read.html", context, status=status)
    part = "concerns/parts/decide.html" if request.htmx.target == "decide" else "concerns/parts/swap.html"
    return render(request, part, context, status=status)


def _next(request: Request, concern: Concern) -> Concern | None:
    """After a decision, what stands on top of the same pile now."""
    actor, wanted = request.actor, queries.Filters.read(request.GET)
    shown = queries.default_filters(actor, wanted, queries.counts(actor, wanted))
    return next((each for each in queries.queue(actor, shown).concerns if each.pk != concern.pk), None)


def _message(request: Request, concern: Concern, step: Any) -> str:
    """The text message to send before it is recorded that the person was told; "" where there is no number for it."""
    if step is None or step.name != "answer" or not concern.speaker_phone:
        return ""
    return texts.message(concern, concern.assembly, public_url(request, concern.assembly_id, "/r/"))


def _said(step: Any, concern: Concern) -> str:
    """What has just happened, in words."""
    return _("Noted: %(what)s. %(number)s “%(title)s”") % {
        "what": step.label if not step.label.endswith("…") else step.label[:-1],
        "number": concern.number,
        "title": concern.named,
    }
