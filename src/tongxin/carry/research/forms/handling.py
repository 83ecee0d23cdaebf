"""The forms by which an instruction on a report is handed on to a body, answered and looked at again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.forms import NamedDay, offer
from tongxin.hear.concerns.forms import long_text
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people.models import Body

from .. import lists
from ..models import ReportInstruction


class WhichInstruction(RecordChoice):
    """Named by level and day, which are not sealed."""

    def label_from_instance(self, found: Any) -> str:
        return f"{found.level_label} {date_format(found.on, 'DATE_FORMAT')}"


class TransferForm(NamedDay):
    clock = lists.REPLY_CLOCK.kind

    instruction: Any = WhichInstruction(ReportInstruction.objects.none(), label=_("Instruction"), empty_label=None)
    body: Any = RecordChoice(Body.objects.all(), label=_("Handling body"))
    note = long_text(_("What it is asked to do"), 500, required=False, help_text=_("The body reads it."))

    field_order = ["instruction", "body", "due_on", "note"]

    def prepare(self) -> None:
        super().prepare()
        if self.record is None:
            return
        rows = self.record.instructions.defer("leader", "text").order_by("-on", "-id")
        self.fields["instruction"].queryset = rows
        self.fields["body"].queryset = people.bodies(self.record.assembly)
        self.fields["body"].initial = self.record.lead_body_id


class ReplyForm(MoveForm):
    result = forms.ChoiceField(label=_("Result"))
    text = long_text(_("What was done"), 3000)

    def prepare(self) -> None:
        offer(self, "result", "concerns.result")


class FollowUpForm(MoveForm):
    done = forms.ChoiceField(label=_("Carried out"))
    text = long_text(_("What was found"), 2000)

    def prepare(self) -> None:
        offer(self, "done", "concerns.result")
