"""The forms of handing on, taking back and sending back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import choices, long_text
from tongxin.kernel.forms import MoveForm

from ..models import Brief
from .checks import CompleteForm, NumbersForm
from .fields import assembly_id_of


class NoteForm(MoveForm):
    note = long_text(_("Note"), 500, required=False)


class SendReviewForm(NumbersForm, NoteForm, CompleteForm):
    """The editor hands the text to the reviewer."""

    sorts = True


class WithdrawForm(MoveForm):
    """One author does not take back what others' texts were merged into."""

    reason = long_text(_("Reason"), 500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and self.record.sources.exists():
            raise forms.ValidationError(
                _("Texts of others were merged into it: it cannot be taken back any more. Speak with the editor.")
            )
        return cleaned


class ReasonForm(MoveForm):
    reason = long_text(_("Reason"), 500)


class SendBackForm(MoveForm):
    """A reason of the list, which is counted, and what exactly has to change."""

    reason = forms.ChoiceField(label=_("Reason"))
    text = long_text(_("What exactly"), 1000, help_text=_("Whoever gets it back reads this."))

    def prepare(self) -> None:
        offered = choices(assembly_id_of(self), "briefs.return_reason")
        self.fields["reason"].choices = [("", _("Please choose")), *offered]


class ReturnForm(SendBackForm):
    """Back to the author; who reported it from a lower assembly has no way to mend it here."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and self.record.origin == Brief.Origin.LOWER:
            raise forms.ValidationError(
                _("%(unit)s reported it as it was issued there. Take it on and edit it, or do not take it on.")
                % {"unit": self.record.unit}
            )
        return cleaned
