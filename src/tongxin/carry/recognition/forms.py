"""The fields by which instructions and awards are entered; the rooms say on which day either can have been."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import choices, long_text
from tongxin.kernel import deadlines
from tongxin.kernel.fields import FilesField, PlainTextField
from tongxin.kernel.files import DOCUMENTS, PICTURES
from tongxin.kernel.forms import MoveForm
from tongxin.people.forms.fields import DayField

from .lists import AWARD_GRADES, AWARD_LEVELS, INSTRUCTION_LEVELS

#: What is further away was mistyped.
FURTHEST = timedelta(days=2 * 366)


def offer(form: MoveForm, name: str, key: str) -> None:
    """Let a field choose from a list of the assembly's, of its own accord from nothing."""
    assembly_id = form.record.assembly_id if form.record is not None else form.actor.assembly_id if form.actor else None
    form.fields[name].choices = [("", _("Please choose")), *choices(assembly_id, key)]


class InstructionFields(MoveForm):
    """Level, name, words and the paper itself. Stands before the room's own form of a day."""

    level = forms.ChoiceField(label=_("Level"))
    leader = PlainTextField(label=_("Who wrote it"), max_length=60)
    text = long_text(
        _("Words of the instruction"), 2000, help_text=_("Kept encrypted. Every time somebody reads it is noted.")
    )
    scan = FilesField(
        label=_("Scan of the paper"), kinds=PICTURES | DOCUMENTS, max_files=1, required=False,
        help_text=_("Kept encrypted like the words, and opened only by those who are named for it."),
    )  # fmt: skip

    field_order = ["level", "on", "leader", "text", "scan"]

    def prepare(self) -> None:
        super().prepare()
        offer(self, "level", INSTRUCTION_LEVELS)


class NamedDay(MoveForm):
    """By when the leader wants the body's reply. It holds instead of the usual period; empty: that period.

    A room names the clock (`clock`), of which a day that was named before stands in the field.
    """

    clock = ""

    due_on = DayField(
        label=_("Reply wanted by"), required=False,
        help_text=_("Only when the leader named a day. It holds instead of the usual period."),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        running = deadlines.open_ones(self.record) if self.record is not None else []
        named = (each.due_on for each in running if each.kind == self.clock and each.unit == deadlines.NAMED)
        self.fields["due_on"].initial = next(named, None)

    def goes_on(self) -> bool:
        """Whether the time for whom the form names runs on, so that a day named before is no new demand."""
        return False

    def clean_due_on(self) -> date | None:
        """Not before today, and so not before the instruction either, which is of today or earlier. A day that was
        named before and goes on may have passed; it stays too when the field was not sent at all."""
        due, today = self.cleaned_data["due_on"], timezone.localdate(self.now)
        before = self.fields["due_on"].initial
        if self.goes_on() and (due == before or self.add_prefix("due_on") not in self.data):
            return before
        if due and due < today:
            raise forms.ValidationError(_("This day has passed already. The reply can be wanted from today on."))
        if due and due - today > FURTHEST:
            raise forms.ValidationError(_("This day is more than two years away. Please look at it again."))
        return due


class AwardFields(MoveForm):
    """A prize for `paper`, entered once. `not_before`: before that day it cannot have been awarded anything."""

    name = PlainTextField(label=_("Prize"), max_length=80)
    issuer = PlainTextField(label=_("Given by"), max_length=80)
    level = forms.ChoiceField(label=_("Level"))
    grade = forms.ChoiceField(label=_("Grade"))
    year = forms.IntegerField(label=_("For the year"), min_value=1949, max_value=2200)
    on = DayField(label=_("Day"), required=False)
    evidence = FilesField(
        label=_("Evidence"), kinds=PICTURES | DOCUMENTS, max_files=1, required=False,
        help_text=_("The certificate or the notice that shows it"),
    )  # fmt: skip
    note = PlainTextField(label=_("Note"), max_length=300, required=False)

    too_early: ClassVar[Any] = _("The paper was finished on %(day)s: this cannot have been before.")

    def prepare(self) -> None:
        super().prepare()
        offer(self, "level", AWARD_LEVELS)
        offer(self, "grade", AWARD_GRADES)
        self.fields["year"].initial = timezone.localdate(self.now).year

    def paper(self) -> Any:
        return self.record

    def not_before(self) -> date | None:
        return None

    def clean_year(self) -> int:
        year, first = self.cleaned_data["year"], self.not_before()
        if year > timezone.localdate(self.now).year:
            raise forms.ValidationError(_("This year is still to come."))
        if first and year < first.year:
            raise forms.ValidationError(self.too_early % {"day": date_format(first, "DATE_FORMAT")})
        return year

    def clean_on(self) -> date | None:
        on, first = self.cleaned_data["on"], self.not_before()
        if on and on > timezone.localdate(self.now):
            raise forms.ValidationError(_("This day is still to come."))
        if on and first and on < first:
            raise forms.ValidationError(self.too_early % {"day": date_format(first, "DATE_FORMAT")})
        return on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("on") and cleaned.get("year") and cleaned["on"].year < cleaned["year"]:
            self.add_error("on", _("A prize is not given before its year began."))
        paper, same = self.paper(), {name: cleaned.get(name) for name in ("issuer", "name", "year")}
        if paper is not None and all(same.values()) and not cleaned.get("void"):
            rows = paper.awards.filter(void=False, **same)
            if (rows if self.record is paper else rows.exclude(pk=self.record.pk)).exists():
                self.add_error("name", _("This prize is entered already."))
        return cleaned
