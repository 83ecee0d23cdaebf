"""The form that puts the names under a brief right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import long_text
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm
from tongxin.people.models import Member

from ..models import BriefAuthor
from .fields import Several
from .writing import members_named


class CorrectCreditForm(MoveForm):
    """Names put right after the text was handed in: by the office or an editor, with the reason."""

    add = PlainTextField(
        label=_("Add"), max_length=200, required=False, help_text=_("Names of members, divided by commas.")
    )
    remove: Any = Several(
        BriefAuthor.objects.none(), label=_("Take out"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = long_text(_("Reason"), 500, help_text=_("The authors read it."))

    def prepare(self) -> None:
        if self.record is not None:
            self.fields["remove"].queryset = self.record.authors.all()

    def clean_add(self) -> list[Member]:
        found = members_named(self, self.cleaned_data["add"])
        standing = set(self.record.authors.values_list("member_id", flat=True)) if self.record is not None else set()
        if twice := next((member for member in found if member.pk in standing), None):
            raise forms.ValidationError(_("%(name)s stands under it already.") % {"name": twice.name})
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or self.record is None:
            return cleaned
        if not cleaned["add"] and not cleaned["remove"]:
            raise forms.ValidationError(_("Say whose name is added or taken out."))
        if not cleaned["add"] and len(cleaned["remove"]) == self.record.authors.count():
            raise forms.ValidationError(_("Somebody has to be named as the author."))
        return cleaned
