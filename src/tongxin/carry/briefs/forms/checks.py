"""What a text has to pass before it goes on: all parts there, and numbers in it looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.insight import telephones
from tongxin.kernel.forms import MoveForm

from .. import checklist


class CompleteForm(MoveForm):
    """Goes on only when the text has all it needs; each missing point is named. `sorts`: category and reading level
    too."""

    sorts = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None:
            points = checklist.missing(self.record.texts, self.record.assembly_id)
            points += checklist.unsorted(self.record) if self.sorts else []
            if points:
                raise forms.ValidationError([wrong(each) for each in points])
        return cleaned


class NumbersForm(MoveForm):
    """Goes on with telephone or identity card numbers in the text only when somebody has looked at them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = telephones.personal_numbers("\n".join(self.record.texts.values())) if self.record is not None else []
        if found:
            told = {"numbers": "、".join(found)}
            self.fields["numbers_ok"] = forms.BooleanField(
                label=_("I have looked at them, they may stand in the text: %(numbers)s") % told,
                error_messages={
                    "required": _("There are numbers in the text: %(numbers)s. Take them out or confirm them.") % told
                },
            )

    def full_clean(self) -> None:
        super().full_clean()
        if hasattr(self, "cleaned_data"):
            self.cleaned_data.pop("numbers_ok", None)  # the move itself says who confirmed it


def wrong(point: checklist.Point) -> str:
    """A point of the list as a refusal: what is missing, or how much there is too much."""
    if point.key == "length":
        return point.hint
    return _("Still missing: %(what)s") % {"what": f"{point.label} {point.hint}".strip()}
