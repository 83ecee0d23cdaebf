"""Who sees stations on the desk, and who keeps them (domain §2.10). What stands on a door is public anyway."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import policy as people
from tongxin.people import roles
from tongxin.people.policy import STAFF, own_assembly

READERS = (*STAFF, roles.MEMBER, roles.CONVENER, roles.STATION)

DESK = Gate(lambda actor: actor.has(*READERS), _("The register of stations is for members, station keepers and staff."))
MANAGERS = Gate(people.MANAGERS.opens, _("Only the administrator and the office keep the register of stations."))


def _kept(actor: Actor) -> Q:
    """The stations that a station keeper looks after."""
    held = actor.scopes(roles.STATION)
    return Q(assembly_id=actor.assembly_id, pk__in=held) if held else NOTHING


read = Rule(lambda actor: own_assembly(actor, *READERS), _("This station is not among those you see."))
manage = Rule(people.manage.rows, MANAGERS.reason)
tend = Rule(
    lambda actor: either(people.manage.rows(actor), _kept(actor)),
    _("Opening hours and telephone are changed by the office and the keeper of the station."),
)
