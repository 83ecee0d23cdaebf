"""The forms of the station's moves and corrections."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.fields import PlainTextAreaField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Assembly, Member, Sector

from .. import codes, policy
from ..lists import FUNCTIONS_LIST
from ..models import Station, StationMember

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,11}")


class StationForm(MoveForm):
    """What is written of a station: asked when it is planned and when it is corrected."""

    code = PlainTextField(
        label=_("station code"),
        max_length=12,
        help_text=_("Stands on the poster and in its address: letters, digits, dashes."),
    )
    name = PlainTextField(label=_("name of the station"), max_length=60)
    name_en = PlainTextField(label=_("English name"), max_length=120, required=False)
    county: Any = RecordChoice(Assembly.objects.none(), label=_("county"), required=False)
    sector: Any = RecordChoice(
        Sector.objects.none(), label=_("sector"), required=False, help_text=_("Empty: for the people of all sectors")
    )
    street = PlainTextField(label=_("street or township"), max_length=40, required=False)
    address = PlainTextField(label=_("address"), max_length=120, required=False)
    host_unit = PlainTextField(
        label=_("host"), max_length=80, required=False, help_text=_("The institution that lends the place")
    )
    head = PlainTextField(label=_("head"), max_length=40, required=False)
    phone = PlainTextField(label=_("telephone of the station"), max_length=30, required=False)
    hours = PlainTextField(
        label=_("opening hours"), max_length=120, required=False, help_text=_("In words, as they stand on the door")
    )
    set_up = forms.ChoiceField(label=_("set-up"), choices=Station.SetUp.choices)
    functions = forms.MultipleChoiceField(
        label=_("functions"), required=False, widget=forms.CheckboxSelectMultiple, initial=[]
    )

    def prepare(self) -> None:
        assembly: Any = self.record.assembly if self.record else self.actor and self.actor.assembly
        if assembly is None:
            return
        self.fields["county"].queryset = assembly.children.all()
        self.fields["county"].label_from_instance = lambda county: county.place
        self.fields["sector"].queryset = people.sectors(assembly, timezone.localdate(self.now))
        kinds = options.choices(assembly.pk, FUNCTIONS_LIST)
        self.fields["functions"].choices = [(kind.code, kind.label) for kind in kinds]
        for name, field in self.fields.items():
            field.initial = getattr(self.record, name) if self.record else field.initial
        if not self.record:
            self.fields["functions"].initial = [kind.code for kind in kinds]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].upper()
        if not CODE.fullmatch(code):
            raise forms.ValidationError(_("Two to twelve letters, digits or dashes, like A001."), code="code")
        taken = Station.objects.filter(code=code)
        if self.record:
            taken = taken.exclude(pk=self.record.pk)
        other = taken.first()
        if other and (self.actor is None or not policy.read.allows(self.actor, other)):
            raise forms.ValidationError(
                _("“%(code)s” is taken already. %(free)s is free."),
                code="taken",
                params={"code": code, "free": codes.next_code(self.actor.assembly_id if self.actor else None)},
            )
        if other:
            raise forms.ValidationError(
                _("“%(code)s” is the code of %(station)s."), code="taken", params={"code": code, "station": other}
            )
        return code


class DoorForm(MoveForm):
    """What a keeper may correct alone."""

    hours = StationForm.base_fields["hours"]
    phone = StationForm.base_fields["phone"]

    def prepare(self) -> None:
        for name, field in self.fields.items():
            field.initial = getattr(self.record, name)


class DatedForm(MoveForm):
    """A move on a day that has come; the day is today unless another is given."""

    on = DayField(label=_("Day"), required=False, help_text=_("Empty: today"))

    def prepare(self) -> None:
        self.fields["on"].initial = timezone.localdate(self.now)

    def clean_on(self) -> date:
        today = timezone.localdate(self.now)
        on = self.cleaned_data["on"] or today
        if on > today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        begun = self.record and (self.record.suspended_on or self.record.opened_on)
        if begun and on < begun:
            raise forms.ValidationError(
                _("The day lies before %(begun)s."), code="early", params={"begun": begun.isoformat()}
            )
        return on


class ReasonedForm(DatedForm):
    reason = PlainTextAreaField(label=_("Reason"), max_length=500, help_text=_("Read by staff, in the story below."))


class StandDownForm(ReasonedForm):
    """The station receives nobody from now on."""

    told = PlainTextField(
        label=_("What people with an appointment are told"), max_length=200, required=False,
        help_text=_("Read under their receipt. Empty: that the station receives nobody now."),
    )  # fmt: skip

    def clean_told(self) -> str:
        usual = gettext("This station receives nobody now. Please ask for an appointment at another one.")
        return self.cleaned_data["told"] or usual


class PostForm(DatedForm):
    """A member begins to serve at the station."""

    member: Any = RecordChoice(Member.objects.none(), label=_("member"))
    part = forms.ChoiceField(label=_("part"), choices=StationMember.Part.choices, required=False)

    field_order = ["member", "part", "on"]

    def prepare(self) -> None:
        super().prepare()
        if self.record:
            rows = Member.objects.filter(assembly=self.record.assembly, state__in=("active", "leave"))
            # Those of the station's own sector stand first.
            own_first = Case(When(sector_id=self.record.sector_id, then=Value(0)), default=Value(1))
            own = rows.select_related("person", "sector").order_by(own_first, "sector__position", "person__name")
            self.fields["member"].queryset = own
            self.fields["member"].label_from_instance = lambda m: f"{m} · {m.sector}"

    def clean_on(self) -> date:
        return self.cleaned_data["on"] or timezone.localdate(self.now)

    def clean_member(self) -> Member:
        member = self.cleaned_data["member"]
        if self.record and self.record.members.filter(member=member, to_on=None).exists():
            raise forms.ValidationError(_("%(member)s serves here already."), params={"member": member})
        return member

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        member, on = cleaned.get("member"), cleaned.get("on")
        if self.record and member and self.record.members.filter(member=member, from_on=on).exists():
            self.add_error("on", _("This member began here on that day once before; give another day."))
        return cleaned


class WithdrawForm(DatedForm):
    """A member's service at the station ends."""

    post: Any = RecordChoice(StationMember.objects.none(), label=_("member"))

    field_order = ["post", "on"]

    def prepare(self) -> None:
        super().prepare()
        if self.record:
            serving = self.record.members.filter(to_on=None).select_related("member__person")
            self.fields["post"].queryset = serving
            self.fields["post"].label_from_instance = lambda p: str(p.member)

    def clean_on(self) -> date:
        return self.cleaned_data["on"] or timezone.localdate(self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        post, on = cleaned.get("post"), cleaned.get("on")
        if post and on and on < post.from_on:
            self.add_error("on", _("The day lies before the service began."))
        return cleaned
