"""The roles of domain §2.10, declared once. Later rooms declare theirs with `declare`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """`scope` names the model that a grant is limited to ("" for the whole assembly)."""

    code: str
    label: Any
    scope: str = ""
    hint: Any = ""


_ROLES: dict[str, Role] = {}


def declare(role: Role) -> str:
    if role.code in _ROLES:
        raise ValueError(f"role “{role.code}” is declared twice")
    _ROLES[role.code] = role
    return role.code


def every() -> list[Role]:
    return list(_ROLES.values())


def get(code: str) -> Role:
    return _ROLES[code]


def find(code: str) -> Role | None:
    """The role of a code that comes from outside; None for one that is no longer declared."""
    return _ROLES.get(code)


SYSADMIN = declare(Role("sysadmin", _("administrator"), hint=_("People, roles, lists; sees no contents")))
OFFICE = declare(Role("office", _("office"), hint=_("Triage, answers, the whole assembly")))
SECRETARY_GENERAL = declare(Role("secretary_general", _("secretary-general")))
LEADER = declare(Role("leader", _("leader"), hint=_("Sees everything, decides on what is put before them")))
COMMITTEE = declare(Role("committee", _("committee staff"), scope="people.committee"))
MEMBER = declare(Role("member", _("member"), scope="people.member"))
CONVENER = declare(Role("convener", _("convener"), scope="people.sector"))
STATION = declare(Role("station", _("station keeper"), scope="stations.station"))
BODY = declare(Role("body", _("handling body"), scope="people.body"))
COUNTY = declare(Role("county", _("county staff"), scope="people.assembly"))
SUPERVISION = declare(Role("supervision", _("supervision office")))
PROPOSALS = declare(Role("proposals", _("proposal office")))
INFO_EDITOR = declare(Role("info_editor", _("brief editor")))
INFO_REVIEWER = declare(Role("info_reviewer", _("brief reviewer")))
INFO_SIGNER = declare(Role("info_signer", _("brief signer")))
SUPERVISOR = declare(Role("supervisor", _("special supervisor")))
INSTRUCTIONS = declare(
    Role(
        "instructions",
        _("keeper of instructions"),
        hint=_("Enters and reads leaders' instructions; each reading is noted"),
    )
)
