"""My people, the register, one constituent: enrol, reveal, link, and each move's form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.kernel import door, journal
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.personal import mask_name, mask_phone
from tongxin.kernel.request import Request
from tongxin.kernel.text import joined, whole_number
from tongxin.kernel.web import page, version_of
from tongxin.people import queries as institutions

from .. import lists, personal, policy, queries
from ..forms.people import EnrolForm
from ..models import Constituent
from ..workflow import CONSTITUENTS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page(policy.MINE)
def mine(request: Request) -> HttpResponse:
    """The member's own people with the days since the last contact, the area and the year's plan."""
    actor, today = request.actor, timezone.localdate()
    people = queries.near.mine(actor, today)
    member = people[0].link.member if people else queries.members.own_seat(actor)
    progress = queries.plans.progress([member], today.year)[0] if member else None
    context = {
        "people": people,
        "short": queries.near.short_of(actor, len(people)),
        "unnamed": queries.records.unnamed(actor, today),
        "held": queries.areas.mine(actor),
        "progress": progress,
        "member": member,
        "year": today.year,
        "oversees": policy.OVERSIGHT(actor),
        "arranges": policy.ARRANGING(actor),
    }
    return render(request, "contact/mine.html", context)


@require_safe
@page(policy.OVERSIGHT)
def register(request: Request) -> HttpResponse:
    """Who is enrolled, as far as the actor sees them; names are masked."""
    actor, today = request.actor, timezone.localdate()
    filters = queries.people.Filters.read(request.GET)
    found = queries.people.register(actor, filters, today)
    rows = []
    for person in found:
        links = queries.near.of(person.now, today)
        freshest = min(links, key=lambda link: link.days if link.days is not None else 10**6) if links else None
        rows.append((person, mask_name(person.name) or str(person), links, freshest))
    context = {
        "page": found,
        "rows": rows,
        "filters": filters,
        "sectors": institutions.sectors(actor.assembly, today),
        "states": CONSTITUENTS.states,
        "arranges": policy.ARRANGING(actor),
        "merges": policy.MERGING(actor),
        "waiting": queries.people.waiting(actor).exists() if policy.ARRANGING(actor) else False,
    }
    return render(request, "contact/people.html", context)


@GET_OR_POST
@page(policy.ENROLLING)
def enrol(request: Request) -> HttpResponse:
    """Enrol somebody with consent; whoever is known already is shown and offered to be linked instead."""
    actor = request.actor
    form: Any = EnrolForm(actor=actor, now=timezone.now(), initial=_wanted(request))
    status = 200
    if request.method == "POST":
        try:
            person = door.begin(CONSTITUENTS, "enrol", actor, request.POST)
        except Invalid as refused:
            form, status = refused.form, 422
        else:
            messages.success(request, _("%(name)s is enrolled.") % {"name": request.POST.get("name", "").strip()})
            return _onward(request, person)
    context = {"form": form, "twins": _twins(actor, form), "arranges": policy.ARRANGING(actor)}
    return render(request, "contact/enrol.html", context, status=status)


def _wanted(request: Request) -> dict[str, Any]:
    """Whom the address asks to enrol for; a member's sector is offered first."""
    actor = request.actor
    member = whole_number(request.GET.get("member", ""))
    seat = queries.members.own_seat(actor)
    found: dict[str, Any] = {"member": member} if member else {}
    return found | ({"sector": seat.sector_id} if seat else {})


def _twins(actor: Actor, form: EnrolForm) -> list[dict[str, Any]]:
    """Who seems to be the same person: told by what was typed anyway, and with whom."""
    found = []
    for offer in form.offers:
        twin, links = offer.person, queries.people.links_of(offer.person)
        found.append(
            {
                "person": twin,
                "name": personal.shown_name(actor, twin),
                "place": twin.place if offer.readable else "",
                "phone": mask_phone(twin.phone),
                "members": [str(link.member) for link in links],
                "mine": any(link.member_id in policy.seats(actor) for link in links),
                "may_read": offer.readable,
                "active": twin.state == "active",
                "key": offer.key,
            }
        )
    return found


@require_POST
@page(policy.ENROLLING)
def join(request: Request, pk: int) -> HttpResponse:
    """Link somebody found as a twin to the member for whom the person was to be enrolled."""
    actor = request.actor
    key = request.POST.get("key", "")
    person = queries.people.offered(actor, pk, key)
    member = request.POST.get("member") or next(iter(policy.seats(actor)), "")
    try:
        door.perform(person, "join", actor, {"member": member, "key": key})
    except Invalid as refused:
        messages.error(request, joined(each for row in refused.form.errors.values() for each in row))
        return redirect("contact:enrol")
    _warn_of_others(request, person)
    messages.success(request, _("Linked; nobody is enrolled twice."))
    return _onward(request, person)


@require_safe
@page(policy.DESK)
def constituent(request: Request, pk: int) -> HttpResponse:
    return _show(request, queries.people.get(request.actor, pk))


@require_POST
@page(policy.DESK)
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show name and telephone once; the journal keeps who looked."""
    actor = request.actor
    person = queries.people.get(actor, pk)
    if not policy.reveal.allows(actor, person) or not person.name:
        raise NotAllowed(policy.reveal.reason)
    door.note(person, "revealed", actor)
    return _show(request, person, revealed=True)


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """A move's form, and the move itself."""
    actor = request.actor
    person, step = queries.people.get(actor, pk), CONSTITUENTS.move(move)
    if step is None or step.creates or step.hidden or not step.who.allows(actor, person):
        raise NotAllowed(step.who.reason if step else "")
    form = door.form_for(person, step, actor, initial={"link": request.GET.get("link")})
    status = 200
    if request.method == "POST":
        try:
            person = door.perform(person, move, actor, request.POST, version=version_of(request))
        except Invalid as refused:
            form, status = refused.form, 422
        else:
            return _done(request, person, step)
    elif person.state not in step.frm:
        return redirect(person)
    alike = queries.people.namesakes(actor, person) if move == "forget" else []
    context = {
        "person": person, "name": personal.shown_name(actor, person), "move": step, "form": form, "namesakes": alike,
    }  # fmt: skip
    return render(request, "contact/move.html", context, status=status)


def _done(request: Request, person: Constituent, step: Any) -> HttpResponse:
    """Say it, warn of what needs a look, and lead to where the actor may still go."""
    if step.name == "forget":
        personal.sweep()
    if step.name in ("link", "hand_over"):
        _warn_of_others(request, person)
    messages.success(request, _("Done: %(what)s.") % {"what": str(step.label).removesuffix("…")})
    return _onward(request, person)


def _onward(request: Request, person: Constituent) -> HttpResponse:
    """To the person, or where the actor may still go when the link ended with it."""
    fresh = institutions.actor_of(request.user)  # type: ignore[arg-type] # links have begun or ended just now
    if policy.read.allows(fresh, person):
        return redirect(person)
    return redirect("contact:mine" if policy.MINE(fresh) else "contact:people")


def _warn_of_others(request: Request, person: Constituent) -> None:
    """Several members may keep contact with one person; it should be meant."""
    links = queries.people.links_of(person)
    if len(links) > 1:
        names = "、".join(str(link.member) for link in links)
        text = ngettext(
            "%(n)d member keeps contact with this person: %(names)s.",
            "%(n)d members keep contact with this person: %(names)s. Is that meant?",
            len(links),
        )
        messages.warning(request, text % {"n": len(links), "names": names})


def _show(request: Request, person: Constituent, revealed: bool = False) -> HttpResponse:
    actor = request.actor
    told = queries.people.story(actor, person)
    seats = policy.seats(actor)
    linked = any(link.member_id in seats for link in told.current)
    possible = [step for step in CONSTITUENTS.possible(actor, person) if not step.hidden]
    context = {
        "person": person,
        "name": person.name if revealed else personal.shown_name(actor, person, linked),
        "whole": revealed or linked,
        "call": person.phone.replace("-", ",") if revealed else "",  # a pause before the extension
        "phone": person.phone.removeprefix("+86") if revealed else mask_phone(person.phone),
        "revealed": revealed,
        "may_reveal": bool(person.name) and policy.reveal.allows(actor, person) and (person.phone or not linked),
        "state": CONSTITUENTS.state(person.state),
        "told": told,
        "linked": linked,
        "purposes": lists.labels(person.assembly_id, lists.PURPOSES_LIST, person.consent_for),
        "channels": dict(lists.every(person.assembly_id, lists.CHANNELS_LIST)),
        "moves": [step for step in possible if step.name not in ("unlink", "hand_over")],
        "may": {step.name for step in possible},
        "events": journal.timeline(person),
        "seats": seats,
    }
    return render(request, "contact/constituent.html", context)
