"""The pages of the text: beginning one (from concerns or from nothing), the editor with its sources beside it, and
what changed between two versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import door, options
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page, version_of

from . import checklist, personal, policy, queries
from .forms import DraftForm
from .models import PARTS, TEXTS, Brief
from .workflow import BRIEFS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@page(policy.WRITE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a brief; `?id=` names the concerns it is begun from, whose words stand beside it and in its situation.

    The same form sent twice makes one brief.
    """
    actor = request.actor  # type: ignore[attr-defined]
    sent = request.POST if request.method == "POST" else request.GET
    name = "concerns" if request.method == "POST" else "id"
    ids = [number for pk in sent.getlist(name) if (number := whole_number(pk))]
    if request.method != "POST":
        concerns = queries.convertible(actor, ids)
        form = DraftForm(actor=actor, initial=_beginning(actor, concerns))
        lost = len(set(ids)) - len(concerns)
        return render(request, "briefs/text.html", _page(actor, form, concerns=concerns, lost=lost))
    token = request.POST.get("token", "")[:64]
    if made := queries.of_form(actor, token):
        return _saved(request, made)
    data = request.POST.copy()
    data["assembly"] = str(actor.assembly_id)
    try:
        brief = door.begin(BRIEFS, "draft", actor, data)
    except Invalid as refused:
        concerns = queries.convertible(actor, ids)
        return render(request, "briefs/text.html", _page(actor, refused.form, concerns=concerns), status=422)
    except IntegrityError:  # sent twice at the same moment: the other request made it
        if not (made := queries.of_form(actor, token)):
            raise
        return _saved(request, made)
    return _saved(request, brief)


@GET_OR_POST
@page(policy.DESK)
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on writing or editing, with the words of the people and of the sources beside it. Every saved text stays."""
    actor = request.actor  # type: ignore[attr-defined]
    brief = queries.get(actor, pk)
    step = BRIEFS.move("edit" if brief.state == "editing" else "write")
    if step is None or not step.who.allows(actor, brief):
        raise NotAllowed(step.who.reason if step else "")
    if brief.state not in step.frm:
        raise IllegalMove(brief, step.name, BRIEFS.possible(actor, brief))
    if request.method != "POST":
        return render(request, "briefs/text.html", _page(actor, door.form_for(brief, step, actor), brief=brief))
    try:
        brief = door.perform(brief, step.name, actor, request.POST, version=version_of(request))
    except Invalid as refused:
        return render(request, "briefs/text.html", _page(actor, refused.form, brief=brief), status=422)
    return _saved(request, brief)


@require_safe
@page(policy.DESK)
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions, and what changed between two of them: `?old=`, `?new=` by number, else the last two."""
    brief = queries.get(request.actor, pk)  # type: ignore[attr-defined]
    if policy.only_body(request.actor):  # type: ignore[attr-defined]
        raise NotAllowed(policy.read.reason)
    found = queries.versions(brief)
    by_number = {version.number: version for version in found}
    newest = by_number.get(whole_number(request.GET.get("new", "")) or 0, found[-1])
    before = by_number.get(whole_number(request.GET.get("old", "")) or 0)
    if before is None:
        before = next((version for version in reversed(found) if version.number < newest.number), newest)
    context = {
        "brief": brief,
        "versions": found,
        "old": before,
        "new": newest,
        "changes": queries.compare(before, newest),
    }
    return render(request, "briefs/versions.html", context)


def _beginning(actor: Any, concerns: list[Any]) -> dict[str, Any]:
    """What stands in the form at first: with concerns their words, so that nothing is copied by hand."""
    initial: dict[str, Any] = {"assembly": actor.assembly_id, "token": get_random_string(32)}
    if concerns:
        initial |= {
            "title": personal.said(concerns[0]).title,
            "situation": personal.told_together(concerns),
            "sector": next((concern.sector_id for concern in concerns if concern.sector_id), None),
        }
    return initial


def _page(
    actor: Any, form: Any, *, brief: Brief | None = None, concerns: list[Any] | None = None, lost: int = 0
) -> dict[str, Any]:
    """The editor's page: the form, the list of what a brief needs, and what stands beside it."""
    told = queries.story(actor, brief) if brief else None
    texts = {name: str(form[name].value() or "") for name in TEXTS}
    for name in PARTS:  # they may be saved empty, and yet are no matter of choice: nothing incomplete is handed in
        form.fields[name].required = True
    form.use_required_attribute = False
    return {
        "form": form,
        "brief": brief,
        "story": told,
        "concerns": concerns or [],
        "lost": lost,
        "said": told.said if told else [personal.said(concern) for concern in concerns or []],
        "sources": told.sources if told else [],
        "returns": told.returns if told else [],
        "points": checklist.points(texts, actor.assembly_id),
        "limit": int(options.parameter(actor.assembly_id, "briefs.word_limit")),
    }


def _saved(request: HttpRequest, brief: Brief) -> HttpResponse:
    """After saving: on to handing it in when that button was pressed, else to the brief."""
    messages.success(request, _("Saved: %(number)s “%(title)s”") % {"number": brief.number, "title": brief.title})
    if request.POST.get("then") == "on":
        return redirect("briefs:move", brief.pk, "send_review" if brief.state == "editing" else "submit")
    if request.POST.get("then") == "stay":
        return redirect("briefs:text", brief.pk)
    return redirect(brief)
