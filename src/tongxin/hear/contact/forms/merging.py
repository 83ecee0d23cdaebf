"""Which entry is the same person's, and which number stays."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.forms import MoveForm, RecordChoice

from .. import policy
from ..actions import merging
from ..models import Constituent

OPEN = ("active", "moved", "withdrawn")


class MergeForm(MoveForm):
    """The entry that is kept. With two numbers somebody says which one stays; when none may stay, that it is seen."""

    into: Any = RecordChoice(
        Constituent.objects.none(),
        label=_("entry that is kept"),
        error_messages={
            "invalid_choice": _(
                "This entry cannot be kept: it is erased or merged already, belongs to another assembly, or is not "
                "among those you see."
            )
        },
    )
    number = forms.ChoiceField(
        label=_("number that stays"),
        choices=(("kept", _("of the entry that is kept")), ("other", _("of the one that is closed"))),
        required=False,
    )
    drop_number = forms.BooleanField(label=_("The number is deleted"), required=False)
    kept_version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # as it was shown

    def prepare(self) -> None:
        if self.record is None or self.actor is None:
            return
        rows = Constituent.objects.filter(assembly=self.record.assembly_id, state__in=OPEN).exclude(pk=self.record.pk)
        field: Any = self.fields["into"]
        field.queryset = policy.merge.filter(self.actor, rows).select_related("assembly")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kept, shown = cleaned.get("into"), cleaned.get("kept_version")
        if kept is None or self.record is None:
            return cleaned
        if shown is not None and shown != kept.version:
            raise forms.ValidationError(
                _("The entry that is kept changed meanwhile. Look at both once more."), code="changed"
            )
        if len(merging.numbers(kept, self.record)) > 1 and not cleaned.get("number"):
            self.add_error("number", _("Both entries have a number: say which one stays."))
        if merging.dropped(kept, self.record) and not cleaned.get("drop_number"):
            self.add_error("drop_number", _("The number would be deleted: tick that you have seen it."))
        return cleaned


class TakeInForm(MoveForm):
    """What the kept entry is told when another is merged into it. A move of its own leads to each state: only the one
    in which the person really stands is taken."""

    stands: ClassVar[str]
    other: Any = RecordChoice(Constituent.objects.none())
    number = forms.CharField(required=False)
    who = forms.CharField(required=False, max_length=60)

    def prepare(self) -> None:
        if self.record is not None:
            field: Any = self.fields["other"]
            rows = Constituent.objects.filter(assembly=self.record.assembly_id, state__in=OPEN)
            field.queryset = rows.exclude(pk=self.record.pk).select_related("assembly")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        other = cleaned.get("other")
        if other and self.record and merging.standing(self.record, other).state != self.stands:
            raise forms.ValidationError(
                _("The entry that is kept changed meanwhile. Look at both once more."), code="changed"
            )
        return cleaned


class TakeInActive(TakeInForm):
    stands = "active"


class TakeInMoved(TakeInForm):
    stands = "moved"


class TakeInWithdrawn(TakeInForm):
    stands = "withdrawn"


TAKE_IN_FORMS: dict[str, type[TakeInForm]] = {
    form.stands: form for form in (TakeInActive, TakeInMoved, TakeInWithdrawn)
}
