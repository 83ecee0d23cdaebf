"""Pages of research reports: the list, one report, its moves, its text; sealed words and files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.carry.recognition import sealed
from tongxin.kernel import door, files
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import actions, policy, queries
from ..forms.reports import DraftForm
from ..models import ResearchReport
from ..workflow import RESEARCH

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page(policy.PAPERS)
def listing(request: Request) -> HttpResponse:
    """The reports the actor may see, by the filters of the address."""
    actor = request.actor
    wanted = queries.Filters.read(request.GET)
    context = {
        "wanted": wanted,
        "page": (found := queries.listing(actor, wanted)),
        "rows": [(report, RESEARCH.state(report.state)) for report in found],
        "counted": queries.counts(actor, wanted),
        "may_write": policy.WRITE(actor),
        "inside": policy.is_staff(actor),
        "at_desk": policy.DESK(actor),
        **queries.offers(actor),
    }
    return render(request, "research/list.html", context)


@require_safe
@page(policy.PAPERS)
def read(request: Request, pk: int) -> HttpResponse:
    """One report with its team, field work, what came of it, and its story."""
    return _reading(request, queries.get(request.actor, pk))


@GET_OR_POST
@page(policy.WRITE)
def new(request: Request) -> HttpResponse:
    """Begin a report. The same form sent twice makes one."""
    actor = request.actor
    if request.method != "POST":
        form = DraftForm(actor=actor, initial={"assembly": actor.assembly_id, "token": get_random_string(32)})
        return render(request, "research/text.html", {"form": form})
    token = request.POST.get("token", "")[:64]
    if made := queries.of_form(actor, token):
        return _again(request, made)
    data = request.POST.copy()
    data["assembly"] = str(actor.assembly_id)
    try:
        report = door.begin(RESEARCH, "draft", actor, data, request.FILES)
    except Invalid as refused:
        return render(request, "research/text.html", {"form": refused.form}, status=422)
    except IntegrityError:  # sent twice at the same moment: the other request made it
        if not (made := queries.of_form(actor, token)):
            raise
        return _again(request, made)
    return _saved(request, report)


def _again(request: Request, made: ResearchReport) -> HttpResponse:
    """The form was sent before and made this report. The same sent twice is nothing new; anything else is written into
    it, or, when it is handed in already, refused with the text on the page."""
    actor, step = request.actor, RESEARCH.move("write")
    form = door.form_for(made, step, actor, request.POST, request.FILES)  # type: ignore[arg-type]
    if form.is_valid() and actions.reports.says_the_same(made, form.cleaned_data):
        return _saved(request, made)
    try:
        made = door.perform(made, "write", actor, request.POST, request.FILES)
    except Invalid as refused:
        return render(request, "research/text.html", {"form": refused.form, "report": made}, status=422)
    return _saved(request, made)


@GET_OR_POST
@page(policy.DESK)
def text(request: Request, pk: int) -> HttpResponse:
    """Go on writing."""
    actor = request.actor
    report, step = queries.get(actor, pk), RESEARCH.move("write")
    if step is None or not step.who.allows(actor, report):
        raise NotAllowed(step.who.reason if step else "")
    if report.state not in step.frm:
        raise IllegalMove(report, step.name, RESEARCH.possible(actor, report))
    if request.method != "POST":
        return render(request, "research/text.html", {"form": door.form_for(report, step, actor), "report": report})
    try:
        report = door.perform(report, step.name, actor, request.POST, request.FILES, version=version_of(request))
    except Invalid as refused:
        return render(request, "research/text.html", {"form": refused.form, "report": report}, status=422)
    return _saved(request, report)


@GET_OR_POST
@page(policy.PAPERS)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move's form (GET) and the move itself (POST)."""
    actor = request.actor
    report, step = queries.get(actor, pk), RESEARCH.move(move)
    if step is None or step.creates or step.hidden:
        raise NotAllowed("")
    if not step.who.allows(actor, report):
        if reason := policy.barred(actor, report, step.who):
            return _reading(request, report, barred=reason, status=403)
        raise NotAllowed(step.who.reason)
    if move == "write":
        return redirect("research:text", pk)
    if request.method != "POST":
        if report.state not in step.frm:
            return redirect(report)
        return _form(request, report, step, door.form_for(report, step, actor))
    try:
        done = door.perform(report, move, actor, request.POST, request.FILES, version=version_of(request))
    except Invalid as refused:
        return _form(request, report, step, refused.form, status=422)
    what = str(step.label).removesuffix("…")
    messages.success(request, _("Done: %(what)s. “%(title)s”") % {"what": what, "title": done.title})
    return redirect(done)


@require_POST
@page(policy.DESK)
def unseal(request: Request, pk: int, instruction: int) -> HttpResponseBase:
    """Show a leader's name and words once, or the scan; the journal keeps who looked."""
    actor = request.actor
    report = queries.get(actor, pk)
    if request.POST.get("scan"):
        return sealed.scan(actor, report, instruction, policy.instruct)
    found = sealed.unseal(actor, report, instruction, policy.instruct)
    if request.htmx:
        return sealed.part(request, found)
    return _reading(request, report, opened=found)


@require_safe
@page(policy.PAPERS)
def file(request: Request, pk: int) -> HttpResponseBase:
    """The report as a file."""
    return files.serve(queries.file_of(queries.get(request.actor, pk)))


def _reading(
    request: Request, report: ResearchReport, *, barred: str = "", opened: Any = None, status: int = 200
) -> HttpResponse:
    told = queries.story(request.actor, report)
    context = {"report": report, "story": told, "barred": barred or told.barred, "opened": opened}
    return render(request, "research/read.html", context, status=status)


def _form(request: Request, report: ResearchReport, step: Any, form: Any, status: int = 200) -> HttpResponse:
    done = str(step.label).removesuffix("…")
    context = {"report": report, "step": step, "form": form, "step_done": done}
    return render(request, "research/move.html", context, status=status)


def _saved(request: Request, report: ResearchReport) -> HttpResponse:
    messages.success(request, _("Saved: %(number)s “%(title)s”") % {"number": report.number, "title": report.title})
    return redirect(report)
