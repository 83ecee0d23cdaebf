"""Fields that the forms of every room use."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.documents.tables import DateError, parse_date


class DayField(forms.DateField):
    """A day; picked in the browser or typed the way people write it, 2024年1月5日 included."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            day: Any = parse_date(value)
        except DateError as error:
            raise forms.ValidationError(_(error.template), code=error.code, params=error.params) from None
        return timezone.localdate(day) if getattr(day, "tzinfo", None) else getattr(day, "date", lambda: day)()
