"""The directory of members, a member's page, admission, correction and the moves of a seat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.kernel import door, journal, search
from tongxin.kernel.errors import Invalid, NotAllowed, Stale
from tongxin.kernel.personal import mask_phone
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page, version_of

from .. import actions, phones, policy, queries, receiving
from ..forms.members import AdmitForm, MemberForm
from ..models import Member, Term
from ..workflow import MEMBER

PER_PAGE = 50
FILTERS = ("q", "sector", "committee", "duty", "state", "entrepreneur")


@require_GET
@page(policy.DIRECTORY_READERS)
def directory(request: Request) -> HttpResponse:
    """Who sits in this assembly; filters stand in the address."""
    actor = request.actor
    filters = {name: request.GET.get(name, "") for name in FILTERS}
    here = Paginator(queries.members(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": here,
        "filters": filters,
        "wordless": search.wordless(filters["q"]),
        "filtered": any(filters.values()),
        "sectors": queries.sectors(actor.assembly, today),
        "committees": queries.committees(actor.assembly, today),
        "duties": Member.Duty.choices,
        "states": MEMBER.states,
        "manages": policy.MANAGERS(actor),
    }
    return render(request, "people/members.html", context)


@require_GET
@page(policy.DIRECTORY_READERS)
def detail(request: Request, pk: int) -> HttpResponse:
    return _show(request, _member(request, pk))


@require_POST
@page(policy.DIRECTORY_READERS)
def phone(request: Request, pk: int) -> HttpResponse:
    """Show the whole number; who looked at it stands in the journal."""
    member, actor = _member(request, pk), request.actor
    if not policy.reveal_phone.allows(actor, member):
        raise NotAllowed(policy.reveal_phone.reason)
    door.note(member, "revealed", actor)
    return _show(request, member, phone=phones.readable(member.person.phone))


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def admit(request: Request) -> HttpResponse:
    """Enter a new member; to the newest term unless another is chosen."""
    actor = request.actor
    form = AdmitForm(actor=actor, now=timezone.now(), initial={"term": _newest_term(actor)})
    if request.method == "POST":
        try:
            member = door.begin(MEMBER, "admit", actor, request.POST)
        except Invalid as refused:
            form = refused.form
        else:
            messages.success(request, _("%(name)s is admitted.") % {"name": member})
            return redirect("people:member", pk=member.pk)
    return render(request, "people/member_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(policy.DIRECTORY_READERS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a member; who is late keeps what was typed."""
    member, actor = _member(request, pk), request.actor
    if not policy.manage.allows(actor, member):
        raise NotAllowed(policy.manage.reason)
    initial = {name: getattr(member.person, name) for name in actions.PERSON_FIELDS}
    initial |= {name: getattr(member, name) for name in actions.SEAT_FIELDS}
    initial["phone"] = ""
    form = MemberForm(request.POST or None, initial=initial, record=member, actor=actor, now=timezone.now())
    context: dict[str, Any] = {"form": form, "member": member}
    status = 200
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            actions.correct(
                member,
                actor,
                {name: cleaned[name] for name in actions.PERSON_FIELDS},
                {name: cleaned[name] for name in actions.SEAT_FIELDS},
                person_version=whole_number(request.POST.get("person_version", "")),
                seat_version=version_of(request),
            )
        except Stale as late:
            changed = journal.describe(late.entry, type(late.record)) if late.entry else None
            context |= {"late": True, "changed": changed, "member": _member(request, pk)}
            status = 409
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": cleaned["name"]})
            return redirect("people:member", pk=pk)
    return render(request, "people/member_form.html", context, status=422 if form.errors else status)


@require_http_methods(["GET", "POST"])
@page(policy.DIRECTORY_READERS)
def move(request: Request, pk: int, name: str) -> HttpResponse:
    """A seat rests, goes on or ends."""
    member, actor = _member(request, pk), request.actor
    step = MEMBER.move(name)
    if step is None or step.creates:
        raise Http404
    if request.method == "POST":
        try:
            door.perform(member, name, actor, request.POST, version=version_of(request))
        except Invalid as refused:
            return _move_page(request, member, step, refused.form, 422)
        messages.success(request, _("%(name)s: %(done)s.") % {"name": member, "done": step.label})
        return redirect("people:member", pk=pk)
    if step not in MEMBER.possible(actor, member):
        raise Http404
    return _move_page(request, member, step, door.form_for(member, step, actor), 200)


def _move_page(request: Request, member: Member, step: Any, form: Any, status: int) -> HttpResponse:
    return render(request, "people/member_move.html", {"member": member, "move": step, "form": form}, status=status)


def _show(request: Request, member: Member, phone: str = "") -> HttpResponse:
    actor = request.actor
    manages, moves = policy.manage.allows(actor, member), MEMBER.possible(actor, member)
    context = {
        "member": member,
        "person": member.person,
        "state": MEMBER.state(member.state),
        "phone": phone,
        "masked": mask_phone(member.person.phone),
        "may_reveal": bool(member.person.phone) and policy.reveal_phone.allows(actor, member),
        "manages": manages,
        "may_have_account": policy.administer.allows(actor, member) and member.person.user_id is None,
        "moves": [move for move in moves if not move.hidden],
        "receives": receiving.said(member) if policy.receive.allows(actor, member) else "",
        "may_say": any(move.name == "receive" for move in moves),
        "story": journal.timeline(member) if manages else [],
        "seats": member.person.seats.exclude(pk=member.pk).select_related("assembly", "term"),
        "convening": member.convening.select_related("sector"),
        "led": member.led_sectors.select_related("sector"),
        "today": timezone.localdate(),
    }
    return render(request, "people/member.html", context)


def _member(request: Request, pk: int) -> Member:
    rows = Member.objects.select_related("person", "sector", "committee", "term")
    return get_object_or_404(policy.read_directory.filter(request.actor, rows), pk=pk)


def _newest_term(actor: Any) -> Term | None:
    return Term.objects.filter(assembly=actor.assembly).order_by("-number").first()
