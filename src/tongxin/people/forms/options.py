"""What is asked when an assembly's lists and numbers are changed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.options import ListDefinition, ParameterDefinition

from .fields import DayField


class ListForm(forms.Form):
    """One entry of a list. A list of days asks for the day and what it is; nobody has to know a code for that."""

    code: forms.Field = forms.SlugField(
        label=_("code"), max_length=40, help_text=_("A short code in Latin letters; it stays.")
    )
    zh = PlainTextField(label=_("Chinese"), max_length=60)
    en = PlainTextField(label=_("English"), max_length=80, required=False)
    meaning: forms.Field = forms.ChoiceField(
        label=_("counts as"), required=False, help_text=_("By this the figures of several places are compared.")
    )
    source = PlainTextField(label=_("clause it comes from"), max_length=200, required=False)
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)

    def __init__(self, *args: Any, definition: ListDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        meanings = definition.known_meanings()
        if definition.of_days:
            self.fields["code"] = DayField(label=_("day"))
            self.fields["zh"].label = _("what it is called")
            self.fields["meaning"] = forms.ChoiceField(
                label=_("that day"), choices=list(meanings.items()), widget=forms.RadioSelect
            )
        elif meanings:
            meant = self.initial.get("meaning", "")
            offered: Any = self.fields["meaning"]
            offered.choices = [("", "—"), *({meant: meant} | meanings if meant else meanings).items()]
        else:
            del self.fields["meaning"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        return code.isoformat() if isinstance(code, date) else str(code)

    def has_changed(self) -> bool:
        """A row in which nothing is written stays empty, whatever its tick."""
        return bool(set(self.changed_data) - (set() if self.initial else {"active"}))

    @property
    def first_fault(self) -> str:
        """The name of the field where mending begins; "" when nothing is wrong."""
        return next((name for name in self.fields if name in self.errors), "")

    @property
    def is_open(self) -> bool:
        """Whether the seldom asked part has a fault and has to be seen."""
        return bool(set(self.errors) & {"en", "source"} or ("meaning" in self.errors and not self.definition.of_days))

    @property
    def meant(self) -> str:
        """The words of what the entry is said to be."""
        offered: Any = self.fields["meaning"]
        return str(dict(offered.choices).get(self["meaning"].value(), ""))


class _ListFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        given = (form.cleaned_data.get("code") for form in self.forms if form.has_changed() or form.initial)
        twice = [code for code, times in Counter(filter(None, given)).items() if times > 1]
        if twice:
            if self.form_kwargs["definition"].of_days:
                days = "、".join(date_format(date.fromisoformat(code), "DATE_FORMAT") for code in sorted(twice))
                raise forms.ValidationError(
                    _("In the list twice: %(days)s. Keep one entry for a day."), "twice", {"days": days}
                )
            raise forms.ValidationError(_("A code stands twice in the list."))
        for _place, form in self.faulty[:1]:
            form.fields[form.first_fault].widget.attrs["autofocus"] = True

    @property
    def faulty(self) -> list[tuple[int, Any]]:
        """The entries in which something is wrong, with their place in the list."""
        return [(n, form) for n, form in enumerate(self.forms, 1) if form.first_fault]


ListFormSet = forms.formset_factory(ListForm, formset=_ListFormSet, extra=3, max_num=200)


class ParameterForm(forms.Form):
    """A number and the clause it comes from."""

    value: forms.Field = forms.IntegerField(label=_("value"), max_value=9999)
    source = PlainTextField(label=_("clause it comes from"), max_length=200, required=False)

    def __init__(self, *args: Any, definition: ParameterDefinition, assembly_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = definition.unit
        if unit == "flag":
            self.fields["value"] = forms.BooleanField(label=_("switched on"), required=False)
        elif unit == "choice":
            allowed = [(choice.code, choice.label) for choice in definition.offered(assembly_id)]
            self.fields["value"] = forms.ChoiceField(label=_("value"), choices=allowed)
        elif unit == "text":
            self.fields["value"] = PlainTextField(label=_("value"), max_length=200, required=False)
        else:
            self.fields["value"] = forms.IntegerField(label=_("value"), min_value=definition.least, max_value=9999)
