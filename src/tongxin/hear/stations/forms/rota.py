"""The forms of rotas: rules in words, the frame of a rota, publishing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.insight.rota import rules, wording
from tongxin.kernel import options
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm
from tongxin.people.forms.fields import DayField

from ..lists import APART_DAYS, PER_MONTH
from ..models import Rota, RotaRule
from ..models.duty import Who
from ..rota import publishing, resting, rule_days, rule_words
from ..rota.rule_words import said
from .fields import WEEKDAYS, TimeField

WRONG_RULE = {
    "empty": _("Say when somebody is on duty, for example: 每周三 1 名委员. Or choose it below."),
    "when": _("When? Say one of these: every Wednesday · the first Tuesday of the month · by appointment."),
    "weekday": _(
        "On which day of the week? Say it with the day: 每周三 1 名委员 · 每周五至周一. Or choose the days below."
    ),
    "which": _(
        "When? “%(part)s” was not understood. Say one of these: every Wednesday · the first Tuesday of the month"
        " · by appointment."
    ),
    "left": _("“%(part)s” was not understood. Leave it out, or say it as in the examples."),
    "seats": _("From 1 to 20 people can be on duty at once, not %(part)s."),
    "times": _("“%(part)s” is no time from … until."),
    "days": _("No month has a day %(part)s."),
}
NTHS = (
    (1, _("first")), (2, _("second")), (3, _("third")), (4, _("fourth")), (5, _("fifth")),
    (rules.LAST, _("last")),
)  # fmt: skip
HOW = (
    ("", _("choose")), ("weekly", _("every week")), ("other", _("every other week")), ("odd", _("odd weeks")),
    ("even", _("even weeks")), ("monthly", _("weekdays of the month")), ("monthday", _("dates of the month")),
    ("quarterly", _("weekdays of the quarter")), ("appointment", _("by appointment")),
)  # fmt: skip


def _several(label: Any, choices: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, choices=choices, coerce=int, required=False, empty_value=[], widget=forms.CheckboxSelectMultiple
    )


class RuleForm(MoveForm):
    """A rule of a station's rota: in the words people use, or chosen field by field. Hours in the words win over the
    fields; words and a choice that do not agree are refused."""

    words = PlainTextField(
        label=_("Who is on duty when"),
        max_length=80,
        required=False,
        help_text=_(
            "Examples: 每周三 1 名委员 · 隔周三 · 每月第一、三个周三 1 名领导 · 每月15日 · 每季度第一个周二"
            " · 每周二、周四 9:00-11:30 2 名委员 · 预约"
        ),
    )
    how = forms.ChoiceField(label=_("how often"), choices=HOW, required=False)
    weekdays = _several(_("weekdays"), WEEKDAYS)
    nths = _several(_("which ones"), NTHS)
    month_days = PlainTextField(
        label=_("dates of the month"), max_length=80, required=False, help_text=_("For example: 1、16 · 最后一天")
    )
    seats = forms.IntegerField(label=_("how many"), min_value=1, max_value=rules.MOST_SEATS, required=False, initial=1)
    who = forms.ChoiceField(label=_("who"), choices=Who.choices, required=False, initial=Who.MEMBER)
    begins = TimeField(label=_("from (time)"), required=False)
    ends = TimeField(label=_("until (time)"), required=False)
    from_on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    to_on = DayField(label=_("until"), required=False, help_text=_("Empty: until further notice"))

    rule: rules.Rule | None = None

    def prepare(self) -> None:
        self.fields["begins"].initial, self.fields["ends"].initial = rules.MORNING
        self.fields["from_on"].initial = timezone.localdate(self.now)

    @property
    def chosen(self) -> bool:
        """Whether the rule was chosen field by field, so that the page shows these fields at once."""
        return bool(self.data.get("how")) if self.is_bound else False

    def clean_words(self) -> str:
        words = self.cleaned_data["words"]
        if not words:
            return words
        try:
            self.rule = wording.parse(words)
        except wording.NotUnderstood as error:
            raise _refused(error) from None
        return words

    def clean_from_on(self) -> date:
        return self.cleaned_data["from_on"] or timezone.localdate(self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._choose(cleaned)
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if self.rule and self.rule.hours:
            begins, ends = self.rule.hours
        begins, ends = begins or rules.MORNING[0], ends or rules.MORNING[1]
        if ends <= begins:
            self.add_error("ends", _("The end lies before the beginning."))
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The end lies before the beginning."))
        cleaned |= {"begins": begins, "ends": ends}
        if self.rule:
            cleaned |= _fields(self.rule)
            if not self.errors and self.rule.kind != rules.APPOINTMENT and not self._days(cleaned):
                self.add_error("to_on", _("No day of this rule lies in this time: look at the days, and at holidays."))
        return cleaned

    def _choose(self, cleaned: dict[str, Any]) -> None:
        """Take the rule from the chosen fields where there are no words."""
        how = cleaned.pop("how", "")
        if "words" in self.errors or "how" in self.errors:
            return
        if not how:
            if self.rule is None:
                self.add_error("words", forms.ValidationError(WRONG_RULE["empty"], code="empty"))
            return
        chosen = self._chosen(how, cleaned)
        if chosen is None:
            return
        if self.rule is None:
            self.rule = chosen
            cleaned["words"] = wording.say(chosen)
        elif replace(self.rule, hours=None) != chosen:
            self.add_error("how", _("The words say something else than what is chosen here. Empty one of the two."))

    def _chosen(self, how: str, cleaned: dict[str, Any]) -> rules.Rule | None:
        """What was chosen, None with the reason at its field where something lacks."""
        kind = rules.WEEKLY if how in (rules.OTHER, rules.ODD, rules.EVEN) else how
        weeks = how if kind != how else ""
        weekdays, nths = tuple(sorted(cleaned.get("weekdays") or ())), set(cleaned.get("nths") or ())
        dates: tuple[int, ...] = ()
        of_span = kind in (rules.MONTHLY, rules.QUARTERLY)
        if kind == rules.WEEKLY and not weekdays:
            self.add_error("weekdays", _("Choose at least one weekday."))
        if of_span and len(weekdays) != 1:
            self.add_error("weekdays", _("Choose one weekday; for another one, enter another rule."))
        if of_span and not nths:
            self.add_error("nths", _("Choose which ones."))
        if kind == rules.MONTHDAY:
            dates = self._dates(cleaned.get("month_days") or "")
        if self.errors:
            return None
        return rules.Rule(
            kind,
            weekdays if of_span or kind == rules.WEEKLY else (),
            rules.ordered(nths) if of_span else (),
            cleaned.get("seats") or 1,
            cleaned.get("who") == Who.LEADER,
            weeks=weeks,
            month_days=dates,
        )

    def _dates(self, text: str) -> tuple[int, ...]:
        try:
            return wording.dates(text)
        except wording.NotUnderstood as error:
            self.add_error("month_days", _refused(error))
            return ()

    def _days(self, cleaned: dict[str, Any]) -> list[date]:
        rule = RotaRule(assembly=self.actor.assembly if self.actor else None, **cleaned)
        return rule_days.next_days(rule, timezone.localdate(self.now))

    def preview(self, others: list[RotaRule]) -> dict[str, Any]:
        """The rule in words again, its next days, what is to be known of them, and whether those who come into question
        are enough for it beside the station's `others`: `few` is how many they are where more are asked for at once;
        `over` says where more is asked for in a month than they can take; `twice` where a day has duty already."""
        today = timezone.localdate(self.now)
        rule = RotaRule(assembly_id=self.record.assembly_id, **self.cleaned_data)
        there, per_month = rule_days.in_question(rule, self.record, today)
        asked = rule_days.beside(rule, others, today)
        days = rule_days.next_days(rule, today)
        year = resting.unpublished(days[0], days[-1]) if days else None
        over = {"asked": asked.asked, "most": there * per_month} if there and asked.asked > there * per_month else None
        return {
            "words": said(rule), "days": days, "few": there if there < asked.most else None, "over": over,
            "leading": rule.who == Who.LEADER, "unpublished": resting.not_published(year) if year else "",
            "notes": rule_words.notes(rule, days, today), "most": asked.most, "alone": asked.most == rule.seats,
            "twice": [(said(each), met[:4], len(met)) for each, met in asked.twice],
        }  # fmt: skip


def _refused(error: wording.NotUnderstood) -> forms.ValidationError:
    words = WRONG_RULE["which" if error.code == "when" and error.part else error.code]
    return forms.ValidationError(words, code=error.code, params={"part": error.part})


def _fields(rule: rules.Rule) -> dict[str, Any]:
    """The fields of the table that say the same."""
    return {
        "kind": rule.kind, "weekdays": list(rule.weekdays), "nths": list(rule.nths), "weeks": rule.weeks,
        "month_days": list(rule.month_days), "seats": rule.seats, "who": Who.LEADER if rule.leader else Who.MEMBER,
    }  # fmt: skip


class RotaForm(MoveForm):
    """The frame of a rota."""

    name = PlainTextField(label=_("name of the rota"), max_length=60)
    from_on = DayField(label=_("from"))
    to_on = DayField(label=_("until"))
    per_month = forms.IntegerField(label=_("turns a month at most"), min_value=1, max_value=31)
    apart_days = forms.IntegerField(
        label=_("days between two turns, where it can be had"), min_value=0, max_value=180, required=False,
        help_text=_("A wish, after fairness and fit. 0: none."),
    )  # fmt: skip
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
        assembly_id = self.actor.assembly_id if self.actor else None
        self.fields["per_month"].initial = options.parameter(assembly_id, PER_MONTH)
        self.fields["apart_days"].initial = options.parameter(assembly_id, APART_DAYS)
        self.fields["match"].initial, self.fields["holidays"].initial = Rota.Match.PREFER, Rota.Holidays.SKIP

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and not 0 <= (last - first).days <= 400:
            self.add_error("to_on", _("A rota lasts from one day to about a year."))
        if cleaned.get("apart_days") is None and "apart_days" not in self.errors:
            cleaned["apart_days"] = self.fields["apart_days"].initial
        return cleaned


class PublishForm(MoveForm):
    def clean(self) -> dict[str, Any]:
        plan = publishing.ready(self.record) if self.record is not None else None
        if plan is None:
            raise forms.ValidationError(_("There is no finished plan to publish. Work out the rota first."))
        if changed := publishing.outdated(self.record, plan):
            raise forms.ValidationError(changed)
        return super().clean() or self.cleaned_data
