"""The forms of what comes after the issue: report, adoption, instruction, handling, feedback."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.forms import AwardFields, InstructionFields, NamedDay
from tongxin.hear.concerns import conversions
from tongxin.hear.concerns.forms import choices, long_text
from tongxin.kernel.fields import FilesField, PlainTextField
from tongxin.kernel.files import DOCUMENTS, PICTURES
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Body

from .. import levels, packages, personal
from ..clocks import REPLY_CLOCK
from ..models import Brief, BriefConcern, BriefReport
from .checks import NumbersForm
from .fields import Several, assembly_id_of

OUTSIDE = "outside"


class ReportForm(NumbersForm):
    """To the assembly above, when somebody there works in this installation; else to whoever is named, as a package."""

    to = forms.ChoiceField(label=_("To whom"))
    to_name = PlainTextField(
        label=_("Name of the receiver"), max_length=80, required=False, help_text=_("Only for a receiver elsewhere")
    )
    to_code = PlainTextField(
        label=_("Code of the receiving assembly"),
        max_length=40,
        required=False,
        help_text=_("Like 23: it alone takes in the package. Empty when the receiver is no assembly."),
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False, help_text=_("For the assembly above it follows from the receiver.")
    )

    def clean_to_code(self) -> str:
        code = self.cleaned_data["to_code"]
        if code and not packages.is_code(code):
            raise forms.ValidationError(_("A code has only digits, letters and dashes."))
        if self.record is not None and code == self.record.assembly.code:
            raise forms.ValidationError(_("This is your own assembly's code."))
        return code

    def prepare(self) -> None:
        self.fields["level"].choices = level_choices(self)
        self.fields["to_name"].at_times = self.fields["level"].at_times = True
        receivers: list[tuple[Any, Any]] = [(OUTSIDE, _("a receiver elsewhere"))]
        parent = self.record.assembly.parent if self.record is not None else None
        if parent is not None and works_here(parent):
            receivers.insert(0, (str(parent.pk), str(parent)))
        else:  # nothing to choose from
            self.fields["to"].widget, self.fields["to"].initial = forms.HiddenInput(), OUTSIDE
            self.fields["to_name"].help_text = ""
            if parent is not None and not self.record.reports.filter(to_name=parent.name, void=False).exists():
                self.initial = {"to_name": parent.name, "to_code": parent.code, **self.initial}
        self.fields["to"].choices = receivers

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is None or "to" not in cleaned:
            return cleaned
        parent = self.record.assembly.parent
        inside = cleaned["to"] != OUTSIDE
        cleaned["to"] = parent if inside else None
        cleaned["to_code"] = "" if inside else cleaned.get("to_code", "")
        name = str(parent.name if inside and parent else cleaned.get("to_name") or "")
        above = inside or (parent and (name in _names(parent) or cleaned["to_code"] == parent.code))
        self._level(cleaned, parent if above else None)
        if not inside and not name:
            self.add_error("to_name", _("Say who receives it."))
        elif not inside and parent and name in _names(parent) and works_here(parent):
            self.add_error(
                "to_name", _("%(name)s works in this installation: choose it as the receiver.") % {"name": parent.name}
            )
        elif self.record.reports.filter(to_name=name, void=False).exists():
            self.add_error("to" if inside else "to_name", _("It was reported to %(name)s already.") % {"name": name})
        return cleaned

    def _level(self, cleaned: dict[str, Any], parent: Any) -> None:
        """The assembly above says which level that is, wherever it works; of another receiver it has to be chosen."""
        known = levels.of_receiver(self.record.assembly, parent)
        if known:
            cleaned["level"] = known
        elif not cleaned.get("level") and "level" not in self.errors:
            self.add_error("level", _("Choose the level."))


def works_here(assembly: Any) -> bool:
    """Whether somebody there would find the report: an assembly may stand in the books only because it is above."""
    return people.users_with(assembly.pk, roles.INFO_EDITOR).exists()


def _names(assembly: Any) -> tuple[str, ...]:
    return tuple(filter(None, (assembly.name, assembly.name_en, assembly.short, assembly.short_en)))


def level_choices(form: MoveForm) -> list[tuple[str, Any]]:
    """The levels above the record's assembly and its own, none chosen."""
    assembly = form.record.assembly if form.record is not None else (form.actor and form.actor.assembly)
    return [("", _("Please choose")), *((each.code, each.label) for each in levels.offered(assembly))]


class DatedForm(MoveForm):
    """Something that happened on a day: not before the issue, and not after today."""

    on = DayField(label=_("Day"))

    def prepare(self) -> None:
        self.fields["on"].initial = timezone.localdate(self.now)

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on > timezone.localdate(self.now):
            raise forms.ValidationError(_("This day is still to come."))
        issued = self.record.issued_at if self.record is not None else None
        if issued and on < timezone.localdate(issued):
            day = date_format(timezone.localdate(issued), "DATE_FORMAT")
            raise forms.ValidationError(
                _("The brief was issued on %(day)s: this cannot have been before.") % {"day": day}
            )
        return on


class AdoptForm(DatedForm):
    level = forms.ChoiceField(label=_("Level"))
    organ = PlainTextField(label=_("By whom"), max_length=80)
    evidence = FilesField(
        label=_("Evidence"),
        kinds=PICTURES | DOCUMENTS,
        max_files=1,
        help_text=_("The notice or the page that shows it"),
    )
    note = PlainTextField(label=_("Note"), max_length=300, required=False)

    field_order = ["level", "organ", "on", "evidence", "note"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["level"].choices = level_choices(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and cleaned.get("organ") and cleaned.get("on"):
            same = self.record.adoptions.filter(organ=cleaned["organ"], on=cleaned["on"], void=False)
            if same.exists():
                self.add_error("organ", _("This adoption is entered already."))
        return cleaned


class InstructForm(InstructionFields, DatedForm):
    """A leader's instruction."""


class AwardForm(AwardFields):
    """A prize: not before the issue."""

    too_early = _("The brief was issued on %(day)s: this cannot have been before.")

    def not_before(self) -> date | None:
        issued = self.record.issued_at if self.record is not None else None
        return timezone.localdate(issued) if issued else None


class TransferForm(NamedDay):
    """To the bodies; when a leader wrote on it, for the day that the leader named."""

    clock = REPLY_CLOCK.kind

    lead: Any = RecordChoice(Body.objects.all(), label=_("Leading body"))
    assisting: Any = Several(
        Body.objects.all(), label=_("Assisting bodies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    again: Any = Several(
        Body.objects.none(), label=_("Asked again, though they replied"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    note = long_text(_("What they are asked to do"), 500, required=False, help_text=_("The bodies read it."))

    field_order = ["lead", "assisting", "again", "due_on", "note"]

    def prepare(self) -> None:
        super().prepare()
        if self.record is None:
            return
        if not (self.record.instructed_at or self.fields["due_on"].initial):
            del self.fields["due_on"]
        for name in ("lead", "assisting"):
            self.fields[name].queryset = people.bodies(self.record.assembly)
        held = list(self.record.handlings.filter(ended_at=None))
        self.fields["lead"].initial = self.record.lead_body_id
        self.fields["assisting"].initial = [each.body_id for each in held if each.body_id != self.record.lead_body_id]
        if replied := [each.body_id for each in held if each.replied_at]:
            self.fields["again"].queryset = Body.objects.filter(pk__in=replied)
        else:
            del self.fields["again"]

    def goes_on(self) -> bool:
        lead = self.cleaned_data.get("lead")
        return bool(lead and self.record and lead.pk == self.record.lead_body_id)


class ResultForm(MoveForm):
    """A result, chosen on purpose, and words."""

    result = forms.ChoiceField(label=_("Result"))
    text = long_text(_("What was done"), 3000)

    def prepare(self) -> None:
        offered = choices(assembly_id_of(self), "concerns.result")
        self.fields["result"].choices = [("", _("Please choose")), *offered]


class FollowUpForm(MoveForm):
    done = forms.ChoiceField(label=_("Carried out"))
    text = long_text(_("What was found"), 2000)

    def prepare(self) -> None:
        offered = choices(assembly_id_of(self), "concerns.result")
        self.fields["done"].choices = [("", _("Please choose")), *offered]


class FeedbackForm(ResultForm):
    """One text for all, and where somebody needs other words, those."""

    call = forms.BooleanField(
        label=_("Who left a telephone number is called by those who look after the concern"), required=False
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["text"].label = _("What came of it, for the authors and for everybody who spoke")
        self.fields["text"].help_text = _("In plain words: it stands on each person's receipt page.")
        if self.record is None:
            return
        if not self.is_bound:
            self._begin(self.record)
        links = self._links(self.record)
        if not links:
            self.fields["text"].label, self.fields["text"].help_text = _("What came of it, for the authors"), ""
        for link in links:
            label = _("Other words for %(number)s “%(title)s”") % {
                "number": link.concern.number, "title": personal.said(link.concern).title,
            }  # fmt: skip
            self.fields[f"words_{link.concern_id}"] = long_text(label, 3000, rows=2, required=False)
        if "call" not in self.fields:
            return
        if not any(link.concern.consent_at for link in links):
            del self.fields["call"]
        else:  # who left a number waits for a call
            self.fields["call"].initial = any(link.concern.speaker_phone for link in links)

    def _begin(self, brief: Brief) -> None:
        """What the leading body said, and what was fed back from above, to begin with."""
        said = brief.handlings.filter(ended_at=None, body=brief.lead_body_id or 0).first()
        words = [*([said.text] if said else []), *from_above(brief)]
        self.fields["text"].initial = "\n".join(filter(None, words))
        self.fields["result"].initial = said.result if said else ""

    def _links(self, brief: Brief) -> list[BriefConcern]:
        """The concerns whose people are told."""
        return list(brief.concerns.select_related("concern").filter(concern__state="converted"))


class FeedbackMoreForm(FeedbackForm):
    """What came of it later, for those who were told before."""

    call = None  # type: ignore[assignment]  # takes the inherited field away

    def _begin(self, brief: Brief) -> None:
        self.fields["text"].initial = "\n".join(from_above(brief))
        self.fields["result"].initial = brief.result

    def _links(self, brief: Brief) -> list[BriefConcern]:
        return [link for link in brief.concerns.select_related("concern") if conversions.told_before(link.concern)]


def from_above(brief: Brief) -> list[str]:
    """What the assemblies above said when they fed it back, and what was not told yet to authors and people here."""
    return list(brief.reports.filter(owed=True).order_by("heard_at").values_list("answer", flat=True))


class HearForm(MoveForm):
    """What the assembly above made of a report; written by the system."""

    report: Any = RecordChoice(BriefReport.objects.none())
    news = forms.ChoiceField(choices=BriefReport.Outcome.choices)
    code = PlainTextField(max_length=40, required=False)  # of its lists: reason, level or result
    on = forms.DateField(required=False)
    text = long_text("", 3000, required=False)
    unit = PlainTextField(max_length=80, required=False)  # whose news it is, when it comes from further up
    where = forms.IntegerField(required=False)

    def prepare(self) -> None:
        if self.record is not None:
            rows = self.record.reports.exclude(to=None).select_related("to")
            self.fields["report"].queryset = rows
