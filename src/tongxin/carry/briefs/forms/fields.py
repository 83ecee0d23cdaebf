"""Fields and helpers that the room's forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.forms import MoveForm
from tongxin.kernel.text import whole_number

from ..models import Brief


class Several(forms.ModelMultipleChoiceField):
    """Several records; takes the records themselves as well as their ids."""

    def clean(self, value: Any) -> Any:
        return super().clean([getattr(each, "pk", each) for each in value] if isinstance(value, list) else value)


def assembly_id_of(form: MoveForm) -> int | None:
    """The assembly whose lists and limits hold for the form."""
    if form.record is not None:
        return form.record.assembly_id
    given = form.data.get("assembly") if form.is_bound else form.initial.get("assembly")
    given = getattr(given, "pk", given)
    return int(str(given)) if str(given or "").isdecimal() else (form.actor.assembly_id if form.actor else None)


def first_error(form: Any) -> str:
    """The first thing that is wrong, with the name of its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


class BriefById(forms.Field):
    """One brief by its id. It offers none, so that no page can show the briefs of other assemblies."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Brief | None:
        pk = whole_number(str(getattr(value, "pk", value) or ""))
        found = Brief.objects.filter(pk=pk).select_related("assembly").first() if pk else None
        if value and found is None:
            raise forms.ValidationError(_("There is no such brief."))
        return found
