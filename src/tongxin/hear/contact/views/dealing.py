"""Handing a member's people over, and dealing a whole sector out: planned, shown, then done at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.personal import mask_name
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page
from tongxin.people import queries as institutions
from tongxin.people import roles

from .. import dealing, policy, queries
from ..forms.links import TransferForm

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@page(policy.ARRANGING)
def transfer(request: Request) -> HttpResponse:
    """Whose people wait because their member left; and all of one member's people to another in one act."""
    actor = request.actor
    wanted = whole_number(request.GET.get("member", ""))
    member = queries.members.arranged(actor, wanted) if wanted else None
    if member is None:
        return render(request, "contact/transfer.html", {"leavers": queries.people.leavers(actor)})
    form = TransferForm(
        request.POST if request.method == "POST" else None, actor=actor, now=timezone.now(), leaver=member
    )
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        steps = dealing.all_of(actor, member, cleaned["to"])
        reason = cleaned["reason"] or dealing.reason_of("member")
        done = dealing.carry_out(steps, actor, cleaned["on"], reason)
        said = ngettext("%(n)d person is now with %(name)s.", "%(n)d people are now with %(name)s.", done)
        messages.success(request, said % {"n": done, "name": cleaned["to"]})
        return redirect("contact:transfer")
    links = queries.people.links_from(actor, member)
    people = [(link, mask_name(link.constituent.name)) for link in links]
    context = {"member": member, "form": form, "people": people}
    return render(request, "contact/transfer_one.html", context, status=422 if form.errors else 200)


@GET_OR_POST
@page(policy.ARRANGING)
def reassign(request: Request) -> HttpResponse:
    """Deal a sector's people out evenly: who gets whom is shown first, and done all at once or not at all."""
    actor, today = request.actor, timezone.localdate()
    sectors = institutions.sectors(actor.assembly, today)
    if not actor.has(roles.OFFICE):
        sectors = sectors.filter(pk__in=actor.scopes(roles.CONVENER))
    number = whole_number(request.GET.get("sector", ""))
    if not number and request.method != "POST" and len(sectors) == 1:
        number = sectors[0].pk
    if not number:
        return render(request, "contact/reassign.html", {"sectors": sectors})
    sector = sectors.filter(pk=number).first()
    if sector is None:
        raise NotAllowed(policy.arrange.reason)
    if request.method == "POST":
        try:
            steps = dealing.unseal(actor, request.POST.get("plan", ""))
        except dealing.Changed:
            messages.error(request, _("Something changed meanwhile, so nothing was done. Look at the new preview."))
            return redirect(f"{reverse('contact:reassign')}?sector={number}")
        done = dealing.carry_out(steps, actor, today, dealing.reason_of("sector"))
        said = ngettext("%(n)d person has a new member.", "%(n)d people have a new member.", done)
        messages.success(request, said % {"n": done})
        return redirect(f"{reverse('contact:people')}?sector={number}")
    plan = dealing.plan(actor, sector)
    context: dict[str, Any] = {"sectors": sectors, "sector": sector, "plan": plan, "shares": _shown(plan)}
    return render(request, "contact/reassign.html", context)


def _shown(plan: dealing.Plan) -> list[dict[str, Any]]:
    """The shares with masked names: who stays, who is new and from whom."""
    return [
        {
            "member": share.member,
            "size": share.size,
            "kept": [mask_name(person.name) for person in share.kept],
            "new": [(mask_name(step.constituent.name), step.link.member if step.link else None) for step in share.new],
        }
        for share in plan.shares
    ]
