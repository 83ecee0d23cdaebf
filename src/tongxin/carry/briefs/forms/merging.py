"""The forms by which several briefs become one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import long_text
from tongxin.kernel import search
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.models import Assembly

from .. import policy
from ..models import TEXTS, Brief
from .fields import Several
from .writing import LONGEST_PART, TextForm

MERGEABLE = ("submitted", "editing")
OFFERED, LIKE_IT, LEAST_LIKE = 40, 8, 0.2  # to be merged with: how many; of these the most alike, from what likeness on


class GatherForm(TextForm):
    """The text that several briefs are made into."""

    assembly: Any = RecordChoice(Assembly.objects.all(), widget=forms.HiddenInput)
    from_people = forms.BooleanField(required=False, widget=forms.HiddenInput)
    name_public = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        for part in TEXTS[1:]:  # several texts one after the other may be longer than a single one
            self.fields[part] = long_text(self.fields[part].label, 10 * LONGEST_PART, required=False)


class MergeForm(MoveForm):
    """Several become one: a new one, or one that is being edited."""

    others: Any = Several(
        Brief.objects.all(), label=_("Together with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    title = PlainTextField(
        label=_("Title of the new one"), max_length=60, required=False, help_text=_("Empty: the title of this one")
    )
    into: Any = RecordChoice(
        Brief.objects.all(), label=_("Or into one that is being edited"), required=False, empty_label=_("a new one")
    )

    def prepare(self) -> None:
        if self.record is None:
            return
        near = Brief.objects.filter(assembly_id=self.record.assembly_id).exclude(pk=self.record.pk)
        here: Any = self.fields["others"]
        mine = policy.settle.filter(self.actor, near) if self.actor is not None else near
        here.queryset = mine.filter(state__in=MERGEABLE).order_by("-id")
        here.widget.choices = self._alike_first(here.queryset)
        target: Any = self.fields["into"]
        target.queryset = Brief.objects.filter(assembly_id=self.record.assembly_id)  # refused with the reason
        offered = near.filter(state="editing").order_by("-id")[:40]
        target.widget.choices = [("", target.empty_label), *((each.pk, str(each)) for each in offered)]

    def _alike_first(self, rows: QuerySet[Brief]) -> list[tuple[Any, str]]:
        """What is most like this one with its likeness, then the newest. A form that was sent looks for nothing."""
        found = search.similar(self.record, rows, LIKE_IT) if not self.is_bound else []
        like = [
            (each.pk, _("%(brief)s (%(n)d%% alike)") % {"brief": each, "n": round(100 * likeness)})
            for each, likeness in found
            if likeness >= LEAST_LIKE
        ]
        first = {pk for pk, _label in like}
        newest = [each for each in rows[: OFFERED + len(first)] if each.pk not in first]
        return [*like, *((each.pk, str(each)) for each in newest[: OFFERED - len(first)])]

    def clean_into(self) -> Brief | None:
        into = self.cleaned_data["into"]
        if into is None:
            return None
        if into == self.record:
            raise forms.ValidationError(_("A brief cannot be merged into itself."))
        if into.state == "withdrawn":
            raise forms.ValidationError(
                _("%(number)s was withdrawn: nothing can be merged into it.") % {"number": into.number}
            )
        if into.state != "editing":
            raise forms.ValidationError(
                _("%(number)s is not being edited any more: nothing can be merged into it.") % {"number": into.number}
            )
        return into

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        into, others = cleaned.get("into"), list(cleaned.get("others") or ())
        if into is not None and into in others:
            self.add_error("others", _("%(number)s cannot be merged into itself.") % {"number": into.number})
        if into is None and not others and not self.errors:
            raise forms.ValidationError(_("Say which others it is merged with, or into which one."))
        return cleaned


class JoinForm(MoveForm):
    """On the brief that another was merged into; filled in by the merge."""

    source: Any = RecordChoice(Brief.objects.none())

    def prepare(self) -> None:
        if self.record is not None:
            rows = Brief.objects.filter(assembly_id=self.record.assembly_id).exclude(pk=self.record.pk)
            self.fields["source"].queryset = rows
