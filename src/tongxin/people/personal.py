"""Personal data of members: kept as long as they sit and some time after, then erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import door, personal
from tongxin.kernel.actor import system
from tongxin.kernel.options import ParameterDefinition, declare_parameter

from . import policy
from .models import Person
from .workflow import IN_OFFICE

KEEP = "people.keep_months"


def erase(rows: QuerySet, now: datetime) -> int:
    """Empty telephone and date of birth of people who have left; name and service are the assembly's history."""
    changes: dict[str, Any] = {"phone": "", "birth": None}
    people = list(Person.objects.filter(pk__in=rows.values("pk")).select_related("assembly"))
    for person in people:
        by = system("retention", person.assembly)
        door.revise(person, by, changes, policy.correct_person, now=now)
        door.note(person, "erased", by, now=now)
    return len(people)


def register() -> None:
    """Called once when the app starts."""
    declare_parameter(
        ParameterDefinition(
            KEEP,
            _("Telephone and date of birth of former members are erased after"),
            24,
            "months",
            source="个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间",
        )
    )
    personal.register(
        personal.PersonalData(
            model=Person,
            masks={"phone": personal.mask_phone, "birth": lambda day: "****"},
            subject=_("Former members"),
            erase=erase,
            keep=KEEP,
            since="seats__left_on",
            holding=(~Q(phone_index="") | Q(birth__isnull=False)) & ~Q(seats__state__in=IN_OFFICE),
        )
    )
