"""The form of what a lower assembly reports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PlainTextField

from .fields import BriefById
from .merging import GatherForm


class ArriveForm(GatherForm):
    """What a lower assembly reports. Many may have written what was merged, so that the names are long."""

    came_from: Any = BriefById(required=False)
    unit = PlainTextField(max_length=80, required=False)
    names = PlainTextField(max_length=20_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        source, here = cleaned.get("came_from"), cleaned.get("assembly")
        if source is not None and here is not None and source.assembly.parent_id != here.pk:
            self.add_error("came_from", _("It is reported to the assembly above only."))
        return cleaned
