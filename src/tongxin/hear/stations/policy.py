"""Who sees stations on the desk, and who keeps them (domain §2.10). What stands on a door is public anyway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import policy as people
from tongxin.people import roles
from tongxin.people.policy import STAFF, own_assembly

from .lists import CONFIRM_DAYS

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

# Duty: the rota is everybody's to read; a turn is its member's to keep.

PLANNERS = Gate(MANAGERS.opens, _("Only the administrator and the office plan duty rotas."))
MEMBERS = Gate(lambda actor: bool(actor.scopes(roles.MEMBER)), _("This page is for members of the assembly."))
BOOKERS = Gate(
    lambda actor: actor.has(roles.OFFICE) or bool(actor.scopes(roles.STATION)),
    _("Appointments are entered by the office and by station keepers."),
)


def _mine(actor: Actor, field: str = "member", **more: Any) -> Q:
    """The rows whose `field` is a seat of the actor's own."""
    seats = actor.scopes(roles.MEMBER)
    return Q(assembly_id=actor.assembly_id, **{f"{field}_id__in": seats}, **more) if seats else NOTHING


def _at_kept(actor: Actor) -> Q:
    """The rows at stations that a station keeper looks after."""
    held = actor.scopes(roles.STATION)
    return Q(assembly_id=actor.assembly_id, station_id__in=held) if held else NOTHING


def _office(actor: Actor) -> Q:
    """The assembly's rows for the office, without the administrator."""
    return own_assembly(actor, roles.OFFICE)


def _near(actor: Actor) -> Q:
    """Own turns that are near enough to be confirmed."""
    if not actor.scopes(roles.MEMBER):
        return own_assembly(actor)
    ahead = int(options.parameter(actor.assembly_id, CONFIRM_DAYS))
    return either(own_assembly(actor), _mine(actor, on__lte=timezone.localdate() + timedelta(days=ahead)))


plan = Rule(people.manage.rows, PLANNERS.reason)
# The system may do what a member may: the demo and imports have no member's account.
own = Rule(lambda actor: either(own_assembly(actor), _mine(actor)), _("This is for the member whose turn it is."))
own_near = Rule(_near, _("A turn is confirmed by its member, when it is near."))
asked = Rule(
    lambda actor: either(_and(own_assembly(actor), offered_to__isnull=False), _mine(actor, "offered_to")),
    _("Only the member who was asked can answer."),
)
tend_turn = Rule(
    lambda actor: either(people.manage.rows(actor), _at_kept(actor)),
    _("This is for the office and the keeper of the station."),
)
book = Rule(lambda actor: either(_office(actor), _at_kept(actor)), BOOKERS.reason)
here = Rule(
    lambda actor: either(_mine(actor), people.manage.rows(actor), _at_kept(actor)),
    _("This is for whoever is on duty, the keeper of the station and the office."),
)
visit = Rule(
    lambda actor: either(_mine(actor, "turn__member"), people.manage.rows(actor), _at_kept(actor)), here.reason
)
system_only = Rule(lambda actor: Q() if actor.is_system else NOTHING, _("This happens by itself."))
explain_idle = Rule(
    lambda actor: _and(either(people.manage.rows(actor), _kept(actor)), idle_since__isnull=False),
    _("The office and the keeper say what is being done about an idle station."),
)


def _answered(actor: Actor) -> Q:
    """Requests that the actor answers: the office all, keepers and conveners those of theirs.

    People who ask are promised that nobody else reads it; the administrator sees no contents (domain §2.10).
    """
    led = actor.scopes(roles.CONVENER)
    of_sector = Q(assembly_id=actor.assembly_id, sector_id__in=led) if led else NOTHING
    return either(_office(actor), _at_kept(actor), of_sector)


def _held(actor: Actor) -> Q:
    return Q(receipt_index=actor.receipt) if actor.kind == "receipt" and actor.receipt else NOTHING


ask = Rule(
    lambda actor: Q() if actor.kind == "public" or actor.is_system else NOTHING,
    _("This form is for people without an account; appointments of others are entered on the desk."),
)
answer = Rule(_answered, _("Requests are answered by the office, the station's keeper and the convener of its sector."))
hold = Rule(_held, _("Only the person who holds the receipt can do this; nobody in the office can."))
forget_asker = Rule(lambda actor: either(_held(actor), Q() if actor.is_system else NOTHING), hold.reason)
APPOINTMENTS = Gate(
    lambda actor: actor.has(roles.OFFICE) or bool(actor.scopes(roles.STATION)) or bool(actor.scopes(roles.CONVENER)),
    answer.reason,
)


attend = Rule(lambda actor: either(_mine(actor), _office(actor), _at_kept(actor)), answer.reason)
receive = Rule(lambda actor: either(_office(actor), _kept(actor)), answer.reason)


def sees_purpose(actor: Actor, turn: Any) -> bool:
    """What somebody comes for concerns whoever is there or asked to be, the keeper, the convener and the office."""
    return attend.allows(actor, turn) or asked.allows(actor, turn) or answers_at(actor, turn.station)


def answers_at(actor: Actor, station: Any) -> bool:
    """Whether requests for appointments at this station are the actor's to answer."""
    led = station.sector_id is not None and station.sector_id in actor.scopes(roles.CONVENER)
    return receive.allows(actor, station) or (led and station.assembly_id == actor.assembly_id)


absence = Rule(
    lambda actor: either(_mine(actor), people.manage.rows(actor)),
    _("Absences are entered by the member or the office."),
)
feed = Rule(
    lambda actor: either(_mine(actor), people.manage.rows(actor), _at_kept(actor)),
    _("The address of a calendar is for its member, the keeper of the station and the office."),
)


def _and(rows: Q, **more: Any) -> Q:
    return NOTHING if rows == NOTHING else rows & Q(**more)
