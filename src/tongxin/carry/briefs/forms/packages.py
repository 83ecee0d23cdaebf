"""The forms of what arrives from another assembly: choosing a package's file, and the move itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import FilesField, PlainTextField
from tongxin.kernel.files import DOCUMENTS

from .. import exchange, packages
from .arriving import ArriveForm


class PackageForm(forms.Form):
    """The file that a lower assembly sent."""

    file = forms.FileField(label=_("Package"), help_text=_("The .zip file that the lower assembly sent, as it came"))

    use_required_attribute = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > packages.MAX_FILE:
            raise forms.ValidationError(str(packages.PackageError.too_large()))
        return file


class ArrivedForm(ArriveForm):
    """What a lower assembly reports: one of this installation (`came_from`), or one elsewhere in a package
    (`sender`)."""

    sender = PlainTextField(max_length=40, required=False)
    number = PlainTextField(max_length=20, required=False)
    issue_year = forms.IntegerField(min_value=1, max_value=9999, required=False)
    issue_number = forms.IntegerField(min_value=1, max_value=10**7, required=False)
    issue_total = forms.IntegerField(min_value=1, max_value=10**7, required=False)
    digest = PlainTextField(max_length=64, required=False)
    word = FilesField(kinds=DOCUMENTS, max_files=1, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        sender, here = cleaned.get("sender"), cleaned.get("assembly")
        if not sender or here is None:
            return cleaned
        for name in ("number", "issue_year", "issue_number", "issue_total", "digest", "word"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("The package does not say it."))
        if not exchange.known_sender(here, sender):
            self.add_error("sender", _("It is taken from assemblies below this one only, and from known senders."))
        elif exchange.arrived(here, sender, cleaned.get("number") or ""):
            self.add_error("number", _("This brief was taken in already."))
        return cleaned
