"""约见: whether people may make an appointment with a member, as that member said; who said nothing is treated as the
assembly's parameter has it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import options
from tongxin.kernel.options import ParameterDefinition, declare_parameter

from .models import Member

UNLESS_REFUSED = "people.receive_unless_refused"


def declare() -> None:
    """Called once when the app starts."""
    declare_parameter(
        ParameterDefinition(
            UNLESS_REFUSED,
            gettext_lazy("People may make appointments with members who have said nothing about it"),
            True,
            "flag",
            gettext_lazy("Usual practice; check it against your own rules"),
        )
    )


def willing(assembly_id: int) -> Q:
    """The members of the assembly with whom people may make an appointment."""
    silent_too = options.parameter(assembly_id, UNLESS_REFUSED)
    return Q(receives=True) | Q(receives=None) if silent_too else Q(receives=True)


def is_willing(member: Member) -> bool:
    """Whether people may make an appointment with the member."""
    if member.receives is None:
        return bool(options.parameter(member.assembly_id, UNLESS_REFUSED))
    return member.receives


def said(member: Member) -> str:
    """How it stands with appointments, in words; with the member's own word on when."""
    words = _("people may make appointments") if is_willing(member) else _("no appointments at present")
    if member.receives is None:
        words = _("%(words)s (nothing said yet)") % {"words": words}
    return f"{words} · {member.receives_when}" if member.receives_when else words
