"""The forms of absences: days on which a member cannot come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Member

from .fields import WEEKDAYS, offer_members


class AbsenceForm(MoveForm):
    """Days on which a member cannot come."""

    from_on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    to_on = DayField(label=_("until"), required=False, help_text=_("Empty with weekdays: until further notice"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("only on these weekdays"), choices=WEEKDAYS, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, empty_value=[],
    )  # fmt: skip
    reason = PlainTextField(label=_("Reason"), max_length=120, required=False, help_text=_("Seen by the office."))

    def prepare(self) -> None:
        self.fields["from_on"].initial = timezone.localdate(self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["from_on"] = cleaned.get("from_on") or timezone.localdate(self.now)
        if cleaned.get("to_on") and cleaned["to_on"] < cleaned["from_on"]:
            self.add_error("to_on", _("The end lies before the beginning."))
        if not cleaned.get("to_on") and not cleaned.get("weekdays") and "to_on" not in self.errors:
            self.add_error("to_on", _("Give the last day, or name the weekdays."))
        return cleaned


class OfficeAbsenceForm(AbsenceForm):
    """The same, entered by the office for a member of the rota's assembly."""

    member: Any = RecordChoice(Member.objects.none(), label=_("member"))
    field_order = ("member", "from_on", "to_on", "weekdays", "reason")

    def prepare(self) -> None:
        super().prepare()
        if self.record is not None:
            offer_members(self.fields["member"], self.record.assembly_id)
