"""Pages of institutions: an overview, the matrix, and list, entry and correction of every register."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.kernel import door, journal
from tongxin.kernel.errors import Stale
from tongxin.kernel.request import Request
from tongxin.kernel.web import page, version_of

from .. import policy, queries
from ..models import Sector
from ..registers import REGISTERS

PER_PAGE = 50


@require_GET
@page(policy.MANAGERS)
def overview(request: Request) -> HttpResponse:
    """Every register with its size, and what is not in order."""
    actor = request.actor
    cards = [{"register": r, "count": r.rows(actor).count()} for r in REGISTERS.values()]
    today, assembly = timezone.localdate(), actor.assembly
    context = {
        "cards": cards,
        "unsettled": queries.unsettled(assembly, today) if assembly else 0,
        "no_convener": queries.without_convener(assembly, today) if assembly else [],
        "convening_ends": queries.convening_ends(assembly, today) if assembly else [],
        "no_term": not cards[0]["count"],
    }
    return render(request, "people/institutions.html", context)


@require_GET
@page(policy.MANAGERS)
def listing(request: Request, key: str) -> HttpResponse:
    register = REGISTERS[key]
    text, ended = request.GET.get("q", "").strip()[:60], request.GET.get("ended") == "1"
    rows = register.rows(request.actor, text, ended)
    here = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [{"record": record, "cells": [(c, c.of(record)) for c in register.columns]} for record in here]
    context = {"register": register, "page": here, "lines": lines, "q": text, "ended": ended}
    return render(request, "people/register.html", context)


@require_GET
@page(policy.MANAGERS)
def matrix(request: Request) -> HttpResponse:
    """Sectors by committees, with a warning for a sector that none or several look after."""
    assembly = request.actor.assembly
    today = timezone.localdate()
    committees, lines = queries.matrix(assembly, today)
    rows = [{"line": line, "cells": [line.cells.get(c.pk) for c in committees]} for line in lines]
    context = {
        "register": REGISTERS["matrix"],
        "committees": committees,
        "rows": rows,
        "orphans": [line for line in lines if line.orphan],
        "shared": [line for line in lines if line.shared],
        "today": today,
    }
    return render(request, "people/matrix.html", context)


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def enter(request: Request, key: str) -> HttpResponse:
    register, actor = REGISTERS[key], request.actor
    initial = {name: request.GET[name] for name in register.fields if name in request.GET}
    form = register.form(actor, data=request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        record = register.save(form, actor)
        messages.success(request, _("%(name)s is entered.") % {"name": record})
        return redirect(_list_of(key))
    return _form_page(request, register, form)


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def correct(request: Request, key: str, pk: int) -> HttpResponse:
    """Correct a record. Who is late sees what the other changed, and keeps what was typed."""
    register, actor = REGISTERS[key], request.actor
    record = get_object_or_404(policy.manage.filter(actor, register.model._default_manager.all()), pk=pk)
    form = register.form(actor, record, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = register.save(form, actor, version_of(request))
        except Stale as late:
            return _form_page(request, register, form, record=late.record, late=late, status=409)
        messages.success(request, _("%(name)s is saved.") % {"name": changed})
        return redirect(_list_of(key))
    return _form_page(request, register, form, record=record)


@require_POST
@page(policy.MANAGERS)
def national(request: Request) -> HttpResponse:
    """Take the 34 national sectors as a start; those whose name is there already are left out."""
    actor = request.actor
    text = resources.files("tongxin.people").joinpath("data", "sectors_national.toml").read_text("utf-8")
    have = set(Sector.objects.filter(assembly=actor.assembly).values_list("name", flat=True))
    codes = set(Sector.objects.filter(assembly=actor.assembly).values_list("code", flat=True))
    made = 0
    with transaction.atomic():
        for position, entry in enumerate(tomllib.loads(text)["sector"], 1):
            if entry["zh"] in have or entry["code"] in codes:
                continue
            sector = Sector(
                assembly=actor.assembly,
                code=entry["code"],
                name=entry["zh"],
                name_en=entry["en"],
                category=entry["category"],
                national=entry["code"],
                position=position,
            )
            door.establish(sector, actor, policy.manage)
            made += 1
    messages.success(request, ngettext("%(n)d sector entered.", "%(n)d sectors entered.", made) % {"n": made})
    return redirect("people:register", key="sectors")


def _form_page(
    request: Request, register: Any, form: Any, *, record: Any = None, late: Stale | None = None, status: int = 0
) -> HttpResponse:
    context: dict[str, Any] = {"register": register, "form": form, "record": record}
    if record is not None:
        context["story"] = journal.timeline(record)
    if late is not None:
        context["changed"] = journal.describe(late.entry, type(late.record)) if late.entry else None
        context["theirs"] = _differences(form, late.record)
        context["late"] = True
    return render(request, "people/register_form.html", context, status=status or (422 if form.errors else 200))


def _differences(form: Any, now: Any) -> list[tuple[Any, Any]]:
    """Fields in which what was typed differs from what stands there now: (label, what stands there)."""
    found = []
    for name, value in form.cleaned_data.items():
        if getattr(now, name) != value:
            shown = getattr(now, f"get_{name}_display", lambda n=name: getattr(now, n))()
            found.append((form.fields[name].label, "—" if shown in (None, "") else shown))
    return found


def _list_of(key: str) -> str:
    return reverse("people:matrix") if key == "matrix" else reverse("people:register", args=[key])
