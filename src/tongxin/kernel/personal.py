"""Personal data: which fields hold it, how it is shown by default, how long it is kept and how it is erased.

Rooms register what they hold from `AppConfig.ready()`; retention, erasure and the test that looks for erased values in
the whole database run over the registry.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet

from tongxin.kernel import options

# What people call themselves when they do not want to give a name: nothing to hide.
_ADDRESSES = ("女士", "先生", "老师", "师傅", "同志", "大爷", "大妈", "大姐", "大哥", "阿姨", "叔叔", "小姐", "医生")


@dataclass(frozen=True)
class PersonalData:
    """The personal data one model holds about one kind of person.

    `masks` says for each field how it is shown by default. A row is due when its date `since` lies further back than
    the parameter `keep` of its assembly (in "days" or "months") and it still satisfies `holding`. `erase(rows, now)`
    empties the fields of those rows, through the door where they have a workflow, and returns how many it did.
    """

    model: type[Model]
    masks: Mapping[str, Callable[[str], str]]
    subject: Any
    erase: Callable[[QuerySet, datetime], int]
    keep: str
    since: str
    holding: Q = field(default_factory=Q)
    assembly: str = "assembly"

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.masks)

    def expired(self, now: datetime) -> QuerySet:
        """The rows that are due to be erased at `now`."""
        rows = self.model._default_manager.filter(self.holding, **{f"{self.since}__isnull": False})
        due = Q(pk__in=[])
        for assembly_id in rows.order_by().values_list(f"{self.assembly}_id", flat=True).distinct():
            limit = cutoff(now, options.parameter(assembly_id, self.keep), options.parameter_definition(self.keep).unit)
            due |= Q(**{f"{self.assembly}_id": assembly_id, f"{self.since}__lt": limit})
        return rows.filter(due)


_REGISTRY: list[PersonalData] = []


def register(data: PersonalData) -> None:
    """Adds what a room holds. A field that the model does not have, or an undeclared parameter, fails at once."""
    names = {each.name for each in data.model._meta.get_fields()}
    for name in (*data.fields, data.since, data.assembly):
        if name.split("__")[0] not in names:
            raise ImproperlyConfigured(f"{data.model._meta.label} has no field “{name}” to register as personal data")
    if options.parameter_definition(data.keep).unit not in ("days", "months"):
        raise ImproperlyConfigured(f"“{data.keep}” is no number of days or months")
    if data not in _REGISTRY:
        _REGISTRY.append(data)


def registered() -> tuple[PersonalData, ...]:
    """Everything registered, in the order it came."""
    return tuple(_REGISTRY)


def erase_expired(now: datetime) -> int:
    """Erases everything kept longer than its assembly allows (daily task and command). Returns how many rows."""
    return sum(data.erase(data.expired(now), now) for data in _REGISTRY)


def cutoff(now: datetime, amount: int, unit: str) -> datetime:
    """The moment `amount` "days" or "months" before `now`; the 31st becomes the last of a shorter month."""
    if unit == "days":
        return now - timedelta(days=amount)
    year, month = divmod(now.year * 12 + now.month - 1 - amount, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


def mask_phone(number: str) -> str:
    """Enough of a number (E.164 or local) to recognise it, too little to call it: 138****2261; without extension."""
    local = number.removeprefix("+86").partition("-")[0]
    return f"{local[:3]}****{local[-4:]}" if len(local) >= 10 else "****" if local else ""


def mask_name(name: str) -> str:
    """刘** for a name, whatever its length; what is only an address (刘女士) stays."""
    name = name.strip()
    if len(name) <= 4 and name.endswith(_ADDRESSES):
        return name
    return f"{name[0]}**" if name else ""


def blot_out(text: str, name: str, phone: str) -> str:
    """The text with somebody's name and number (E.164 or local) blotted out, however the number's digits are spaced and
    its extension is written.

    A name of one character stays: it is too often a word.
    """
    number, extension = spaced(phone), phone.partition("-")[2]
    if number and extension:
        number += rf"(?:\D{{0,6}}{extension}(?!\d))?"
    for private in filter(None, (re.escape(name) if len(name) > 1 else "", number)):
        text = re.sub(private, "＊＊", text)
    return text


def spaced(phone: str) -> str:
    """A pattern for a number (E.164 or local) without its extension, however its digits are spaced; "" for none.

    Python and both databases read it alike.
    """
    main = phone.removeprefix("+86").partition("-")[0]
    return r"[\s-]*".join(re.escape(sign) for sign in main)
