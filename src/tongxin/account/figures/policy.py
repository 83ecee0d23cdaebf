"""Which assemblies' figures somebody sees, and which of the figures (domain §2.10).

Figures are the assembly's own account: they are shown as they are to everybody who sees them at all. Who may open a
single record behind them is the rule of the room it belongs to.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.figures import Figure
from tongxin.kernel.rules import NOTHING, Rule
from tongxin.people.models import Assembly
from tongxin.people.policy import SEES_ALL


def _inside(actor: Actor) -> Q:
    if actor.assembly_id is None:
        return Q() if actor.is_system else NOTHING
    own = Q(pk=actor.assembly_id)
    if not actor.is_system and not actor.has(*SEES_ALL):
        return own
    return own | Q(parent=actor.assembly_id) | Q(parent__parent=actor.assembly_id)


inside = Rule(_inside, _("Leaders and the office see the figures of their own assembly and of those it guides."))


def open_to_all(home: Assembly | None) -> Q:
    """The assemblies whose public figures anybody sees: the one this installation speaks for, and its counties."""
    return Q(pk=home.pk) | Q(parent=home.pk) if home else NOTHING


def shown(figure: Figure, is_inside: bool) -> bool:
    """Whether a figure is shown: all to those inside, the public ones to everybody."""
    return figure.public or is_inside
