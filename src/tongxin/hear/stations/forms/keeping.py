"""The forms of what is kept about a station: its check lists, and why nothing happens there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import FilesField, PlainTextField
from tongxin.kernel.forms import MoveForm


class ExplainIdleForm(MoveForm):
    reason = PlainTextField(label=_("What is the matter, and what is being done"), max_length=200)


class CheckForm(MoveForm):
    """One thing of a check list, with what shows it."""

    held = forms.TypedChoiceField(
        label=_("Is it there?"), choices=(("1", _("yes")), ("0", _("no"))), coerce=lambda v: v == "1",
        widget=forms.RadioSelect, initial="1",
    )  # fmt: skip
    note = PlainTextField(label=_("evidence"), max_length=300, required=False)
    pictures = FilesField(label=_("Picture"), required=False, max_files=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("note") and not cleaned.get("pictures") and not self.errors:
            self.add_error("note", _("Say what shows it, or add a picture."))
        return cleaned
