"""What is asked when members are admitted, changed and leave."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.insight.telephones import without_telephones
from tongxin.kernel.fields import PhoneField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.kernel.personal import mask_phone

from .. import phones, queries, receiving
from ..models import Committee, Member, Person, Sector, Term
from .fields import DayField


class MemberFields(MoveForm):
    """A person's own facts and those of the seat: asked of a new member, of a correction and of a roster's row."""

    name = PlainTextField(label=_("name"), max_length=60)
    sex = forms.ChoiceField(label=_("sex"), choices=[("", "—"), *Person.Sex.choices], required=False)
    ethnicity = PlainTextField(label=_("ethnicity"), max_length=20, required=False)
    party = PlainTextField(label=_("party"), max_length=40, required=False)
    birth = DayField(label=_("date of birth"), required=False)
    education = PlainTextField(label=_("education"), max_length=40, required=False)
    phone = PhoneField(label=_("telephone"), required=False)
    sector = RecordChoice(label=_("sector"), queryset=Sector.objects.none())
    committee = RecordChoice(label=_("special committee"), queryset=Committee.objects.none(), required=False)
    duty = forms.ChoiceField(label=_("duty"), choices=Member.Duty.choices, required=False, initial=Member.Duty.MEMBER)
    number = PlainTextField(label=_("member number"), max_length=20, required=False)
    employer = PlainTextField(label=_("employer"), max_length=80, required=False)
    title = PlainTextField(label=_("position held"), max_length=60, required=False)
    is_entrepreneur = forms.BooleanField(label=_("entrepreneur"), required=False)
    since_on = DayField(label=_("member since"), required=False)
    expertise = PlainTextField(label=_("expertise"), max_length=200, required=False)
    interests = PlainTextField(label=_("concerned with"), max_length=200, required=False)

    def prepare(self) -> None:
        assembly = self.actor.assembly if self.actor else None
        asked: dict[str, Any] = self.fields
        asked["sector"].queryset = Sector.objects.filter(assembly=assembly, closed_on=None)
        asked["committee"].queryset = Committee.objects.filter(assembly=assembly, closed_on=None)

    def clean_duty(self) -> str:
        return self.cleaned_data["duty"] or Member.Duty.MEMBER

    def clean_birth(self) -> date | None:
        return self._not_ahead("birth", _("The date of birth lies ahead."))

    def _not_ahead(self, name: str, sentence: Any) -> date | None:
        day = self.cleaned_data[name]
        if day and day > timezone.localdate(self.now):
            raise forms.ValidationError(sentence)
        return day


class AdmitForm(MemberFields):
    """A new member. Who is known already (same telephone, or same name and birth) gets a second seat."""

    term = RecordChoice(label=_("term"), queryset=Term.objects.none())
    person = RecordChoice(queryset=Person.objects.all(), required=False, widget=forms.HiddenInput)
    another = forms.BooleanField(label=_("Somebody else of the same name"), required=False)
    is_namesake = False  # whether it is asked for

    def prepare(self) -> None:
        super().prepare()
        asked: dict[str, Any] = self.fields
        asked["term"].queryset = Term.objects.filter(assembly=self.actor.assembly if self.actor else None)
        self.order_fields(["term"])

    def clean_person(self) -> None:
        """Who the person is follows from telephone, name and birth, never from what a browser sends."""
        return

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, phone, another = cleaned.get("name", ""), cleaned.get("phone", ""), cleaned.pop("another", False)
        person = queries.same_person(name, phone, cleaned.get("birth"))
        if person and person.name != name:
            self.add_error("phone", _("This number is entered for somebody else. Please check name and number."))
        elif person and Member.objects.filter(person=person, term=cleaned.get("term")).exists():
            self.add_error("name", _("%(name)s is a member of this term already.") % {"name": name})
        elif not person and not another and self._seated(cleaned):
            self.is_namesake = True
            sentence = _("%(name)s sits in this sector already. If it is somebody else, tick it below.")
            self.add_error("name", sentence % {"name": name})
        cleaned["person"] = person
        return cleaned

    def _seated(self, told: dict[str, Any]) -> bool:
        """The same form sent twice must not make two members of somebody without telephone and date of birth."""
        if not (told.get("name") and told.get("sector")):
            return False
        return bool(
            queries.namesakes(told["name"], told["sector"], told.get("term"), told.get("phone", ""), told.get("birth"))
        )


class MemberForm(MemberFields):
    """Corrections to a member."""

    def prepare(self) -> None:
        super().prepare()
        # What the member has stays choosable, closed or not.
        for name in ("sector", "committee"):
            kept = getattr(self.record, f"{name}_id")
            field: Any = self.fields[name]
            field.queryset = field.queryset | field.queryset.model.objects.filter(pk=kept)

        if self.record.person.phone:
            self.fields["phone"].help_text = _("Now %(number)s. Empty leaves it as it is.") % {
                "number": mask_phone(self.record.person.phone)
            }
            self.fields["no_phone"] = forms.BooleanField(label=_("Delete the number"), required=False)

    def clean_phone(self) -> str:
        """The number is not shown for correction: whoever looks at it does so where that is noted down."""
        phone = self.cleaned_data["phone"]
        if not phone:
            return "" if self.data.get("no_phone") else self.record.person.phone
        index = phones.index_of(phone)
        if Person.objects.filter(phone_index=index).exclude(pk=self.record.person_id).exists():
            raise forms.ValidationError(_("This number is entered for somebody else. Please check it."))
        return phone


class ReceiveForm(MoveForm):
    """Whether people may make an appointment with a member, and a word on when."""

    receives = forms.TypedChoiceField(
        label=_("May people make an appointment?"), coerce=lambda given: given == "1", widget=forms.RadioSelect,
        choices=(("1", _("Yes, they may")), ("0", _("No, not at present"))),
        error_messages={"required": _("Please choose one of the two.")},
    )  # fmt: skip
    receives_when = PlainTextField(
        label=_("When it suits best"), max_length=40, required=False,
        help_text=_("For example: Wednesday afternoons. Read by whoever arranges appointments."),
    )  # fmt: skip

    def prepare(self) -> None:
        if self.record is not None:
            self.fields["receives"].initial = "1" if receiving.is_willing(self.record) else "0"
            self.fields["receives_when"].initial = self.record.receives_when

    def clean_receives_when(self) -> str:
        return without_telephones(self.cleaned_data["receives_when"])


class LeavingForm(MoveForm):
    """From which day, and why."""

    on = DayField(label=_("from which day"))
    reason = PlainTextField(label=_("reason"), max_length=200)

    def prepare(self) -> None:
        self.fields["on"].initial = timezone.localdate(self.now)

    def clean_on(self) -> date:
        day = self.cleaned_data["on"]
        if day > timezone.localdate(self.now):
            raise forms.ValidationError(_("This day lies ahead. Write it down when it has come."))
        if self.record and self.record.since_on and day < self.record.since_on:
            raise forms.ValidationError(_("This day lies before the member took the seat."))
        return day
