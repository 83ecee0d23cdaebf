"""The forms of a report's moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.forms import AwardFields, InstructionFields, offer
from tongxin.hear.concerns.forms import choices, long_text
from tongxin.kernel import options
from tongxin.kernel.fields import FilesField, PlainTextAreaField, PlainTextField
from tongxin.kernel.files import DOCUMENTS
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Assembly, Committee, Sector

from .. import lists, teams
from ..models import FieldVisit, Honour

LONGEST_TEXT = 60_000  # characters; a report in print has some ten thousand
MOST_HEARD = 100_000


class ReportFields(MoveForm):
    """The report itself and its team. To keep it as a draft, title and topic are enough."""

    title = PlainTextField(label=_("Title"), max_length=80)
    topic = forms.ChoiceField(label=_("Topic"))
    committee: Any = RecordChoice(Committee.objects.all(), label=_("Committee"), required=False)
    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)
    team = PlainTextField(
        label=_("Members of the team"), max_length=600, required=False,
        help_text=_("Names divided by commas; with namesakes the sector in brackets: 周岩（教育界）"),
    )  # fmt: skip
    outsiders = PlainTextAreaField(
        label=_("Others in the team"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("One on each line: name, unit"),
    )  # fmt: skip
    leader = PlainTextField(
        label=_("Who leads"), max_length=120, required=False, help_text=_("Empty: the first one named")
    )
    text = long_text(_("Text of the report"), LONGEST_TEXT, rows=14, required=False)
    file = FilesField(
        label=_("The report as a file"), kinds=DOCUMENTS, max_files=1, required=False,
        help_text=_("Word or PDF, when the text is not written here"),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        assembly_id = self.assembly_id()
        topics, kept = choices(assembly_id, lists.TOPICS), getattr(self.record, "topic", "")
        if kept and kept not in dict(topics):  # retired since, like a committee or a sector: saving does not lose it
            topics = [*topics, (kept, options.label(assembly_id, lists.TOPICS, kept))]
        self.fields["topic"].choices = [("", _("Please choose")), *topics]
        committees = self._in_force(Committee, "committee_id")
        actor = self.actor
        if actor is not None and not actor.is_system and not actor.has(roles.OFFICE):
            kept_one = Q(pk=getattr(self.record, "committee_id", None) or 0)
            committees = committees.filter(Q(pk__in=actor.scopes(roles.COMMITTEE)) | kept_one)
            self.fields["committee"].required = True
            self.fields["committee"].initial = next(iter(actor.scopes(roles.COMMITTEE)), None)
        self.fields["committee"].queryset = committees
        self.fields["sector"].queryset = self._in_force(Sector, "sector_id")

    def _in_force(self, model: Any, kept: str) -> Any:
        """Those in force, and the one that the report bears already."""
        wanted = people.in_force(timezone.localdate(self.now)) | Q(pk=getattr(self.record, kept, None) or 0)
        return model.objects.filter(wanted, assembly_id=self.assembly_id() or 0)

    def assembly_id(self) -> int | None:
        """The assembly whose lists and members are offered."""
        if self.record is not None:
            return self.record.assembly_id
        given = self.data.get("assembly") if self.is_bound else self.initial.get("assembly")
        given = getattr(given, "pk", given)
        return int(str(given)) if str(given or "").isdecimal() else (self.actor.assembly_id if self.actor else None)

    def clean_team(self) -> list[teams.Person]:
        return teams.members(self.cleaned_data["team"], self.assembly_id() or 0, self.record)

    def clean_outsiders(self) -> list[teams.Person]:
        return teams.outsiders(self.cleaned_data["outsiders"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "team" in cleaned and "outsiders" in cleaned:
            named = {each.member.pk: each for each in cleaned["team"]}  # the same member named twice is one
            try:
                cleaned["people"] = teams.led([*named.values(), *cleaned["outsiders"]], cleaned.get("leader", ""))
            except ValidationError as error:
                self.add_error("leader", error)
        return cleaned


class DraftForm(ReportFields):
    """A new report."""

    assembly: Any = RecordChoice(Assembly.objects.all(), widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class WriteForm(ReportFields):
    """Going on with it."""

    without_file = forms.BooleanField(label=_("Take the file away"), required=False)

    def prepare(self) -> None:
        super().prepare()
        if self.record is None:
            return
        for name in ("title", "topic", "committee", "sector", "text"):
            self.fields[name].initial = getattr(self.record, name)
        if not self.is_bound:
            team = self.record.team.select_related("member__sector")
            for name, words in teams.typed(team).items():
                self.fields[name].initial = words
        if self.record.file_id is None:
            del self.fields["without_file"]


class DayForm(MoveForm):
    """Something that happened on a day: not after today, nor before what it follows on."""

    on = DayField(label=_("Day"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["on"].initial = timezone.localdate(self.now)

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on > timezone.localdate(self.now):
            raise forms.ValidationError(_("This day is still to come."))
        first, why = self.not_before()
        if first and on < first:
            raise forms.ValidationError(why % {"day": date_format(first, "DATE_FORMAT")})
        return on

    def not_before(self) -> tuple[date | None, Any]:
        """The first day on which it can have been, and the sentence that refuses an earlier one."""
        return None, ""


class StepForm(DayForm):
    """A step of the report's way, entered on the day itself or later; left empty, it was today."""

    on = DayField(label=_("Day"), required=False, help_text=_("When it really was, if it is entered later."))

    def clean_on(self) -> date:
        self.cleaned_data["on"] = self.cleaned_data["on"] or timezone.localdate(self.now)
        return super().clean_on()


class VisitForm(DayForm):
    place = PlainTextField(label=_("Place"), max_length=100)
    heard = forms.IntegerField(label=_("People heard"), min_value=0, max_value=MOST_HEARD)
    note = long_text(
        _("Note"), 2000, rows=3, required=False, help_text=_("What was seen and said; no names of who said it.")
    )


class StrikeForm(MoveForm):
    visit: Any = RecordChoice(FieldVisit.objects.all(), label=_("Which one"))
    reason = PlainTextField(label=_("Reason"), max_length=300)

    def prepare(self) -> None:
        super().prepare()
        rows = FieldVisit.objects.filter(report=self.record, struck=False)
        self.fields["visit"].queryset = rows


class HandInForm(MoveForm):
    """Goes on only when it has all that a report needs; each missing point is named."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        points = missing(self.record) if self.record is not None else []
        if points:
            raise forms.ValidationError([_("Still missing: %(what)s") % {"what": each} for each in points])
        return cleaned


def missing(report: Any) -> list[Any]:
    """What a report lacks to be handed in: text or file, a team that somebody leads, field work."""
    points = (
        (bool(report.text.strip() or report.file_id), _("the text, or the report as a file")),
        (report.team.filter(leads=True).exists(), _("the team and who leads it")),
        (report.visits.filter(struck=False).exists(), _("at least one day of field work (no research, no advice)")),
    )
    return [label for ok, label in points if not ok]


class NoteForm(MoveForm):
    note = long_text(_("Note"), 500, rows=2, required=False)


class SendBackForm(MoveForm):
    """A reason of the list, and what exactly has to change."""

    reason = forms.ChoiceField(label=_("Reason"))
    text = long_text(_("What exactly"), 1000, rows=3, help_text=_("Whoever gets it back reads this."))

    def prepare(self) -> None:
        super().prepare()
        offer(self, "reason", lists.RETURN_REASONS)


class FinalizeForm(StepForm):
    note = long_text(_("Note"), 500, rows=2, required=False)

    def not_before(self) -> tuple[date | None, Any]:
        last = self.record.visits.filter(struck=False).last() if self.record is not None else None
        return last and last.on, _("The last field work was on %(day)s: this cannot have been before.")


class SubmitForm(StepForm):
    to = PlainTextField(label=_("To whom"), max_length=120, help_text=_("The Party committee, the government …"))

    field_order = ["to", "on"]

    def not_before(self) -> tuple[date | None, Any]:
        return _day(self.record, "finalized_at"), _(
            "The report was finalized on %(day)s: this cannot have been before."
        )

    def clean_to(self) -> str:
        to = self.cleaned_data["to"]
        before = self.record.submitted_to if self.record is not None else ""
        known = set(before.split("、"))
        if again := [name for name in to.split("、") if name in known]:
            raise forms.ValidationError(_("It was submitted to %(name)s already.") % {"name": "、".join(again)})
        if len(before) + len(to) + 1 > 300:
            raise forms.ValidationError(_("The list of receivers is full."))
        return to


def _day(report: Any, field: str) -> date | None:
    moment = getattr(report, field, None)
    return timezone.localdate(moment) if moment else None


def _since_submitted(report: Any) -> tuple[date | None, Any]:
    return _day(report, "submitted_at"), _("The report was submitted on %(day)s: this cannot have been before.")


class ApplyForm(StepForm):
    application = long_text(
        _("What was done with it"), 2000, help_text=_("Which decision, paper or project took up which suggestion.")
    )

    field_order = ["application", "on"]

    def prepare(self) -> None:
        super().prepare()
        if self.record is not None:  # what stood there before it was handed on once more
            self.fields["application"].initial = self.record.application

    def not_before(self) -> tuple[date | None, Any]:
        return _since_submitted(self.record)


class ReasonForm(MoveForm):
    reason = long_text(_("Reason"), 500, rows=2)


class InstructForm(InstructionFields, DayForm):
    """A leader's instruction: not before the report was submitted."""

    def not_before(self) -> tuple[date | None, Any]:
        return _since_submitted(self.record)


class AwardForm(AwardFields):
    """A prize for the report of the move."""

    def not_before(self) -> date | None:
        return _day(self.paper(), "finalized_at")


class AwardCorrection(AwardForm):
    """What stands of a prize, put right; or void, when it was entered by mistake."""

    void = forms.BooleanField(
        label=_("Entered by mistake"), required=False, help_text=_("It stays to be seen and counts nowhere.")
    )

    def paper(self) -> Any:
        return self.record.report

    def prepare(self) -> None:
        super().prepare()
        for name in ("name", "issuer", "level", "grade", "year", "on", "note", "void"):
            self.fields[name].initial = getattr(self.record, name)


class HonourForm(DayForm):
    """What the assembly itself was given, or was asked to talk on."""

    kind = forms.ChoiceField(label=_("Kind"))
    occasion = PlainTextField(label=_("Occasion"), max_length=160)
    issuer = PlainTextField(label=_("Given or held by"), max_length=80)
    note = long_text(_("Note"), 1000, rows=3, required=False)

    field_order = ["kind", "occasion", "issuer", "on", "note"]

    def prepare(self) -> None:
        super().prepare()
        offer(self, "kind", lists.HONOUR_KINDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        same = {name: cleaned.get(name) for name in ("kind", "occasion", "on")}
        if self.actor is not None and all(same.values()) and not cleaned.get("void"):
            rows = Honour.objects.filter(assembly=self.actor.assembly_id, void=False, **same)
            if rows.exclude(pk=self.record.pk if self.record is not None else 0).exists():
                self.add_error("occasion", _("This honour is entered already."))
        return cleaned


class HonourCorrection(HonourForm):
    void = forms.BooleanField(
        label=_("Entered by mistake"), required=False, help_text=_("It stays to be seen and counts nowhere.")
    )

    def prepare(self) -> None:
        super().prepare()
        for name in ("kind", "occasion", "issuer", "on", "note", "void"):
            self.fields[name].initial = getattr(self.record, name)
