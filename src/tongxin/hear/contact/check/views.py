"""The 1158 check: who keeps contact as the method asks, the records behind each number, and a reminder with one tap."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.documents.writing import write_xlsx
from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page
from tongxin.people import phones
from tongxin.people import policy as people_policy

from . import lines, measuring, policy, reminding
from .lines import ANY, Asked, Check
from .measuring import CELLS, GROUPED
from .records import Records

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMED_AT_MOST = 12  # people named in a preview; the others are counted


@require_safe
@page(policy.CHECK)
def index(request: Request) -> HttpResponse:
    """Lines of members, sectors, committees or counties; filters and order stand in the address."""
    shown = _check(request)
    totals = shown.totals()
    grouped = shown.asked.by in GROUPED
    size = -1 if shown.asked.short or shown.asked.full else totals.members
    context: dict[str, Any] = {
        "check": shown,
        "asked": shown.asked,
        "cells": CELLS,
        "totals": shown.group_line(totals, _("all together")),
        "grouped": grouped,
        "lines": shown.groups() if grouped else None,
        "page": None if grouped else shown.page(request.GET.get("page", ""), size),
        "incomplete": measuring.incomplete_lists(shown.by.assembly_id),
        "warns": policy.KEEPS_LISTS(request.actor),
        "kinds": _kinds(request.actor),
        "any": ANY,
        "broad": policy.CIRCLE(request.actor),
        "reminds": policy.REMIND(request.actor),
        "here": request.get_full_path(),
    }
    return render(request, "contact/check/index.html", context)


@require_safe
@page(policy.CHECK)
def xlsx(request: Request) -> FileResponse:
    """The same lines as a workbook."""
    shown = _check(request)
    name = f"{_('1158 check')} {shown.actor.assembly} {shown.by.today:%Y-%m-%d}"
    return _workbook(name, _("1158 check"), *shown.table())


@require_safe
@page(policy.CHECK)
def records(request: Request) -> HttpResponse:
    """Exactly the records that a cell counts."""
    listing = _records(request)
    asked = listing.asked
    context = {
        "listing": listing,
        "page": listing.page(request.GET.get("page", "")),
        "parts": listing.parts,
        "place": lines.place_name(request.actor, asked),
        "index_url": asked.address(by="member"),
        "xlsx_url": asked.address("records_xlsx", what=listing.kind.code, part=listing.part),
    }
    return render(request, "contact/check/records.html", context)


@require_safe
@page(policy.CHECK)
def records_xlsx(request: Request) -> FileResponse:
    """The same records as a workbook."""
    listing = _records(request)
    name = f"{listing.kind.label} {listing.actor.assembly} {listing.by.today:%Y-%m-%d}"
    return _workbook(name, str(listing.kind.label)[:30], *listing.table())


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.REMIND)
def remind(request: Request) -> HttpResponse:
    """GET shows who would be reminded, POST reminds: one member, or all of a sector who are short.

    POST with `show` shows the number of one who has to be called instead; who looked at it stands in the journal.
    """
    actor: Actor = request.actor
    asked = Asked.read(request.POST if request.method == "POST" else request.GET)
    if not asked.place:
        raise Http404(_("Say whom to remind: a member or a sector."))
    back = _back(request, asked)
    members = asked.only(measuring.members(actor), measuring.standard(actor.assembly_id or 0))
    if not policy.remind.filter(actor, members).exists():
        raise Http404(_("There is nobody here whom you may remind."))
    show = whole_number(request.POST.get("show", ""))
    if request.method == "POST" and not show:
        found = reminding.remind(actor, members)
        _tell(request, found)
        return redirect(back)
    found = reminding.preview(actor, members)
    context = {
        "shown": _number(actor, found, show) if show else None,
        "reveals": any(people_policy.reveal_phone.allows(actor, row) for row in found.calls[:1]),
        "found": found,
        "asked": asked,
        "place": lines.place_name(actor, asked),
        "named": found.due[:NAMED_AT_MOST],
        "others": max(found.told - NAMED_AT_MOST, 0),
        "back": back,
        "cells": {cell.code: cell.label for cell in CELLS},
    }
    return render(request, "contact/check/remind.html", context)


def _number(actor: Actor, found: reminding.Preview, show: int) -> dict[str, Any]:
    """The number of one of those who have to be called. Raises `NotAllowed` when the actor sees no numbers."""
    member = next((row for row in found.calls if row.pk == show), None)
    if member is None or not people_policy.reveal_phone.allows(actor, member):
        raise NotAllowed(people_policy.reveal_phone.reason)
    door.note(member, "revealed", actor)
    return {"pk": member.pk, "phone": phones.readable(member.person.phone)}


def _tell(request: Request, found: reminding.Preview) -> None:
    if found.due:
        n = found.told
        said = ngettext("%(n)d member was reminded.", "%(n)d members were reminded.", n) % {"n": n}
        messages.success(request, said)
    if found.unreachable:
        n = len(found.unreachable)
        said = ngettext(
            "Noted down: %(n)d member has no account and has to be called.",
            "Noted down: %(n)d members have no account and have to be called.",
            n,
        )
        messages.warning(request, said % {"n": n})
    if found.today and not found.due and not found.unreachable:
        messages.info(request, _("All of them were reminded today already; once a day is enough."))
    elif not (found.today or found.due or found.unreachable):
        messages.info(request, _("Nobody is short of anything here: there is nothing to remind of."))


def _back(request: Request, asked: Asked) -> str:
    """Where the button stood; only ever a page of ours."""
    to = request.POST.get("back") or request.GET.get("back") or ""
    if url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        return to
    return asked.address(by="member")


def _check(request: Request) -> Check:
    actor: Actor = request.actor
    return Check(actor, lines.asked(actor, request.GET))


def _records(request: Request) -> Records:
    asked = Asked.read(request.GET)
    what, part = request.GET.get("what", ""), request.GET.get("part", "")
    try:
        return Records(request.actor, what, asked, part)
    except LookupError as error:
        raise Http404(_("There is no such list of the 1158 check.")) from error


def _kinds(actor: Actor) -> list[tuple[str, str]]:
    """The kinds of lines, for whoever sees more than a single line."""
    if not policy.CIRCLE(actor):
        return []
    return [
        ("member", _("Members")),
        ("sector", _("Sectors")),
        ("committee", _("Committees")),
        ("county", _("Counties")),
    ]


def _workbook(name: str, sheet: str, header: list[str], rows: Any) -> FileResponse:
    out = TemporaryFile()  # noqa: SIM115 - closed by the answer once it is sent
    write_xlsx(out, [(sheet, header, rows)])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
