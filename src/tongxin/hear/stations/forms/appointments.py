"""The forms of requests for appointments: asking, giving a time, saying why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PhoneField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.forms.fields import DayField

from ..models import Appointment, DutyTurn, Station
from .duty import BookForm
from .fields import check_free, hours_given

FARTHEST = timedelta(days=92)  # wishes further ahead are no wishes
AHEAD = ("scheduled", "confirmed")


class AskForm(MoveForm):
    """Somebody without an account asks to meet a member. Only the matter is required."""

    matter = PlainTextField(
        label=_("In one sentence: what is it about?"), max_length=120,
        error_messages={"required": _("Please say in one sentence what it is about.")},
    )  # fmt: skip
    wish_on = DayField(label=_("Which day would suit you?"), required=False)
    part = forms.ChoiceField(label=_("At what time of the day?"), choices=Appointment.Part.choices, required=False)
    asker_name = PlainTextField(label=_("What to call you"), max_length=40, required=False)
    asker_phone = PhoneField(label=_("Telephone number"), required=False)
    station: Any = RecordChoice(Station.objects.filter(state="active"), widget=forms.HiddenInput)
    receipt_index = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.fields["part"].initial = Appointment.Part.ANY

    def clean_wish_on(self) -> date | None:
        wish, today = self.cleaned_data["wish_on"], timezone.localdate(self.now)
        if wish and wish < today:
            raise forms.ValidationError(_("This day is over. Choose a later one, or leave it empty."))
        if wish and wish > today + FARTHEST:
            raise forms.ValidationError(_("Please choose a day within three months."))
        return wish

    def clean_part(self) -> str:
        return self.cleaned_data["part"] or Appointment.Part.ANY


class AgreeForm(BookForm):
    """The day, the time and the member that the person is given."""

    station = None
    reply = PlainTextField(
        label=_("A word to the person"), max_length=200, required=False,
        help_text=_("Read under the receipt: what to bring, say, or why it is another day."),
    )  # fmt: skip
    field_order = ("on", "begins", "ends", "member", "purpose", "reply")

    def prepare(self) -> None:
        super().prepare()
        if self.record is not None:
            self.fields["on"].initial = self.record.wish_on
        self.fields["begins"].initial, self.fields["ends"].initial = "09:00", "09:30"

    def check_member(self, cleaned: dict[str, Any]) -> None:
        """A turn of the member's at this station in these hours takes the visitor in; a former meeting falls away."""
        cleaned["turn"] = None
        at, member, asked = hours_given(cleaned), cleaned.get("member"), self.record
        if at is None or member is None or asked is None:
            return
        here = DutyTurn.objects.filter(station=asked.station_id, member=member, on=at.on, state__in=AHEAD)
        held = here.filter(begins__lte=at.begins, ends__gte=at.ends).exclude(pk=asked.own_turn_id).first()
        check_free(self, member, replace(at, but=held.pk if held else asked.own_turn_id))
        cleaned["turn"] = held


class RefuseForm(MoveForm):
    reply = PlainTextField(
        label=_("Why it is not possible, and what the person can do"), max_length=200,
        help_text=_("Read under the receipt."),
    )  # fmt: skip
