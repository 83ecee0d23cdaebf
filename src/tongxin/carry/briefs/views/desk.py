"""The briefs' desk: queue, reading, context; each move's form; one's own list; sealed words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.carry.recognition import sealed
from tongxin.kernel import desk, door, files, options
from tongxin.kernel.errors import Invalid, NotAllowed, Stale
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import address, page, version_of

from .. import corrections, documents, offers, policy, queries
from ..clocks import LABELS
from ..forms.fields import first_error
from ..models import Brief
from ..workflow import BRIEFS

QUEUE, SELDOM = "briefs:queue", ("replied", "returned")  # piles that are shown while something is in them
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
WRITING = ("write", "edit")  # these have a page of their own: the text with its sources beside it


@require_safe
@page(policy.DESK)
def queue(request: Request) -> HttpResponse:
    """The desk without an open brief; who only writes has his own list instead."""
    actor = request.actor
    if not policy.has_desk(actor):
        return redirect("briefs:mine")
    return render(request, "briefs/desk.html", _queue(request))


@require_safe
@page(policy.DESK)
def listing(request: Request) -> HttpResponse:
    """The queue's column alone, for the page that opened a brief by its address; for a writer, one's own briefs."""
    actor = request.actor
    if not policy.has_desk(actor):
        if not request.htmx:
            return redirect("briefs:mine")
        context = {**_mine(request), "current": whole_number(request.GET.get("current", ""))}
        return render(request, "briefs/parts/own.html", context)
    context = {**_queue(request), "current": whole_number(request.GET.get("current", ""))}
    return render(request, "briefs/parts/queue.html" if request.htmx else "briefs/desk.html", context)


@require_safe
@page(policy.DESK)
def filters(request: Request) -> HttpResponse:
    """The form of all filters; it sends them to the queue's address."""
    wanted = queries.Filters.read(request.GET)
    form = offers.FilterForm(request.GET, actor=request.actor)
    return render(request, "briefs/filter.html", {"form": form, "filters": wanted})


@require_safe
@page(policy.DESK)
def mine(request: Request) -> HttpResponse:
    """What one wrote, or has a name under, and where each stands."""
    return render(request, "briefs/mine.html", _mine(request))


@require_safe
@page(policy.DESK)
def read(request: Request, pk: int) -> HttpResponse:
    """One brief: beside the queue where there is room, by itself on a phone."""
    return _reading(request, queries.get(request.actor, pk))


@require_safe
@page(policy.DESK)
def similar(request: Request, pk: int) -> HttpResponse:
    """Briefs of all years about much the same, each with what became of it."""
    brief = queries.get(request.actor, pk)
    context = {"brief": brief, "similar": queries.similar(request.actor, brief)}
    return render(request, "briefs/parts/similar.html" if request.htmx else "briefs/similar.html", context)


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move's form (GET) and the move itself (POST)."""
    actor = request.actor
    brief = queries.get(actor, pk)
    step = BRIEFS.move(move)
    if step is None or step.creates or step.hidden:
        raise NotAllowed("")
    if not step.who.allows(actor, brief):
        if reason := policy.barred(actor, brief, step.who):
            return _reading(request, brief, barred=reason, status=403)
        raise NotAllowed(step.who.reason)
    if move in WRITING:
        return redirect("briefs:text", pk)
    if request.method != "POST":
        possible = brief.state in step.frm
        form = door.form_for(brief, step, actor) if possible else None
        return _reading(request, brief, step=step if possible else None, form=form)
    # Where the brief stands then depends on what is struck.
    name = corrections.move_for(actor, brief, request.POST) if move == "strike" else move
    try:
        done = door.perform(brief, name, actor, request.POST, request.FILES, version=version_of(request))
    except Invalid as refused:
        return _reading(request, brief, step=step, form=_of_this(request, brief, step, refused.form), status=422)
    except Stale as late:  # the button was pressed twice: the first press did it
        last = late.entry
        if last is None or (last.verb, last.actor_id) != (name, actor.user_id) or late.record.state in step.frm:
            raise
        done = late.record
    messages.success(request, said(step, done))
    if move == "merge" and done.merged_into_id:
        return redirect("briefs:read", done.merged_into_id)
    if not queries.readable(actor).filter(pk=pk).exists():
        return redirect(desk.with_query(request, reverse(QUEUE)))
    return redirect(desk.with_query(request, done.get_absolute_url(), done="1"))


def _of_this(request: Request, brief: Brief, step: Any, refused: Any) -> Any:
    """The form that was sent. What a step within this one was refused for (another form, perhaps another assembly's)
    becomes one sentence on it."""
    if isinstance(refused, step.form) and refused.record == brief:
        return refused
    form = door.form_for(brief, step, request.actor, request.POST, request.FILES)
    form.add_error(None, _("It could not be done: %(what)s") % {"what": first_error(refused)})
    return form


@require_POST
@page(policy.DESK)
def unseal(request: Request, pk: int, instruction: int) -> HttpResponseBase:
    """Show a leader's name and words once, or the scan; the journal keeps who looked."""
    actor = request.actor
    brief = queries.get(actor, pk)
    if request.POST.get("scan"):
        return sealed.scan(actor, brief, instruction, policy.instruct)
    found = sealed.unseal(actor, brief, instruction, policy.instruct)
    if request.htmx:
        return sealed.part(request, found)
    return _reading(request, brief, opened=found)


@require_safe
@page(policy.DESK)
def evidence(request: Request, pk: int, adoption: int) -> HttpResponseBase:
    """The paper that shows an adoption."""
    return files.serve(queries.evidence(_shown_with_papers(request, pk), adoption))


@require_safe
@page(policy.DESK)
def award_file(request: Request, pk: int, award: int) -> HttpResponseBase:
    """The paper that shows a prize."""
    return files.serve(queries.award_paper(_shown_with_papers(request, pk), award))


def _shown_with_papers(request: Request, pk: int) -> Brief:
    brief = queries.get(request.actor, pk)
    if not policy.evidence.allows(request.actor, brief):
        raise NotAllowed(policy.evidence.reason)
    return brief


def _mine(request: Request) -> dict[str, Any]:
    actor = request.actor
    found = Paginator(queries.mine(actor), queries.PAGE).get_page(request.GET.get("page"))
    rows = [(brief, queries.state_of(actor, brief)) for brief in found]
    return {"rows": rows, "page": found, "may_write": policy.WRITE(actor)}


def _queue(request: Request) -> dict[str, Any]:
    actor = request.actor
    wanted = queries.Filters.read(request.GET)
    counted = queries.counts(actor, wanted)
    shown = queries.default_filters(actor, wanted, counted)
    found = queries.queue(actor, shown)
    return {
        "rows": [
            (brief, queries.state_of(actor, brief), brief.due_on, LABELS.get(brief.due_kind, ""))
            for brief in found.briefs
        ],
        "filters": shown,
        "pile": next((group for group in queries.groups(actor) if group.key == shown.group), None),
        **desk.head(request, QUEUE, queries.groups(actor), counted, shown, offers.active(actor, shown), seldom=SELDOM),
        "newer": address(request, QUEUE, page=found.number - 1) if found.number > 1 else "",
        "older": address(request, QUEUE, page=found.number + 1) if found.more else "",
        "may_write": policy.WRITE(actor),
        "may_take_in": policy.TAKE_IN(actor),
    }


def _reading(
    request: Request, brief: Brief, *, step: Any = None, form: Any = None, barred: str = "", opened: Any = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The reading column with its context: alone for htmx, else in the whole desk."""
    actor = request.actor
    told = queries.story(actor, brief)
    at_desk = policy.is_staff(actor) or told.seen == policy.AS_BODY
    label = next((move.label for move in told.possible if step and move.name == step.name), step.label if step else "")
    context = {
        "reading": brief,
        "brief": brief,
        "story": told,
        "step": step,
        "form": form,
        "barred": barred or ("" if step else told.barred),
        "opened": opened,
        "query": desk.kept(request),
        "clocks": offers.clocks(told),
        "category": options.label(brief.assembly_id, "briefs.category", brief.category),
        "secrecy": options.label(brief.assembly_id, "briefs.secrecy", brief.secrecy),
        "result": options.label(brief.assembly_id, "concerns.result", brief.result),
        "step_done": str(label).removesuffix("…"),
        "next_one": _next(request, brief) if request.GET.get("done") and step is None else None,
        "papers": documents.kinds(actor, brief),
        "back": reverse(QUEUE) if at_desk else reverse("briefs:mine"),
        "alone": not at_desk,
    }
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "briefs/read.html", context, status=status)
    part = "briefs/parts/decide.html" if request.htmx.target == "decide" else "briefs/parts/swap.html"
    return render(request, part, context, status=status)


def _next(request: Request, brief: Brief) -> Brief | None:
    """After a decision, what stands on top of the same pile now."""
    actor, wanted = request.actor, queries.Filters.read(request.GET)
    if not policy.has_desk(actor):
        return None
    shown = queries.default_filters(actor, wanted, queries.counts(actor, wanted))
    return next((each for each in queries.queue(actor, shown).briefs if each.pk != brief.pk), None)


def said(step: Any, brief: Brief) -> str:
    """What has just happened, in words."""
    what = str(step.label).removesuffix("…")
    if step.name == "sign":
        return _("Issued: %(issue)s “%(title)s”") % {"issue": brief.issue, "title": brief.title}
    if step.name == "strike":  # an entry of it, not the brief
        return _("One entry of it counts no more: %(number)s “%(title)s”") % {
            "number": brief.number, "title": brief.title,
        }  # fmt: skip
    told = {"what": what, "number": brief.number, "title": brief.title}
    return pgettext("a brief", "Done: %(what)s. %(number)s “%(title)s”") % told
