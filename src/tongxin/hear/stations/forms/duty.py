"""The forms of a turn: entering it, giving it on, checking in, what comes at its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tongxin.insight.telephones import without_telephones
from tongxin.kernel.fields import PlainTextAreaField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import roles
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Member

from .. import arrival
from ..models import DutyTurn, Rota, RotaRule, Station
from ..models.duty import Who
from ..rota.pools import LEADING
from .fields import Hours, TimeField, TurnMember, check_free, hours_given, offer_members, unsaid

AHEAD = ("scheduled", "confirmed")


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
            check_free(self, cleaned.get("member"), hours_given(cleaned))
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
    member: Any = TurnMember(Member.objects.none(), label=_("member"))
    purpose = PlainTextField(
        label=_("what for"), max_length=80, required=False, help_text=_("The matter, not the name of who comes.")
    )

    def prepare(self) -> None:
        if self.actor is None or self.actor.assembly is None:
            return
        from .. import policy

        if "station" in self.fields:  # not where it is known already
            kept = policy.receive.filter(self.actor, Station.objects.filter(state="active"))
            self.fields["station"].queryset = kept
        offer_members(self.fields["member"], self.actor.assembly_id, by_appointment=True)

    def clean_purpose(self) -> str:
        return without_telephones(self.cleaned_data["purpose"])

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on < timezone.localdate(self.now):
            raise forms.ValidationError(_("This day is over."))
        return on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("begins") and cleaned.get("ends") and cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", _("The end lies before the beginning."))
        self.check_member(cleaned)
        if cleaned.get("station") and cleaned.get("on") and cleaned.get("begins"):
            same = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(
                station=cleaned["station"], on=cleaned["on"], begins=cleaned["begins"]
            )
            cleaned["seat"] = max((turn.seat + 1 for turn in same), default=0)
        return cleaned

    def check_member(self, cleaned: dict[str, Any]) -> None:
        check_free(self, cleaned.get("member"), hours_given(cleaned))


class TakeOverForm(MoveForm):
    replaces: Any = RecordChoice(DutyTurn.objects.filter(state="swapped"))
    member: Any = RecordChoice(Member.objects.all())


def offer_others(form: MoveForm, turn: DutyTurn) -> None:
    """Who may get a turn that is there; with a visitor expected only those with whom people may make appointments."""
    booked = turn.rota_id is None or turn.appointments.filter(state="agreed").exists()
    offer_members(form.fields["member"], turn.assembly_id, turn, by_appointment=booked)
    if not (form.actor and form.actor.has(roles.OFFICE)):  # the member's own word on when is the office's to read
        form.fields["member"].label_from_instance = unsaid


class AssignForm(MoveForm):
    """Somebody else, or somebody at last, for a turn."""

    member: Any = TurnMember(Member.objects.none(), label=_("member"))

    def prepare(self) -> None:
        if self.record is not None:
            offer_others(self, self.record)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and cleaned.get("member") != self.record.member:
            check_free(self, cleaned.get("member"), Hours.of(self.record))
        return cleaned


class OfferForm(MoveForm):
    """Asking another member to take the turn, as a favour or in exchange for one of theirs.

    Once somebody is chosen (`initial` or what was typed), their turns ahead are offered; until then nothing is asked.
    """

    member: Any = TurnMember(Member.objects.none(), label=_("Who could come instead?"))
    instead_on = DayField(label=_("In exchange for their turn on"), required=False, widget=forms.HiddenInput)
    note = PlainTextField(label=_("A word to them"), max_length=120, required=False)

    def prepare(self) -> None:
        if self.record is not None:
            offer_others(self, self.record)
        chosen = str(self["member"].value() or "")
        if self.record is not None and chosen.isdecimal():
            days = [(f"{each.on:%Y-%m-%d}", _turn_words(each)) for each in self._ahead(int(chosen[:18]))]
            self.fields["instead_on"].at_times = True  # an answer is chosen beforehand
            self.fields["instead_on"].widget = forms.RadioSelect(choices=[("", _("I only give mine away")), *days])
            if not days:
                self.fields["instead_on"].help_text = _("They have no turn ahead.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["exchange"], turn, other = None, self.record, cleaned.get("member")
        if turn is None or other is None:
            return cleaned
        if other == turn.member:
            self.add_error("member", _("This is your own turn already."))
            return cleaned
        if day := cleaned.get("instead_on"):
            cleaned["exchange"] = self._theirs(other, day)
        if not self.errors:
            check_exchange(self, turn, other, cleaned["exchange"], "member", "instead_on")
        return cleaned

    def _theirs(self, other: Member, day: date) -> DutyTurn | None:
        """The turn of the other's on a day; when there is none it is said when they are on duty."""
        found = self._ahead(other.pk)
        if turn := next((each for each in found if each.on == day), None):
            return turn
        words = _("%(who)s has no turn ahead on that day. Turns ahead: %(days)s.")
        days = "、".join(date_format(each.on, "DATE_FORMAT") for each in found[:8]) or "–"
        self.add_error("instead_on", words % {"who": other, "days": days})
        return None

    def _ahead(self, member: int) -> list[DutyTurn]:
        """The turns somebody of this assembly holds from today on."""
        today, assembly = timezone.localdate(self.now), self.record and self.record.assembly_id
        ahead = DutyTurn.objects.filter(assembly=assembly, member=member, state__in=AHEAD, on__gte=today)
        return list(ahead.select_related("station", "member__person").order_by("on", "begins"))


def _turn_words(turn: DutyTurn) -> str:
    """12月3日 09:00–11:30 八马路联络站; the year where it is not this one."""
    near = turn.on.year == timezone.localdate().year
    day = date_format(turn.on, "MONTH_DAY_FORMAT" if near else "DATE_FORMAT")
    return f"{day} {turn.begins:%H:%M}–{turn.ends:%H:%M} {turn.station}"


def check_exchange(
    form: MoveForm, turn: DutyTurn, other: Member, theirs: DutyTurn | None, field: str | None, back: str | None
) -> None:
    """Refuse what either side cannot do: the other the turn, and whoever has it the other's turn in return."""
    check_free(form, other, replace(Hours.of(turn), but=theirs.pk if theirs else None), field)
    if theirs is None:
        return
    if theirs.member_id != other.pk or theirs.state not in ("scheduled", "confirmed"):
        form.add_error(back, _("The turn that was to be exchanged is not %(who)s's any more.") % {"who": other})
        return
    if theirs.who == Who.LEADER and (turn.member is None or turn.member.duty not in LEADING):
        form.add_error(back, _("This turn is for a leader, and %(who)s is none.") % {"who": turn.member})
        return
    check_free(form, turn.member, replace(Hours.of(theirs), but=turn.pk), back)


class AcceptForm(MoveForm):
    def clean(self) -> dict[str, Any]:
        if self.record is not None and self.record.offered_to is not None:
            check_exchange(self, self.record, self.record.offered_to, self.record.exchange_for, None, None)
        return super().clean() or self.cleaned_data


class ExchangeForm(MoveForm):
    """Who takes the turn in exchange for another."""

    member: Any = RecordChoice(Member.objects.all())


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


class RetimeForm(MoveForm):
    """The turn's rule ends at another time now."""

    ends = TimeField()
    rule: Any = RecordChoice(RotaRule.objects.all(), required=False)

    def clean_ends(self) -> time:
        ends = self.cleaned_data["ends"]
        if self.record is not None and ends <= self.record.begins:
            raise forms.ValidationError(_("The end lies before the beginning."))
        return ends


class VisitorForm(MoveForm):
    at = TimeField()


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


class CountForm(MoveForm):
    """People who came and left nothing to follow."""

    people = forms.IntegerField(label=_("How many people"), min_value=1, max_value=200, initial=1)


def people_words(n: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", n) % {"n": n}
