"""A team as it is typed: names of members and of people from outside, one of whom leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongxin.people.models import Member

from .models import TeamMember

DIVIDED = re.compile(r"[,，、;；\n]+")
WITH_SECTOR = re.compile(r"^(?P<name>[^()（）]+)[（(](?P<sector>[^()（）]+)[)）]$")
LONGEST_NAME = 60


@dataclass
class Person:
    """Somebody of the team; `member` is None for people from outside."""

    name: str
    unit: str = ""
    member: Any = None
    leads: bool = False


def members(text: str, assembly_id: int, report: Any = None) -> list[Person]:
    """The members with these names; a namesake is told by the sector in brackets behind: 周岩（教育界）.

    Who stands in the report's team already stays, having left office since or changed the sector. Raises
    `ValidationError` for another name that no member in office bears, or that several do.
    """
    here: dict[str, list[Any]] = {}
    team = report.team.exclude(member=None) if report is not None else TeamMember.objects.none()
    for each in team.select_related("member__sector", "member__person"):
        for name in {each.name, typed_name(each)}:
            here.setdefault(name, []).append(each)
    return [_there(here.get(name, ())) or _member(name, assembly_id) for name in _parts(text)]


def _there(found: Any) -> Person | None:
    """The one of the team who is meant; None when the name stands for nobody there, or for two namesakes."""
    return Person(found[0].name, found[0].unit, found[0].member) if len(found) == 1 else None


def outsiders(typed: str) -> list[Person]:
    """One on each line: the name, and after a comma the unit."""
    found = []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        name, _comma, unit = (part.strip() for part in re.sub("[，、;；]", ",", line).partition(","))
        if not name or len(name) > LONGEST_NAME or len(unit) > 100:
            raise ValidationError(_("“%(line)s” cannot be read: the name, a comma, the unit.") % {"line": line[:80]})
        found.append(Person(name, unit))
    return found


def led(people: list[Person], leader: str) -> list[Person]:
    """The team with its leader: who is named so, else the first. Raises `ValidationError` for somebody else."""
    wanted = leader.strip()
    chosen = next((each for each in people if not wanted or wanted in (each.name, typed_name(each))), None)
    if wanted and chosen is None:
        raise ValidationError(
            _("%(name)s is not in the team: write the name under members or others too.") % {"name": wanted}
        )
    if chosen:
        chosen.leads = True
    return people


def typed(team: Iterable[Any]) -> dict[str, str]:
    """A team as the form's fields want it: `team`, `outsiders`, `leader`."""
    rows = list(team)
    return {
        "team": "、".join(typed_name(each) for each in rows if each.member),
        "outsiders": "\n".join("，".join(filter(None, (each.name, each.unit))) for each in rows if not each.member),
        "leader": next((typed_name(each) for each in rows if each.leads), ""),
    }


def typed_name(each: Any) -> str:
    """A member by name and sector, which tells namesakes apart; anybody else by name."""
    sector = each.member.sector if each.member else None
    return f"{each.name}（{sector.name}）" if sector else each.name


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in DIVIDED.split(text)))))


def _member(typed: str, assembly_id: int) -> Person:
    told = WITH_SECTOR.match(typed)
    name = told["name"].strip() if told else typed
    rows = Member.objects.filter(assembly_id=assembly_id, person__name=name, state__in=("active", "leave"))
    if told:
        rows = rows.filter(sector__name__in=(told["sector"].strip(), told["sector"].strip().removesuffix("界")))
    found = rows.select_related("person", "sector")[:2]
    if len(found) == 1:
        return Person(name, found[0].post, found[0])
    if found:
        raise ValidationError(
            _("There are several members called %(name)s: write the sector in brackets behind the name.")
            % {"name": name}
        )
    raise ValidationError(_("No member in office is called %(name)s.") % {"name": typed})
