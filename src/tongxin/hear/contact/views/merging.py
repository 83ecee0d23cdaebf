"""Two entries of one person: look for the other, see what comes of it, merge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import door
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.personal import mask_name, mask_phone
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import policy, queries
from ..models import Constituent
from ..workflow import CONSTITUENTS


@require_safe
@page(policy.MERGING)
def find(request: Request, pk: int) -> HttpResponse:
    """Who may be the same person as this one."""
    actor = request.actor
    person = queries.people.get(actor, pk)
    if not policy.merge.allows(actor, person):
        raise NotAllowed(policy.merge.reason)
    if person.is_closed:
        return redirect(person)
    words = request.GET.get("q", "").strip()[:60]
    found = queries.merging.candidates(actor, person, words)
    # Kept is the older one, unless somebody turns them round in the preview.
    rows = [(_shown(each), min(each.pk, person.pk), max(each.pk, person.pk)) for each in found]
    context = {"person": person, "name": mask_name(person.name), "words": words, "rows": rows}
    return render(request, "contact/merge_find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.MERGING)
def merge(request: Request, pk: int, other: int) -> HttpResponse:
    """The entry `pk` is kept and `other` closed: what comes of it is shown first."""
    actor = request.actor
    kept, closed = queries.merging.pair(actor, pk, other)
    step = CONSTITUENTS.move("merge")
    form = door.form_for(closed, step, actor) if step else None
    status = 200
    if request.method == "POST":
        told = {"into": pk, "number": request.POST.get("number", "")}
        told["drop_number"] = request.POST.get("drop_number", "")
        told["kept_version"] = request.POST.get("kept_version", "")
        try:
            door.perform(closed, "merge", actor, told, version=version_of(request))
        except Invalid as refused:
            form, status = refused.form, 422
        else:
            messages.success(request, _("Merged: from now on there is one entry."))
            return redirect(kept)
    told_of = queries.merging.preview(kept, closed)
    context: dict[str, Any] = {
        "kept": kept,
        "closed": closed,
        "form": form,
        "told": told_of,
        "number": mask_phone(told_of.number),
        "dropped": "、".join(dict.fromkeys(mask_phone(each.phone) for each in told_of.dropped)),
        "sides": [_side(side) for side in told_of.sides],
        "state": CONSTITUENTS.state(told_of.standing.state),
    }
    return render(request, "contact/merge.html", context, status=status)


def _shown(person: Constituent) -> dict[str, Any]:
    return {
        "person": person,
        "name": mask_name(person.name),
        "phone": mask_phone(person.phone),
        "state": CONSTITUENTS.state(person.state),
    }


def _side(side: queries.merging.Side) -> dict[str, Any]:
    return {**_shown(side.person), "side": side}
