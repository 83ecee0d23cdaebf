"""Lists and numbers that differ from place to place, each with the clause it comes from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tongxin.kernel import options
from tongxin.kernel.models import Parameter
from tongxin.kernel.request import Request
from tongxin.kernel.text import stamp
from tongxin.kernel.web import page

from .. import local, policy
from ..forms.options import ListFormSet, ParameterForm

UNITS: dict[str, Any] = {
    "days": gettext_lazy("days"),
    "working_days": gettext_lazy("working days"),
    "months": gettext_lazy("months"),
    "count": "",
    "flag": "",
    "text": "",
    "choice": "",
}


@require_GET
@page(policy.MANAGERS)
def listing(request: Request) -> HttpResponse:
    assembly_id = request.actor.assembly_id
    lists = [
        {"definition": each, "count": len(options.choices(assembly_id, each.key)), "expected": each.expected}
        for each in options.lists()
    ]
    own = {row.key: row for row in Parameter.objects.filter(assembly_id=assembly_id)}
    numbers = [
        {
            "definition": each,
            "value": _shown(assembly_id, each, options.parameter(assembly_id, each.key)),
            "default": _shown(assembly_id, each, each.default),
            "unit": UNITS.get(each.unit, ""),
            "own": each.key in own,
            "source": (own[each.key].source if each.key in own else "") or each.source,
        }
        for each in options.parameters()
    ]
    return render(request, "people/options.html", {"lists": lists, "numbers": numbers})


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def edit_list(request: Request, key: str) -> HttpResponse:
    """Change a list; what is already used keeps its code and can only be switched off."""
    definition, actor = _known(options.list_definition, key), request.actor
    kept = options.every_choice(actor.assembly_id, key)
    initial = [{name: getattr(choice, name) for name in local.ENTRY} for choice in kept]
    formset = ListFormSet(request.POST or None, initial=initial, form_kwargs={"definition": definition})
    formset.empty_permitted = True  # type: ignore[attr-defined]
    seen, status = local.fingerprint(actor.assembly_id, key), 200
    if request.method == "POST":
        late = request.POST.get("seen") != seen
        if formset.is_valid() and not late:
            entries = [form.cleaned_data for form in formset if form.cleaned_data.get("code")]
            local.save_list(key, entries, actor)
            messages.success(request, _("%(name)s is saved.") % {"name": definition.label})
            return redirect("people:options")
        status = 409 if late else 422
    context = {"definition": definition, "formset": formset, "seen": seen, "late": status == 409}
    return render(request, "people/option_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(policy.MANAGERS)
def edit_parameter(request: Request, key: str) -> HttpResponse:
    definition, actor = _known(options.parameter_definition, key), request.actor
    own = Parameter.objects.filter(assembly_id=actor.assembly_id, key=key).first()
    initial = {"value": own.value if own else definition.default, "source": own.source if own else ""}
    form = ParameterForm(request.POST or None, initial=initial, definition=definition, assembly_id=actor.assembly_id)
    seen, late = stamp(initial["value"], initial["source"]), False
    if request.method == "POST" and form.is_valid() and not (late := request.POST.get("seen", seen) != seen):
        local.save_parameter(key, form.cleaned_data["value"], form.cleaned_data["source"], actor)
        messages.success(request, _("%(name)s is saved.") % {"name": definition.label})
        return redirect("people:options")
    context = {
        "definition": definition,
        "form": form,
        "unit": UNITS.get(definition.unit, ""),
        "default": _shown(actor.assembly_id, definition, definition.default),
        "seen": seen,
        "late": late,
        "theirs": [(form.fields["value"].label, _shown(actor.assembly_id, definition, initial["value"]))],
    }
    status = 409 if late else 422 if form.errors else 200
    return render(request, "people/option_number.html", context, status=status)


def _known(find: Any, key: str) -> Any:
    try:
        return find(key)
    except ImproperlyConfigured as error:
        raise Http404 from error


def _shown(assembly_id: int, definition: options.ParameterDefinition, value: Any) -> Any:
    return (_("yes") if value else _("no")) if definition.unit == "flag" else definition.shown(assembly_id, value)
