"""The pages of the text: beginning one (from concerns or from nothing), the editor with its sources beside it, and
what changed between two versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.kernel import door, files
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page, version_of

from .. import editor, policy, queries
from ..forms.writing import DraftForm
from ..models import OF_SHEET, TEXTS, Brief
from ..workflow import BRIEFS
from .desk import said

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@page(policy.WRITE)
def new(request: Request) -> HttpResponse:
    """Begin a brief; `?id=` names the concerns it is begun from, whose words stand beside it and in its situation.

    The same form sent twice makes one brief. The button beside a chosen Word file fills the form from it and saves
    nothing.
    """
    actor = request.actor
    ids = _concern_ids(request)
    if request.method != "POST":
        concerns = queries.convertible(actor, ids)
        form = DraftForm(actor=actor, initial=editor.beginning(actor, concerns))
        missing = len(set(ids)) - len(concerns)
        return render(request, "briefs/text.html", editor.context(actor, form, concerns=concerns, lost=missing))
    if request.POST.get("then") == "alike" or _with_word(request):
        return _not_yet(request, ids)
    token = request.POST.get("token", "")[:64]
    if made := queries.of_form(actor, token):
        return _again(request, made, ids)
    if lost := editor.lost(actor, ids):
        return _not_carried(request, ids, lost)
    data = request.POST.copy()
    data["assembly"] = str(actor.assembly_id)
    data.setlist("concerns", [str(pk) for pk in ids])
    try:
        brief = door.begin(BRIEFS, "draft", actor, data)
    except Invalid as refused:
        if lost := editor.lost(actor, ids):  # somebody decided it a moment ago
            return _not_carried(request, ids, lost)
        left = editor.FromWord.sent_along(request.POST)
        shown = editor.context(actor, refused.form, concerns=queries.convertible(actor, ids), word=left)
        return render(request, "briefs/text.html", shown, status=422)
    except IntegrityError:  # sent twice at the same moment: the other request made it
        if not (made := queries.of_form(actor, token)):
            raise
        return _again(request, made, ids)
    return _saved(request, brief)


def _again(request: Request, made: Brief, ids: list[int]) -> HttpResponse:
    """The form was sent before and made this brief. The same text sent twice is nothing new; another one is the next
    version of it, or, when it is handed in already, refused with the text on the page."""
    actor, step = request.actor, BRIEFS.move("write")
    form = door.form_for(made, step, actor, request.POST)  # type: ignore[arg-type]
    if form.is_valid() and not form.cleaned_data["authors"]:
        told = form.cleaned_data
        if all(told[name] == getattr(made, name) for name in (*TEXTS, "category", "secrecy", *OF_SHEET)):
            return _saved(request, made)
    try:
        made = door.perform(made, "write", actor, request.POST)
    except Invalid as refused:
        left = editor.FromWord.sent_along(request.POST)
        shown = editor.context(actor, refused.form, brief=made, word=left)
        return render(request, "briefs/text.html", shown, status=422)
    for concern in queries.convertible(actor, ids):
        door.perform(concern, "to_brief", actor, {"brief": made.pk})
    made.refresh_from_db()
    return _saved(request, made)


def _not_carried(request: Request, ids: list[int], lost: list[str]) -> HttpResponse:
    """Nothing is saved: some of the concerns cannot be carried any more. The page says which and why, keeps the text,
    and goes on without them when the button is pressed once more."""
    actor, post = request.actor, request.POST
    form = DraftForm(actor=actor, initial=editor.typed(actor, post))
    concerns, left = queries.convertible(actor, ids), editor.FromWord.sent_along(post)
    shown = editor.context(actor, form, concerns=concerns, word=left, left_out=lost)
    return render(request, "briefs/text.html", shown, status=422)


def _concern_ids(request: Request) -> list[int]:
    """The concerns that a new brief is begun from, as the address or the form names them."""
    post = request.POST
    given = (
        [*post.getlist("concerns"), *post.getlist("join")] if request.method == "POST" else request.GET.getlist("id")
    )
    return [number for pk in given if (number := whole_number(pk))]


def _not_yet(request: Request, ids: list[int]) -> HttpResponse:
    """The new text's page once more, nothing saved: filled from a Word file, or with what is like it beside it."""
    actor, post = request.actor, request.POST
    initial, word, similar = editor.typed(actor, post), editor.FromWord.sent_along(post), None
    if _with_word(request):
        initial, word = editor.fill(actor, initial, request.FILES.get("word"), before=word)
    else:
        similar = queries.alike(actor, editor.whole_text(post), concerns=ids)
    form = DraftForm(actor=actor, initial=initial)
    concerns = queries.convertible(actor, ids)
    shown = editor.context(actor, form, concerns=concerns, word=word, alike=similar, asked=similar is not None)
    return render(request, "briefs/text.html", shown, status=422 if word and word.refused else 200)


@require_POST
@page(policy.WRITE)
def alike(request: Request) -> HttpResponse:
    """What is most like the text as it is being written: briefs and concerns of all years. Reads, and writes nothing;
    sent by POST because a text is too long for an address."""
    actor, pk = request.actor, whole_number(request.POST.get("brief", ""))
    brief = queries.get(actor, pk) if pk else None
    whole = editor.whole_text(request.POST)
    found = queries.alike(actor, whole, brief=brief, concerns=_concern_ids(request))
    joined = [number for pk in request.POST.getlist("join") if (number := whole_number(pk))]
    carried = queries.convertible(actor, joined) if joined else []
    context = {"alike": found, "asked": bool(whole.strip()), "brief": brief, "carried": carried}
    return render(request, "briefs/parts/alike.html" if request.htmx else "briefs/alike.html", context)


@GET_OR_POST
@page(policy.DESK)
def text(request: Request, pk: int) -> HttpResponse:
    """Go on writing or editing, with the words of the people and of the sources beside it. Every saved text stays."""
    actor = request.actor
    brief = queries.get(actor, pk)
    step = BRIEFS.move("edit" if brief.state == "editing" else "write")
    if step is None or not step.who.allows(actor, brief):
        raise NotAllowed(step.who.reason if step else "")
    if brief.state not in step.frm:
        raise IllegalMove(brief, step.name, BRIEFS.possible(actor, brief))
    if request.method != "POST":
        form = door.form_for(brief, step, actor)
        return render(request, "briefs/text.html", editor.context(actor, form, brief=brief))
    if request.POST.get("then") == "alike" or (step.name == "write" and _with_word(request)):
        return _shown_again(request, brief, step)
    try:
        brief = door.perform(brief, step.name, actor, request.POST, version=version_of(request))
    except Invalid as refused:
        left = editor.FromWord.sent_along(request.POST)
        shown = editor.context(actor, refused.form, brief=brief, word=left)
        return render(request, "briefs/text.html", shown, status=422)
    return _saved(request, brief)


@require_safe
@page(policy.DESK)
def versions(request: Request, pk: int) -> HttpResponse:
    """All versions, and what changed between two of them: `?old=`, `?new=` by number, else the last two."""
    actor = request.actor
    brief = queries.get(actor, pk)
    if policy.seen_as(actor, brief) != policy.INSIDE:
        raise NotAllowed(policy.read.reason)
    found = queries.versions(brief, queries.story(actor, brief))
    if not found:
        raise NotAllowed(policy.read.reason)
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


@require_POST
@page(policy.DESK)
def version_file(request: Request, pk: int, number: int) -> HttpResponseBase:
    """The Word file that a version was read from, for those who may read that version. It may hold whole telephone
    numbers: the journal keeps who opened it, but for whoever sent it."""
    actor = request.actor
    brief = queries.get(actor, pk)
    told = queries.story(actor, brief)
    found = next((each.file for each in told.from_files if each.number == number), None)
    if found is None:
        raise NotAllowed(policy.read.reason)
    if found.created_by_id != actor.user_id:
        door.note(brief, "file_opened", actor, version=number)
    return files.serve(found, download=True)


def _with_word(request: Request) -> bool:
    """Whether the form is to be filled from a file: by its button, or because one was chosen and is not read yet."""
    return request.POST.get("then") == "word" or bool(request.FILES.get("word"))


def _shown_again(request: Request, brief: Brief, step: Any) -> HttpResponse:
    """The text's page once more, nothing saved: filled from a Word file, or as it was typed with what is like it."""
    actor, post = request.actor, request.POST
    typed, word = editor.typed(actor, post), editor.FromWord.sent_along(post)
    more: dict[str, Any] = {}
    if step.name == "write" and _with_word(request):
        typed, word = editor.fill(actor, typed, request.FILES.get("word"), before=word, brief=brief)
    else:
        more = {"alike": queries.alike(actor, editor.whole_text(post), brief=brief), "asked": True}
    form = door.form_for(brief, step, actor)
    for name in form.fields:
        form.fields[name].initial = typed.get(name, "")
    shown = editor.context(actor, form, brief=brief, word=word, version=version_of(request), **more)
    return render(request, "briefs/text.html", shown, status=422 if word and word.refused else 200)


def _saved(request: Request, brief: Brief) -> HttpResponse:
    """After saving: handed on when that button was pressed, else to the brief."""
    told = _("Saved: %(number)s “%(title)s”") % {"number": brief.number, "title": brief.title}
    if editor.file_lost(request.actor, request.POST):
        messages.warning(request, _("The Word file was kept for a day only. The text is saved without it."))
    if request.POST.get("then") == "on":
        return _handed_on(request, brief, told)
    messages.success(request, told)
    if request.POST.get("then") == "stay":
        return redirect("briefs:text", brief.pk)
    return redirect(brief)


def _handed_on(request: Request, brief: Brief, told: str) -> HttpResponse:
    """On to the editors, or from the editor to the reviewer, in the same act. Where something is missing or has to be
    looked at first, the step's own page opens, and the word at its top says that the text is saved and no more."""
    actor, step = request.actor, BRIEFS.move("send_review" if brief.state == "editing" else "submit")
    if step is None or brief.state not in step.frm:  # the same form was sent twice: the first one did it
        messages.success(request, told)
        return redirect(brief)
    form = door.form_for(brief, step, actor, {})
    if form.is_valid() and not form.warnings:
        brief = door.perform(brief, step.name, actor, {})
        messages.success(request, said(step, brief))
        return redirect(f"{brief.get_absolute_url()}?done=1")
    why = "；".join(str(error) for errors in form.errors.values() for error in errors)
    messages.success(request, told)
    messages.warning(request, (_("It is not handed on yet. %(why)s") % {"why": why}).rstrip())
    return redirect("briefs:move", brief.pk, step.name)
