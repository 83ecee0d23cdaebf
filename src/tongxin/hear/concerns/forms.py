"""The forms of the concern's moves: the same check for pages, imports and the demo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tongxin.kernel import deadlines, options
from tongxin.kernel.fields import FilesField, PhoneField, PlainTextAreaField, PlainTextField
from tongxin.kernel.files import DOCUMENTS, PICTURES
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Assembly, Body, Committee, Sector

from .models import Answer, Concern, Rating

MAX_TEXT = (
    20_000  # characters; the assembly's own limit (concerns.text_limit) is lower and holds for what is typed here
)


NEWER = "newer"  # the code of the fault that what was rated is no longer the newest answer
READ_BY_STAFF = _("Read by the office, committees and conveners; not by the handling body.")


def long_text(label: Any, max_length: int, rows: int = 4, **kwargs: Any) -> PlainTextAreaField:
    """A text of several lines, `rows` of them in sight."""
    return PlainTextAreaField(label=label, max_length=max_length, widget=forms.Textarea({"rows": rows}), **kwargs)


def choices(assembly_id: int | None, key: str, empty: bool = False) -> list[tuple[str, str]]:
    """The options of a list as a form wants them; `empty` puts “—” first."""
    found = [(choice.code, choice.label) for choice in options.choices(assembly_id, key)]
    return [("", "—"), *found] if empty else found


class ToldForm(MoveForm):
    """What somebody told us, however it reached us."""

    same_for = ("assembly",)

    text = long_text(
        _("What is it about?"), MAX_TEXT, error_messages={"required": _("Please write down what it is about.")}
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    speaker_name = PlainTextField(label=_("What shall we call you?"), max_length=40, required=False)
    speaker_phone = PhoneField(label=_("Telephone"), required=False)
    consent = forms.BooleanField(label=_("You may use it to tell me the result."), required=False)
    assembly: Any = RecordChoice(Assembly.objects.all(), widget=forms.HiddenInput)
    county: Any = RecordChoice(Assembly.objects.filter(level="county"), label=_("Where"), required=False)

    def prepare(self) -> None:
        self.fields["topic"].choices = choices(_assembly_id(self), "concerns.topic", empty=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("speaker_phone") or cleaned.get("speaker_name")) and not cleaned.get("consent"):
            self.add_error("consent", _("To leave a name or number, tick that we may use it; or leave both empty."))
        return cleaned


class SpeakForm(ToldForm):
    """What a constituent says. Only the text is required; a name or number needs consent, by the page's own line."""

    pictures = FilesField(label=_("Pictures"), required=False, max_files=6)
    station: Any = RecordChoice(None, label=_("Station"), required=False, widget=forms.HiddenInput)
    receipt_index = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        assembly_id = _assembly_id(self)
        self.fields["station"].queryset = stations(assembly_id)
        self.fields["text"].widget.attrs["data-limit"] = str(_limit(assembly_id))

    def clean_text(self) -> str:
        text, limit = self.cleaned_data["text"], _limit(_assembly_id(self))
        if len(text) > limit:
            over = len(text) - limit
            message = ngettext(
                "Please shorten it by %(over)d character: at most %(limit)d.",
                "Please shorten it by %(over)d characters: at most %(limit)d.",
                over,
            )
            raise forms.ValidationError(message, code="max_length", params={"over": over, "limit": limit})
        return text


class WriteDownForm(SpeakForm):
    """Staff or a member write down what somebody told them."""

    title = PlainTextField(
        label=_("Title"), max_length=60, required=False, help_text=_("Empty: the beginning of the text")
    )
    sector: Any = RecordChoice(
        Sector.objects.all(), label=_("Sector"), required=False, help_text=_("Empty: the one of the station")
    )
    station: Any = RecordChoice(None, label=_("Station"), required=False)
    source = forms.ChoiceField(
        choices=[(s, s.label) for s in (Concern.Source.DESK, Concern.Source.CONTACT, Concern.Source.VISIT)],
        required=False,
        widget=forms.HiddenInput,
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["text"].label = _("What was said")
        self.fields["speaker_name"].label = _("Who said it")
        self.fields["consent"].label = _("The person agrees that we keep name and number to tell the result")
        if self.actor is None or self.actor.assembly is None:
            return
        self.fields["sector"].queryset = people.sectors(self.actor.assembly, timezone.localdate())
        self.fields["county"].queryset = self.actor.assembly.children.all()
        self.fields["county"].label_from_instance = lambda county: county.place
        held = self.actor.scopes(roles.STATION)
        if held and not self.actor.has(roles.OFFICE, roles.COMMITTEE, roles.MEMBER, roles.CONVENER):
            own = stations(self.actor.assembly_id).filter(pk__in=held)
            self.fields["station"].queryset = own
            self.fields["station"].initial = held[0]


class TakeInForm(ToldForm):
    """One row of a list taken in from a file. What others wrote elsewhere is not held to our own limit of length."""

    title = PlainTextField(label=_("Title"), max_length=60, required=False)
    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)
    said_at = forms.DateTimeField(label=_("said"), required=False)
    reference = PlainTextField(label=_("number elsewhere"), max_length=40, required=False)
    repeats = forms.BooleanField(required=False)


class SortingForm(MoveForm):
    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)
    committee: Any = RecordChoice(
        Committee.objects.all(), label=_("Committee"), required=False, help_text=_("Empty: the one of the sector")
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Concern.Severity.choices, coerce=int, required=False, empty_value=None
    )

    def prepare(self) -> None:
        concern = self.record
        if concern is None:
            return
        offer_sorting(self, concern.assembly, self.now)
        for name in ("sector", "committee", "topic", "severity"):
            self.fields[name].initial = getattr(concern, name)


class TriageForm(SortingForm):
    title = PlainTextField(label=_("Title"), max_length=60, required=False)
    note = long_text(_("Note"), 500, required=False)

    field_order = ["title", "sector", "committee", "topic", "severity", "note"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["note"].help_text = READ_BY_STAFF
        if self.record is not None:
            self.fields["title"].initial = self.record.title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("sector") or cleaned.get("committee")):
            self.add_error("sector", _("Say whose it is: choose a sector or a committee."))
        return cleaned


class DecidedForm(MoveForm):
    """A decision on what nobody has sorted yet also says whose it is, so that figures by sector know it."""

    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"))

    def prepare(self) -> None:
        if self.record is None:
            return
        if self.record.sector_id or self.record.committee_id:
            del self.fields["sector"]
        else:
            today = timezone.localdate(self.now)
            self.fields["sector"].queryset = people.sectors(self.record.assembly, today)


class HelpForm(DecidedForm):
    note = long_text(_("What will be done, and by whom"), 500, help_text=READ_BY_STAFF)


class ReferForm(DecidedForm):
    body: Any = RecordChoice(Body.objects.all(), label=_("Handling body"))
    note = long_text(_("What it is asked to do"), 500, required=False, help_text=_("The handling body reads it."))

    def prepare(self) -> None:
        super().prepare()
        if self.record is not None:
            self.fields["body"].queryset = people.bodies(self.record.assembly)


class GuideForm(MoveForm):
    channel = forms.ChoiceField(label=_("Where to"))
    text = long_text(_("How to go about it there"), 1000)

    def prepare(self) -> None:
        self.fields["channel"].choices = choices(_assembly_id(self), "concerns.channel")


class DeclineForm(MoveForm):
    reason = forms.ChoiceField(label=_("Reason"))
    text = long_text(
        _("Explanation"),
        1000,
        help_text=_("Why not here, and where to go instead. The person reads it."),
    )

    def prepare(self) -> None:
        self.fields["reason"].choices = choices(_assembly_id(self), "concerns.decline_reason")


class OutcomeForm(MoveForm):
    result = forms.ChoiceField(label=_("Result"))
    text = long_text(_("What was done"), 3000)
    pictures = FilesField(label=_("Pictures or papers"), required=False, max_files=6, kinds=PICTURES | DOCUMENTS)

    def prepare(self) -> None:
        offered = choices(_assembly_id(self), "concerns.result")
        # Nothing is chosen beforehand: “resolved” must not be a careless click.
        self.fields["result"].choices = [("", _("Please choose")), *offered]


class SendBackForm(MoveForm):
    reason = long_text(_("Why it is not yours, and whose it is"), 500)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        allowed = int(options.parameter(_assembly_id(self), "concerns.send_back_times"))
        if self.record is not None and self.record.sent_back >= allowed:
            raise forms.ValidationError(
                _("It was sent back before. Call the office: the second time they decide who handles it.")
            )
        return cleaned


class AnswerForm(MoveForm):
    """What the person is told starts from what was done, so that nothing is typed twice."""

    way = forms.ChoiceField(label=_("How the person was told"), choices=Answer.Way.choices)
    text = long_text(
        _("What the person is told"),
        3000,
        rows=6,
        help_text=_("In plain words. It stands on the person's receipt page in any case."),
    )
    delivery = PlainTextField(
        label=_("Delivery note"), max_length=300, required=False,
        help_text=_("When, who answered, or what was tried. Needed for a call, a visit, or if nobody was reached."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["delivery"].at_times = True  # the usual way needs it: not to be called optional
        if self.record is None:
            return
        if not self.record.speaker_phone:
            possible = [choice for choice in Answer.Way.choices if choice[0] not in Answer.NEED_NUMBER]
            self.fields["way"].choices = possible
            self.fields["way"].help_text = _("No number was left, so nobody can be called or sent a message.")
        if not self.is_bound:
            newest = self.record.outcomes.last()
            self.fields["text"].initial = newest.text if newest else ""
            if self.record.speaker_phone:  # who left a number waits for a call
                self.fields["way"].initial = Answer.Way.PHONE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") in ("phone", "visit", "unreached") and not cleaned.get("delivery"):
            self.add_error("delivery", _("Say when it was and how it went."))
        return cleaned


class OfAnswerForm(MoveForm):
    """What the person says of an answer: of the one that was read, not of another that has come since."""

    answer = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        read = cleaned.pop("answer", None)
        if read and self.record and self.record.answers.filter(pk__gt=read).exists():
            self.add_error(None, forms.ValidationError(_("There is a newer answer."), code=NEWER))
        return cleaned


class RateForm(OfAnswerForm):
    value = forms.ChoiceField(
        label=_("What do you think?"),
        choices=[c for c in Rating.Value.choices if c[0] != Rating.Value.NOT],
        widget=forms.RadioSelect,
    )
    comment = long_text(_("Anything to add?"), 500, required=False)


class ObjectForm(OfAnswerForm):
    comment = long_text(_("What is still wrong?"), 500, required=False)


class ExplainForm(MoveForm):
    reason = long_text(_("What the person is told"), 3000)


class ReasonForm(MoveForm):
    reason = long_text(_("Reason"), 500)


class ExtendForm(MoveForm):
    """More time for the clock that runs out next, within what the assembly allows, once for each clock."""

    days = forms.IntegerField(label=_("How many days more"), min_value=1)
    reason = long_text(_("Why it takes longer"), 500)

    def prepare(self) -> None:
        most = int(options.parameter(_assembly_id(self), "concerns.extend_days"))
        self.fields["days"].validators.append(MaxValueValidator(most))
        self.fields["days"].help_text = ngettext("At most %(n)d day, once.", "At most %(n)d days, once.", most) % {
            "n": most
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        clock = deadlines.nearest(self.record) if self.record is not None else None
        if clock is None:
            raise forms.ValidationError(_("No time limit runs here now."))
        if clock.due_on < timezone.localdate(self.now):
            raise forms.ValidationError(_("This time limit has run out. More time can only be given before it does."))
        if clock.extensions:
            raise forms.ValidationError(_("This time limit was extended already."))
        return cleaned


class BlotForm(MoveForm):
    """Whom to blot out of a concern's texts; never journaled."""

    name = forms.CharField(required=False)
    phone = forms.CharField(required=False)


def stations(assembly_id: int | None) -> QuerySet:
    """The open stations of an assembly. Their room stands above this one, so the model is reached by the field."""
    station = Concern._meta.get_field("station").related_model
    return station._default_manager.filter(assembly_id=assembly_id, state="active")


def offer_sorting(form: forms.Form, assembly: Any, now: Any = None) -> None:
    """Fill the choices of sector, committee and topic with those of the assembly."""
    today = timezone.localdate(now)
    form.fields["sector"].queryset = people.sectors(assembly, today)  # type: ignore[attr-defined]
    form.fields["committee"].queryset = people.committees(assembly, today)  # type: ignore[attr-defined]
    form.fields["topic"].choices = choices(assembly.pk, "concerns.topic", empty=True)  # type: ignore[attr-defined]


def _limit(assembly_id: int | None) -> int:
    return int(options.parameter(assembly_id, "concerns.text_limit"))


def _assembly_id(form: MoveForm) -> int | None:
    if form.record is not None:
        return form.record.assembly_id
    given = form.data.get("assembly") if form.is_bound else form.initial.get("assembly")
    given = getattr(given, "pk", given)
    return int(str(given)) if str(given or "").isdecimal() else (form.actor.assembly_id if form.actor else None)
