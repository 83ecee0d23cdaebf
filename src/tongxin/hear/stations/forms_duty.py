"""The forms of duty: rules, rotas, turns, absences, walk-ins, checks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import FilesField, PlainTextAreaField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.forms import DayField
from tongxin.people.models import Member
from tongxin.people.workflow import MEMBER

from . import arrival
from .models import DutyTurn, Rota, RotaRule, Station, Unavailability
from .models.duty import Who
from .pools import LEADING

WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
)  # fmt: skip


class TimeField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    input_formats = ["%H:%M", "%H:%M:%S"]


class TurnForm(MoveForm):
    """One turn as the rota's plan or the demo makes it."""

    station: Any = RecordChoice(Station.objects.all())
    rota: Any = RecordChoice(Rota.objects.all(), required=False)
    rule: Any = RecordChoice(RotaRule.objects.all(), required=False)
    on = DayField()
    begins = TimeField()
    ends = TimeField()
    seat = forms.IntegerField(min_value=0, required=False)
    who = forms.ChoiceField(choices=Who.choices, required=False)
    member: Any = RecordChoice(Member.objects.all(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["seat"] = cleaned.get("seat") or 0
        cleaned["who"] = cleaned.get("who") or Who.MEMBER
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end lies before the beginning."))
        known = getattr(self.fields["member"], "known", None)
        if known is None:  # one by one; a plan's turns are free of this, and the database watches over both
            _check_free(self, cleaned.get("member"), cleaned.get("on"))
            if cleaned.get("station") and cleaned.get("on") and begins:
                same = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(
                    station=cleaned["station"], on=cleaned["on"], begins=begins
                )
                cleaned["seat"] = max(cleaned["seat"], max((t.seat + 1 for t in same), default=0))
        return cleaned


class RecordForm(TurnForm):
    """A turn that was kept before; its member is known."""

    member: Any = RecordChoice(Member.objects.all())
    summary = PlainTextField(max_length=500, required=False)


class BookForm(MoveForm):
    """An appointment at a station, entered by the office or the keeper."""

    station: Any = RecordChoice(Station.objects.none(), label=_("station"))
    on = DayField(label=_("Day"))
    begins = TimeField(label=_("from (time)"))
    ends = TimeField(label=_("until (time)"))
    member: Any = RecordChoice(Member.objects.none(), label=_("member"))
    purpose = PlainTextField(
        label=_("what for"), max_length=80, required=False, help_text=_("The matter, not the name of who comes.")
    )

    def prepare(self) -> None:
        if self.actor is None or self.actor.assembly is None:
            return
        from . import policy

        if "station" in self.fields:  # not where it is known already
            kept = policy.tend.filter(self.actor, Station.objects.filter(state="active"))
            self.fields["station"].queryset = kept  # type: ignore[attr-defined]
        offer_members(self.fields["member"], self.actor.assembly_id)

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on < timezone.localdate(self.now):
            raise forms.ValidationError(_("This day is over."))
        return on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("begins") and cleaned.get("ends") and cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", _("The end lies before the beginning."))
        _check_free(self, cleaned.get("member"), cleaned.get("on"))
        if cleaned.get("station") and cleaned.get("on") and cleaned.get("begins"):
            same = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(
                station=cleaned["station"], on=cleaned["on"], begins=cleaned["begins"]
            )
            cleaned["seat"] = max((turn.seat + 1 for turn in same), default=0)
        return cleaned


class TakeOverForm(MoveForm):
    replaces: Any = RecordChoice(DutyTurn.objects.filter(state="swapped"))
    member: Any = RecordChoice(Member.objects.all())


class TurnMember(RecordChoice):
    """Whom a turn may go to; says of anybody else why not."""

    turn: DutyTurn | None = None

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(
                self._why_not(str(getattr(value, "pk", value))), code="invalid_choice"
            ) from None

    def _why_not(self, key: str) -> str:
        known = Member.objects.filter(assembly=self.turn.assembly_id) if self.turn and key.isdecimal() else None
        member = known.filter(pk=key[:18]).select_related("person").first() if known is not None else None
        if member is None:
            return gettext("This is no member of the assembly. Choose somebody from the list.")
        if member.state != "active":
            state = MEMBER.state(member.state).label
            return gettext("%(who)s cannot take the turn: %(state)s.") % {"who": member, "state": state}
        return gettext("This turn is for a leader, and %(who)s is none.") % {"who": member}


class AssignForm(MoveForm):
    """Somebody else, or somebody at last, for a turn."""

    member: Any = TurnMember(Member.objects.none(), label=_("member"))

    def prepare(self) -> None:
        if self.record is not None:
            offer_members(self.fields["member"], self.record.assembly_id, self.record)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and cleaned.get("member") != self.record.member:
            _check_free(self, cleaned.get("member"), self.record.on)
        return cleaned


class OfferForm(MoveForm):
    """Asking another member to take the turn."""

    member: Any = TurnMember(Member.objects.none(), label=_("Who could come instead?"))
    note = PlainTextField(label=_("A word to them"), max_length=120, required=False)

    def prepare(self) -> None:
        if self.record is not None:
            offer_members(self.fields["member"], self.record.assembly_id, self.record)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None:
            if cleaned.get("member") == self.record.member:
                self.add_error("member", _("This is your own turn already."))
            else:
                _check_free(self, cleaned.get("member"), self.record.on)
        return cleaned


class AcceptForm(MoveForm):
    def clean(self) -> dict[str, Any]:
        if self.record is not None and self.record.offered_to is not None:
            _check_free(self, self.record.offered_to, self.record.on, field=None)
        return super().clean() or self.cleaned_data


class FreeForm(MoveForm):
    """A turn is freed of somebody who is not in office, of nobody else."""

    def clean(self) -> dict[str, Any]:
        if self.record is not None and (self.record.member is None or self.record.member.state == "active"):
            raise forms.ValidationError(_("Whoever holds this turn is in office."))
        return super().clean() or self.cleaned_data


class BlotForm(MoveForm):
    """Whom to blot out of a turn's texts; never journaled."""

    name = forms.CharField(required=False)
    phone = forms.CharField(required=False)


class NoteForm(MoveForm):
    note = PlainTextField(label=_("Reason"), max_length=120, required=False)


class ReasonForm(MoveForm):
    reason = PlainTextField(label=_("Reason"), max_length=200)


class OnTheDayForm(MoveForm):
    """Something that happens on the day of the turn."""

    @property
    def happened(self) -> datetime:
        return self.cleaned_data.get("moment") or self.now or timezone.now()

    def clean(self) -> dict[str, Any]:
        today = timezone.localdate(self.happened)
        if self.record is not None and self.record.on != today:
            words = _("This turn is on %(day)s; checking in is possible on that day.")
            if self.record.on < today:
                words = _(
                    "This turn was on %(day)s. If you were there, let the station's keeper or the office enter it."
                )
            raise forms.ValidationError(words, params={"day": f"{self.record.on:%Y-%m-%d}"})
        return super().clean() or self.cleaned_data


class CheckInForm(OnTheDayForm):
    wrong = _("This is not the code shown now. It changes every minute: look at the screen again.")
    code = PlainTextField(
        label=_("Code on the station's screen"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        given = self.cleaned_data["code"]
        if self.record is not None and not arrival.fits(self.record.station, given, self.happened):
            raise forms.ValidationError(
                self.wrong, code="wrong", params={"at": f"{timezone.localtime(self.happened):%H:%M}"}
            )
        return given


class LaterCheckInForm(CheckInForm):
    """A check-in that waited for a line: the code is the one shown at that moment, however often it changed since."""

    moment = forms.DateTimeField()
    field_order = ("moment", "code")
    wrong = _("This is not the code that was shown at %(at)s.")

    def clean_moment(self) -> datetime:
        moment = self.cleaned_data["moment"]
        if moment > (self.now or timezone.now()):
            raise forms.ValidationError(_("This moment has not come yet."))
        return moment


class SummaryForm(MoveForm):
    summary = PlainTextAreaField(
        label=_("What was it about?"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("One sentence is enough. No names of those who came."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["summary"].required = not (self.actor and self.actor.is_system)  # what happens by itself says none


class VouchForm(SummaryForm):
    """A turn that was kept without checking in."""

    arrived = TimeField(
        label=_("When did the member come?"), required=False, help_text=_("Leave it empty if you do not know.")
    )

    def clean_arrived(self) -> time | None:
        arrived = self.cleaned_data["arrived"]
        if arrived and self.record is not None and arrived >= self.record.ends:
            raise forms.ValidationError(
                _("The turn was over by then: it ended at %(ends)s."), params={"ends": f"{self.record.ends:%H:%M}"}
            )
        return arrived


class ExplainIdleForm(MoveForm):
    reason = PlainTextField(label=_("What is the matter, and what is being done"), max_length=200)


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


class CountForm(MoveForm):
    """People who came and left nothing to follow."""

    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=200, initial=1)


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


def offer_members(field: Any, assembly_id: Any, turn: DutyTurn | None = None) -> None:
    """The members in office, for a turn those who serve at its station or belong to its sector first."""
    rows = Member.objects.filter(assembly_id=assembly_id, state="active").select_related("person", "sector")
    order: list[Any] = ["sector__position", "person__name"]
    if turn is not None:
        field.turn = turn
        near = Q(stations__station=turn.station_id, stations__to_on=None)
        serving = Member.objects.filter(near).values("pk")
        order.insert(0, Case(When(pk__in=serving, then=Value(0)), When(sector=turn.station.sector_id, then=Value(1)),
                             default=Value(2)))  # fmt: skip
        if turn.who == Who.LEADER:
            rows = rows.filter(duty__in=LEADING)
    field.queryset = rows.order_by(*order)
    field.label_from_instance = lambda m: f"{m} · {m.sector}"


def _check_free(form: MoveForm, member: Member | None, on: date | None, field: str | None = "member") -> None:
    """Refuse somebody who is on duty or away that day, and say why."""
    if member is None or on is None:
        return
    if member.state != "active":
        form.add_error(field, _("%(who)s is not in office.") % {"who": member})
        return
    busy = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(member=member, on=on).select_related("station")
    if turn := busy.first():
        words = _("%(who)s is on duty at %(station)s that day (%(day)s).")
        form.add_error(field, words % {"who": member, "station": turn.station, "day": f"{on:%Y-%m-%d}"})
        return
    for away in Unavailability.objects.filter(member=member, dropped_on=None, from_on__lte=on):
        if away.covers(on):
            words = _("%(who)s cannot come on %(day)s.")
            form.add_error(field, words % {"who": member, "day": f"{on:%Y-%m-%d}"})
            return


def people_words(n: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", n) % {"n": n}
