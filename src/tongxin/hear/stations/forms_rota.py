"""The forms of rotas: rules in words, the frame of a rota, publishing it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongxin.insight import rota_rules
from tongxin.kernel import options
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm
from tongxin.people.forms import DayField

from . import planning, resting
from .forms_duty import TimeField
from .lists import PER_MONTH
from .models import Rota, RotaRule
from .models.duty import Who

WRONG_RULE = {
    "empty": _("Say when somebody is on duty, for example: 每周三 1 名委员."),
    "when": _("When? Say one of these: every Wednesday · the first Tuesday of the month · by appointment."),
    "which": _(
        "When? “%(part)s” was not understood. Say one of these: every Wednesday · the first Tuesday of the month"
        " · by appointment."
    ),
    "left": _("“%(part)s” was not understood. Leave it out, or say it as in the examples."),
    "seats": _("From 1 to 20 people can be on duty at once, not %(part)s."),
    "times": _("“%(part)s” is no time from … until."),
}


class RuleForm(MoveForm):
    """A rule of a station's rota in the words people use; hours in the words win over the fields."""

    words = PlainTextField(
        label=_("Who is on duty when"),
        max_length=80,
        help_text=_("Examples: 每周三 1 名委员 · 每月第一个星期二 1 名领导 · 每周二、周四 9:00-11:30 2 名委员 · 预约"),
    )
    begins = TimeField(label=_("from (time)"), required=False)
    ends = TimeField(label=_("until (time)"), required=False)
    from_on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    to_on = DayField(label=_("until"), required=False, help_text=_("Empty: until further notice"))

    rule: rota_rules.Rule | None = None

    def prepare(self) -> None:
        self.fields["begins"].initial, self.fields["ends"].initial = rota_rules.MORNING
        self.fields["from_on"].initial = timezone.localdate(self.now)

    def clean_words(self) -> str:
        words = self.cleaned_data["words"]
        try:
            self.rule = rota_rules.parse(words)
        except rota_rules.NotUnderstood as error:
            words = WRONG_RULE["which" if error.code == "when" and error.part else error.code]
            raise forms.ValidationError(words, code=error.code, params={"part": error.part}) from None
        return words

    def clean_from_on(self) -> date:
        return self.cleaned_data["from_on"] or timezone.localdate(self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if self.rule and self.rule.hours:
            begins, ends = self.rule.hours
        begins, ends = begins or rota_rules.MORNING[0], ends or rota_rules.MORNING[1]
        if ends <= begins:
            self.add_error("ends", _("The end lies before the beginning."))
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The end lies before the beginning."))
        cleaned |= {"begins": begins, "ends": ends}
        if self.rule:
            cleaned |= {
                "kind": self.rule.kind, "weekdays": list(self.rule.weekdays), "nth": self.rule.nth,
                "seats": self.rule.seats, "who": Who.LEADER if self.rule.leader else Who.MEMBER,
            }  # fmt: skip
            if not self.errors and self.rule.kind != rota_rules.APPOINTMENT and not self._days(cleaned):
                self.add_error("to_on", _("No day of this rule lies in this time: look at the days, and at holidays."))
        return cleaned

    def _days(self, cleaned: dict[str, Any]) -> list[date]:
        rule = RotaRule(assembly=self.actor.assembly if self.actor else None, **cleaned)
        return planning.next_days(rule, timezone.localdate(self.now))

    def preview(self) -> dict[str, Any]:
        """The rule in words again, its next days, and whether those who come into question are enough for it: `few` is
        how many they are where it asks for more at once; `over` says where it asks for more in a month than they can
        take. Other rules that need the same people are not reckoned with."""
        today = timezone.localdate(self.now)
        rule = RotaRule(assembly_id=self.record.assembly_id, **self.cleaned_data)
        there, per_month = planning.in_question(rule, self.record, today)
        asked = planning.busiest(rule, today)
        days = planning.next_days(rule, today)
        year = resting.unpublished(days[0], days[-1]) if days else None
        over = {"asked": asked, "most": there * per_month} if there and asked > there * per_month else None
        return {
            "words": said(rule), "days": days, "few": there if there < rule.seats else None, "over": over,
            "leading": rule.who == Who.LEADER, "unpublished": resting.not_published(year) if year else "",
        }  # fmt: skip


def said(rule: RotaRule) -> str:
    """A rule as the product says it, whatever words it was entered with."""
    hours = (rule.begins, rule.ends)
    pure = rota_rules.Rule(rule.kind, tuple(rule.weekdays), rule.nth, rule.seats, rule.who == Who.LEADER, hours)
    return rota_rules.say(pure, (get_language() or "").startswith("en"))


class RotaForm(MoveForm):
    """The frame of a rota."""

    name = PlainTextField(label=_("name of the rota"), max_length=60)
    from_on = DayField(label=_("from"))
    to_on = DayField(label=_("until"))
    per_month = forms.IntegerField(label=_("turns a month at most"), min_value=1, max_value=31)
    match = forms.ChoiceField(label=_("who comes into question"), choices=Rota.Match.choices)
    holidays = forms.ChoiceField(label=_("public holidays"), choices=Rota.Holidays.choices)

    def prepare(self) -> None:
        if self.record:
            for name, field in self.fields.items():
                field.initial = getattr(self.record, name)
            return
        today = timezone.localdate(self.now)
        self.fields["from_on"].initial = today
        self.fields["to_on"].initial = date(today.year, 12, 31)
        self.fields["per_month"].initial = options.parameter(self.actor.assembly_id if self.actor else None, PER_MONTH)
        self.fields["match"].initial, self.fields["holidays"].initial = Rota.Match.PREFER, Rota.Holidays.SKIP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and not 0 <= (last - first).days <= 400:
            self.add_error("to_on", _("A rota lasts from one day to about a year."))
        return cleaned


class PublishForm(MoveForm):
    def clean(self) -> dict[str, Any]:
        if self.record is not None and planning.ready(self.record) is None:
            raise forms.ValidationError(_("There is no finished plan to publish. Work out the rota first."))
        return super().clean() or self.cleaned_data
