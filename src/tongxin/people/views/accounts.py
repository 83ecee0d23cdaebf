"""Accounts and roles. The administrator sees who can sign in and as what; contents are not shown here."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.kernel.errors import Stale
from tongxin.kernel.personal import mask_phone
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page

from .. import accounts as doing
from .. import convening, phones, policy, queries, roles
from ..forms.accounts import AccountForm, PersonForm, RoleForm
from ..models import Member, RoleGrant, User

PER_PAGE = 50


@require_GET
@page(policy.ADMINISTRATORS)
def listing(request: Request) -> HttpResponse:
    actor = request.actor
    text, role = request.GET.get("q", "").strip()[:60], request.GET.get("role", "")
    here = Paginator(queries.find_users(actor, text, role), PER_PAGE).get_page(request.GET.get("page"))
    held = queries.grants_here(actor, here)
    names = queries.scope_names(grant for grants in held.values() for grant in grants)
    lines = [{"user": user, "roles": _roles(held[user.pk], names)} for user in here]
    context = {"page": here, "lines": lines, "q": text, "role": role, "every_role": roles.every()}
    return render(request, "people/accounts.html", context)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def create(request: Request) -> HttpResponse:
    """A new account with its first role. `?member=` fills in a member's name and telephone."""
    actor = request.actor
    member = _asked_member(request)
    role = request.POST.get("role") or request.GET.get("role") or (roles.MEMBER if member else "")
    initial = {"name": member.name, "phone": phones.readable(member.person.phone)} if member else {}
    form = AccountForm(request.POST or None, initial=initial)
    given = RoleForm(request.POST or None, actor=actor, role=role, initial={"role": role, "scope": member})
    if request.method == "POST" and "choose" not in request.POST and form.is_valid() and given.is_valid():
        with transaction.atomic():
            user, password = doing.create(actor, **form.cleaned_data)
            doing.grant(user, given.cleaned_data["role"], actor, scope=given.scope_id)
        return _show(request, user, password=password)
    if "choose" in request.POST:
        form = AccountForm(initial=request.POST.dict())
        given = RoleForm(actor=actor, role=role, initial={"role": role})
    context = {"form": form, "given": given, "role": role, "member": member}
    refused = request.method == "POST" and "choose" not in request.POST
    return render(request, "people/account_form.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def detail(request: Request, pk: int) -> HttpResponse:
    user, actor = _user(request, pk), request.actor
    if request.method == "GET":
        return _show(request, user)
    form = PersonForm(request.POST, user=user)
    if not form.is_valid():
        return _show(request, user, form=form, status=422)
    try:
        doing.change(user, actor, form.cleaned_data, seen=request.POST.get("seen"))
    except Stale:
        return _show(request, user, form=form, status=409)
    messages.success(request, _("%(name)s is saved.") % {"name": user})
    return redirect("people:account", pk=pk)


@require_POST
@page(policy.ADMINISTRATORS)
def password(request: Request, pk: int) -> HttpResponse:
    """A new first password, shown this once."""
    user = _user(request, pk)
    fresh = doing.reset_password(user, request.actor)
    get_adapter().forget_failures(request, user)
    return _show(request, user, password=fresh)


@require_POST
@page(policy.ADMINISTRATORS)
def second_step(request: Request, pk: int) -> HttpResponse:
    """Switch two-step sign-in off for somebody whose telephone is lost."""
    user = _user(request, pk)
    doing.drop_second_step(user, request.actor)
    messages.success(request, _("%(name)s signs in with name and password only now.") % {"name": user})
    return redirect("people:account", pk=pk)


@require_POST
@page(policy.ADMINISTRATORS)
def active(request: Request, pk: int) -> HttpResponse:
    """Close an account (`on` empty) or open it again (`on=1`)."""
    user, on = _user(request, pk), request.POST.get("on") == "1"
    doing.set_active(user, request.actor, on)
    told = _("The account of %(name)s is open again.") if on else _("The account of %(name)s is closed.")
    messages.success(request, told % {"name": user})
    return redirect("people:account", pk=pk)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def grant(request: Request, pk: int) -> HttpResponse:
    """Choose a role, then what it is limited to."""
    user, actor = _user(request, pk), request.actor
    role = request.POST.get("role") or request.GET.get("role", "")
    form = RoleForm(request.POST or None, actor=actor, role=role, user=user, initial={"role": role})
    if request.method == "POST" and form.is_valid():
        given = doing.grant(user, form.cleaned_data["role"], actor, scope=form.scope_id)
        told = {"name": user, "role": roles.get(given.role).label}
        messages.success(request, _("%(name)s is now: %(role)s.") % told)
        return redirect("people:account", pk=pk)
    context = {"account": user, "form": form, "role": role, "every_role": roles.every()}
    return render(request, "people/account_role.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.ADMINISTRATORS)
def revoke(request: Request, pk: int, grant_pk: int) -> HttpResponse:
    actor = request.actor
    rows = policy.administer.filter(actor, RoleGrant.objects.filter(user=_user(request, pk)))
    held = get_object_or_404(rows, pk=grant_pk)
    if doing.is_last_administrator(held):
        messages.error(request, _("An assembly needs an administrator: give the role to somebody else first."))
    elif held.role == roles.CONVENER and convening.holds(held.user, held.scope):
        messages.error(request, _("This role comes with the register of conveners: end the entry there."))
    else:
        doing.revoke(held, actor)
        messages.success(request, _("The role “%(role)s” is ended.") % {"role": roles.get(held.role).label})
    return redirect("people:account", pk=pk)


# A person's own account


@require_GET
def forgotten(request: Request) -> HttpResponse:
    """Whom to ask for a new password; nothing is sent by e-mail."""
    return render(request, "account/password_reset.html")


@require_http_methods(["GET", "POST"])
@page(policy.SIGNED_IN)
def sessions(request: Request) -> HttpResponse:
    """Where I am signed in. POST ends all other sessions. (allauth's own page writes when it is only looked at.)"""
    mine = UserSession.objects.filter(user=request.user).order_by("created_at")
    if request.method == "POST":
        return _end(request, mine)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    alive = [session for session in mine if store.exists(session.session_key)]
    context = {"sessions": alive, "session_count": len(alive)}
    return render(request, "usersessions/usersession_list.html", context)


@require_POST
@page(policy.SIGNED_IN)
def end_session(request: Request, pk: int) -> HttpResponse:
    """Sign out in one other place."""
    return _end(request, UserSession.objects.filter(user=request.user, pk=pk))


def _end(request: Request, leaving: Iterable[UserSession]) -> HttpResponse:
    for session in leaving:
        if not session.is_current():
            session.end()
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


def _show(
    request: Request, user: User, *, form: PersonForm | None = None, password: str = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    held = queries.grants_here(actor, [user])[user.pk]
    initial = {"name": user.name, "email": user.email}
    context = {
        "account": user,
        "roles": _roles(held, queries.scope_names(held)),
        "form": form or PersonForm(initial=initial, user=user),
        "password": password,
        "in_charge": doing.in_charge(actor, user),
        "is_me": user.pk == actor.user_id,
        "second_step": doing.has_second_step(user),
        "seen": doing.fingerprint(user),
        "late": status == 409,
        "theirs": _theirs(user) if status == 409 else [],
        "story": queries.story(user, actor.assembly_id),
    }
    return render(request, "people/account.html", context, status=status)


def _theirs(user: User) -> list[tuple[Any, str]]:
    """What stands there now, for whoever was late; a number only as far as it is shown anyway."""
    shown = {"name": user.name, "phone": mask_phone(user.phone), "email": user.email}
    return [(User._meta.get_field(name).verbose_name, value or "—") for name, value in shown.items()]  # type: ignore


def _roles(held: list[RoleGrant], names: dict[tuple[str, int], str]) -> list[dict[str, Any]]:
    return [
        {"grant": grant, "label": roles.get(grant.role).label, "scope": names.get((grant.role, grant.scope or 0), "")}
        for grant in held
    ]


def _user(request: Request, pk: int) -> User:
    return get_object_or_404(queries.known_users(request.actor), pk=pk)


def _asked_member(request: Request) -> Member | None:
    asked = whole_number(request.GET.get("member", ""))
    if asked is None:
        return None
    rows = policy.administer.filter(request.actor, Member.objects.select_related("person"))
    return rows.filter(pk=asked, person__user=None).first()
