"""The form that strikes what was entered of a brief by mistake."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import long_text
from tongxin.kernel.forms import MoveForm

from .. import corrections


class StrikeForm(MoveForm):
    """Which entry it is, and how the mistake came about. `to`: where the brief stands without it; "" where it stands
    now."""

    to = ""

    what = forms.ChoiceField(label=_("What was entered by mistake"))
    reason = long_text(_("Reason"), 500, help_text=_("The authors read it."))

    def prepare(self) -> None:
        actor, brief = self.actor, self.record
        self.entries = corrections.offered(actor, brief) if actor is not None and brief is not None else {}
        known = [(key, corrections.words(key, row)) for key, row in self.entries.items()]
        self.fields["what"].choices = [("", _("Please choose")), *known]

    def clean_what(self) -> tuple[str, Any]:
        key = self.cleaned_data["what"]
        row = self.entries[key]
        if self.record is not None and corrections.stands_then(self.record, row) != (self.to or self.record.state):
            raise forms.ValidationError(_("The brief does not stand there without it."))
        return key.partition(":")[0], row


class StrikeToAdopted(StrikeForm):
    to = "adopted"


class StrikeToReported(StrikeForm):
    to = "reported"


class StrikeToIssued(StrikeForm):
    to = "issued"
