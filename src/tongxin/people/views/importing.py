"""A roster is chosen, read and told row by row; only the confirmation writes."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.documents.tables import TableError
from tongxin.kernel import numbering
from tongxin.kernel.request import Request
from tongxin.kernel.web import page

from .. import policy, roster

LARGEST = 20 * 1024 * 1024
LARGEST_CARRIED = 1_500_000  # characters that a page carries to the confirmation
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def upload(request: Request) -> HttpResponse:
    """Choose a file; what would happen is told row by row, nothing is written."""
    if request.method == "GET":
        return render(request, "people/import.html", {})
    sent = request.FILES.get("file")
    if sent is None:
        return _refused(request, _("Please choose a file."))
    if (sent.size or 0) > LARGEST:
        return _refused(request, _("The file is too large: at most %(mb)d MB.") % {"mb": LARGEST >> 20})
    try:
        reading = roster.table.read(sent.read(), name=sent.name or "CSV")
    except TableError as error:
        return _refused(request, _(error.template) % error.params)
    report = roster.checking.check(reading, request.actor)
    packed = roster.table.pack(reading) if report.possible else ""
    if len(packed) > LARGEST_CARRIED:
        return _refused(request, _("These are too many rows for one time. Please divide the table."))
    context = {"report": report, "packed": packed, "filename": sent.name, "actions": roster.checking.ACTIONS}
    return render(request, "people/import_report.html", context, status=200 if report.possible else 422)


@require_POST
@page(policy.MANAGERS)
def confirm(request: Request) -> HttpResponse:
    """Take in what was told, all or nothing; what changed in between is told again."""
    try:
        reading = roster.table.unpack(request.POST.get("roster", ""))
    except signing.BadSignature:
        return _refused(request, _("The report is too old to be confirmed. Please choose the file once more."))
    actor = request.actor
    with transaction.atomic():
        # Whoever grows impatient and sends it again waits here for the first one, and then changes nothing.
        numbering.lock(actor.assembly_id, "people.roster")
        report = roster.checking.check(reading, actor)
        if report.faults:
            context = {"report": report, "packed": "", "filename": "", "actions": roster.checking.ACTIONS}
            return render(request, "people/import_report.html", context, status=409)
        counts = roster.checking.take_in(report, actor)
    new, changed = counts[roster.checking.NEW] + counts[roster.checking.SECOND_SEAT], counts[roster.checking.CHANGED]
    told = [
        ngettext("%(n)d member admitted", "%(n)d members admitted", new) % {"n": new},
        ngettext("%(n)d corrected", "%(n)d corrected", changed) % {"n": changed},
        ngettext("%(n)d unchanged", "%(n)d unchanged", counts[roster.checking.SAME])
        % {"n": counts[roster.checking.SAME]},
    ]
    messages.success(request, _(", ").join(told) + _("."))
    return redirect("people:members")


@require_GET
@page(policy.MANAGERS)
def template(request: Request) -> FileResponse:
    """An empty roster to be filled in."""
    out = BytesIO()
    roster.table.template(out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=_("roster of members.xlsx"), content_type=SHEET)


def _refused(request: Request, sentence: str) -> HttpResponse:
    return render(request, "people/import.html", {"problem": sentence}, status=422)
