"""The tree of assemblies, an assembly's names, and where somebody with several works now."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.kernel.request import Request
from tongxin.kernel.text import stamp
from tongxin.kernel.web import page

from .. import accounts, policy, queries, roles
from ..forms.accounts import AccountForm, AssemblyForm, levels_below
from ..models import Assembly, RoleGrant


@require_GET
@page(policy.MANAGERS)
def tree(request: Request) -> HttpResponse:
    """Those above and below. An upper assembly guides a lower one; it does not look into its papers."""
    actor = request.actor
    led = set(RoleGrant.objects.filter(role=roles.SYSADMIN, user__is_active=True).values_list("assembly_id", flat=True))
    lines = [
        {
            "assembly": each,
            "depth": depth,
            "own": each.pk == actor.assembly_id,
            "editable": _may_edit(request, each),
            "needs_administrator": each.parent_id == actor.assembly_id and each.pk not in led,
        }
        for each, depth in (queries.family(actor.assembly) if actor.assembly else [])
    ]
    context = {"lines": lines, "administers": policy.ADMINISTRATORS(actor)}
    return render(request, "people/assemblies.html", context)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def enter(request: Request) -> HttpResponse:
    """A new assembly below the actor's own."""
    parent = request.actor.assembly
    initial = {"level": levels_below(parent)[0], "code": parent.code}
    form = AssemblyForm(request.POST or None, initial=initial, by=parent)
    if request.method == "POST" and form.is_valid():
        form.instance.parent = parent
        return _saved(request, form)
    return render(request, "people/assembly_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def correct(request: Request, pk: int) -> HttpResponse:
    assembly = _editable(request, pk)
    form = AssemblyForm(request.POST or None, instance=assembly, by=request.actor.assembly)
    seen = stamp(*(getattr(assembly, name) for name in AssemblyForm.Meta.fields))  # before the form fills it
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen", seen) == seen:
            return _saved(request, form)
        late = Assembly.objects.get(pk=pk)
        theirs = [(field.label, getattr(late, name) or "—") for name, field in form.fields.items()]
        context = {"form": form, "assembly_edited": late, "seen": seen, "late": True, "theirs": theirs}
        return render(request, "people/assembly_form.html", context, status=409)
    context = {"form": form, "assembly_edited": assembly, "seen": seen}
    return render(request, "people/assembly_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(policy.ADMINISTRATORS)
def administrator(request: Request, pk: int) -> HttpResponse:
    """Appoint the first administrator of a lower assembly; from then on it looks after itself."""
    actor = request.actor
    headless = Assembly.objects.filter(parent=actor.assembly).exclude(
        pk__in=RoleGrant.objects.filter(role=roles.SYSADMIN, user__is_active=True).values("assembly")
    )
    lower = get_object_or_404(headless, pk=pk)
    form = AccountForm(request.POST or None)
    context = {"form": form, "lower": lower}
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user, password = accounts.create(actor, **form.cleaned_data)
            accounts.grant(user, roles.SYSADMIN, actor, assembly=lower)
        context |= {"account": user, "password": password}
    return render(request, "people/assembly_administrator.html", context, status=422 if form.errors else 200)


@require_POST
@page(policy.SIGNED_IN)
def switch(request: Request) -> HttpResponse:
    """Work in another of the assemblies where the actor holds a role."""
    wanted = request.POST.get("assembly", "")
    for assembly in request.actor.facts.get("assemblies", []):
        if str(assembly.pk) == wanted:
            request.session["assembly"] = assembly.pk
            messages.success(request, _("You now work in %(name)s.") % {"name": assembly})
    return redirect("home")


def _may_edit(request: Request, assembly: Assembly) -> bool:
    actor = request.actor
    return policy.ADMINISTRATORS(actor) and actor.assembly_id in (assembly.pk, assembly.parent_id)


def _editable(request: Request, pk: int) -> Assembly:
    own = request.actor.assembly_id
    rows = Assembly.objects.filter(pk=own) | Assembly.objects.filter(parent=own)
    return get_object_or_404(rows, pk=pk)


def _saved(request: Request, form: AssemblyForm) -> HttpResponse:
    with transaction.atomic():
        assembly = form.save()
        accounts.record(assembly, "assembly_changed", request.actor, note=str(assembly))
    messages.success(request, _("%(name)s is saved.") % {"name": assembly})
    return redirect("people:assemblies")
