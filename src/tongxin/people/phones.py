"""Telephone numbers of members and users: found by a blind index, shown with their middle hidden."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from tongxin.kernel.crypto import blind_index
from tongxin.kernel.fields import PhoneField

PURPOSE = "phone"


class PhoneIndexField(models.CharField):
    """The blind index of the encrypted `phone` beside it, made anew whenever the row is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_length": 64, "blank": True, "default": "", "editable": False}
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        index = index_of(model_instance.phone)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, index)
        return index


def index_of(number: str) -> str:
    """The index of a number in E.164 form; "" for none."""
    return blind_index(number, PURPOSE)


def normalised(typed: str) -> str:
    """The number in E.164 form, or "" when it is none."""
    try:
        return PhoneField(required=False).clean(typed)
    except ValidationError:
        return ""


def readable(number: str) -> str:
    """As people here write it: without the country's prefix."""
    return number.removeprefix("+86")
