"""Taking in a list: choose the file, read the dry run, then take it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tongxin.documents.tables import TableError
from tongxin.kernel import numbering
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page

from .. import importing, policy, stash

MAX_FILE = 30 * 1024 * 1024
FAULTS_SHOWN, ROWS_SHOWN = 200, 20


class FileForm(forms.Form):
    """The list and what is to happen with it."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("Excel (.xlsx, .xls) or CSV, up to 30 MB")
    )
    take_repeated = forms.BooleanField(
        label=gettext_lazy("Take in again what is in the books already, with a mark"), required=False
    )
    consent = forms.BooleanField(
        label=gettext_lazy("The people agreed that we keep their names and numbers"),
        required=False,
        help_text=gettext_lazy("Without it, names and numbers in the file are left out."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("The file is larger than 30 MB. Divide it."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.TAKE_IN)
def import_file(request: Request) -> HttpResponse:
    """GET: choose a file. POST with a file: the dry run. POST with its key: the same file is taken in."""
    if request.method != "POST":
        return render(request, "concerns/import.html", {"form": FileForm(), "columns": _columns()})
    if request.POST.get("key"):
        return _take_in(request, request.POST["key"])
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "concerns/import.html", {"form": form, "columns": _columns()}, status=422)
    file = form.cleaned_data["file"]
    content = file.read()
    key = stash.keep(content, request.actor)
    settings = {name: form.cleaned_data[name] for name in ("take_repeated", "consent")}
    return _dry_run(request, content, file.name, key, settings)


def _dry_run(request: Request, content: bytes, name: str, key: str, settings: dict[str, bool]) -> HttpResponse:
    try:
        table = importing.read(content, name, chosen=_chosen(request))
    except TableError as problem:
        form = FileForm(initial=settings)
        sentence = _(problem.template) % problem.params
        context = {"form": form, "columns": _columns(), "problem": sentence, "name": name}
        return render(request, "concerns/import.html", context, status=422)
    report = importing.check(table, request.actor, consent=settings["consent"])
    taken = report.to_take(skip_repeated=not settings["take_repeated"])
    context = {
        "name": name,
        "key": key,
        "report": report,
        "taken": len(taken),
        "faults": report.faults[:FAULTS_SHOWN],
        "more_faults": len(report.faults[FAULTS_SHOWN:]),
        "repeated": report.repeated[:ROWS_SHOWN],
        "more_repeated": len(report.repeated[ROWS_SHOWN:]),
        "first": taken[:5],
        "mapped": _mapped(table),
        **settings,
    }
    return render(request, "concerns/import_report.html", context, status=422 if report.faults else 200)


def _take_in(request: Request, key: str) -> HttpResponse:
    actor = request.actor
    content = stash.fetch(key, actor)
    if content is None:
        messages.error(request, _("The file is no longer kept. Choose it once more; nothing was taken in."))
        return redirect("concerns:import")
    name = request.POST.get("name", "")[:120]
    settings = {option: request.POST.get(option) == "1" for option in ("take_repeated", "consent")}
    if request.POST.get("again"):
        return _dry_run(request, content, name, key, settings)
    table = importing.read(content, name, chosen=_chosen(request))
    report = importing.check(table, actor, consent=settings["consent"])
    if report.faults:
        return _dry_run(request, content, name, key, settings)
    with transaction.atomic():
        # Whoever grows impatient and sends it again waits here for the first one, and then takes in nothing.
        if numbering.take(actor.assembly_id, "concerns.import", key[:20]) > 1:
            messages.error(request, _("This list was sent twice; it is taken in once."))
            return redirect("concerns:queue")
        done = importing.take_in(report, actor, skip_repeated=not settings["take_repeated"])
    stash.drop(key, actor)
    said = ngettext("%(n)d concern was taken in.", "%(n)d concerns were taken in.", done) % {"n": done}
    messages.success(request, said)
    return redirect(reverse("concerns:queue") + "?group=new&source=import")


@dataclass(frozen=True)
class Select:
    """Which column of a sheet holds a field: the form field's name, its label, and the columns with the one taken."""

    name: str
    label: Any
    columns: list[tuple[int, str]]
    taken: int | None


def _mapped(table: importing.Table) -> list[tuple[str, list[Select]]]:
    """For each sheet the columns in which its fields were found."""
    return [
        (
            sheet.name,
            [
                Select(
                    f"map_{at}_{field}",
                    label,
                    [(index, header) for index, header in enumerate(sheet.header) if header],
                    table.mappings[sheet.name].columns.get(field),
                )
                for field, label in importing.LABELS.items()
            ],
        )
        for at, sheet in enumerate(table.book.sheets)
    ]


def _chosen(request: Request) -> dict[tuple[int, str], int | None]:
    """What the selects of `_mapped` hold; nothing when the file has just been chosen."""
    found: dict[tuple[int, str], int | None] = {}
    for key, value in request.POST.items():
        kind, _between, rest = key.partition("_")
        at, _between, field = rest.partition("_")
        number = whole_number(at)
        if kind == "map" and number is not None and field in importing.COLUMNS:
            found[number, field] = whole_number(str(value))
    return found


def _columns() -> list[tuple[Any, str]]:
    return [(importing.LABELS[field], "、".join(names[:4])) for field, names in importing.COLUMNS.items()]
