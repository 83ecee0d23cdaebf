"""Who may do what with a concern, and which ones they see (domain §2.10)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import roles
from tongxin.people.policy import SEES_ALL, own_assembly

WRITERS = (
    roles.OFFICE,
    roles.SECRETARY_GENERAL,
    roles.LEADER,
    roles.COMMITTEE,
    roles.CONVENER,
    roles.MEMBER,
    roles.STATION,
    roles.COUNTY,
)

DESK = Gate(
    lambda actor: actor.has(*WRITERS, roles.BODY),
    _("Concerns are for the office, committees, members, stations and handling bodies."),
)
WRITE_DOWN = Gate(lambda actor: actor.has(*WRITERS), _("Writing down a concern is for members, stations and staff."))
TRIAGE = Gate(
    lambda actor: actor.has(roles.OFFICE, roles.COMMITTEE, roles.CONVENER),
    _("Triage is for the office, committees and conveners."),
)
DECIDE = Gate(
    lambda actor: actor.has(roles.OFFICE, roles.COMMITTEE),
    _("Deciding on a concern is for the office and the committee that looks after it."),
)
TAKE_IN = Gate(lambda actor: actor.has(roles.OFFICE), _("Only the office takes in lists of concerns."))


def _within(actor: Actor, field: str, *held: str) -> Q:
    """The rows of the actor's assembly whose `field` is one that the roles are limited to."""
    scopes = actor.scopes(*held)
    return Q(assembly_id=actor.assembly_id, **{f"{field}_id__in": scopes}) if scopes else NOTHING


def _readable(actor: Actor) -> Q:
    if actor.kind == "receipt":
        return Q(receipt_index=actor.receipt)
    return either(
        own_assembly(actor, *SEES_ALL),
        _within(actor, "committee", roles.COMMITTEE),
        _within(actor, "sector", roles.CONVENER),
        _within(actor, "station", roles.STATION),
        _within(actor, "county", roles.COUNTY),
        _bodys(actor),
        Q(assembly_id=actor.assembly_id, created_by_id=actor.user_id) if actor.has(*WRITERS) else NOTHING,
    )


def _bodys(actor: Actor) -> Q:
    """A body sees what was referred to it, and what became of that."""
    return _within(actor, "body", roles.BODY)


def _handled(actor: Actor) -> Q:
    return either(own_assembly(actor, roles.OFFICE), _within(actor, "committee", roles.COMMITTEE))


def _triaged(actor: Actor) -> Q:
    return either(_handled(actor), _within(actor, "sector", roles.CONVENER))


def _spoken(actor: Actor) -> Q:
    return Q() if actor.kind == "public" or actor.is_system else NOTHING


def _held(actor: Actor) -> Q:
    return Q(receipt_index=actor.receipt) if actor.kind == "receipt" and actor.receipt else NOTHING


read = Rule(_readable, _("This concern is not among those you see."))
speak = Rule(
    _spoken, _("This form is for people without an account; signed-in people write down a concern on their desk.")
)
write_down = Rule(
    lambda actor: own_assembly(actor, *WRITERS), _("You may write down concerns of your own assembly only.")
)
take_in = Rule(lambda actor: own_assembly(actor, roles.OFFICE), _("Only the office takes in lists of concerns."))
triage = Rule(_triaged, _("Triage is for the office, and for the committee or convener of its sector."))
handle = Rule(_handled, _("This is for the office and the committee that looks after the concern."))
reply = Rule(_bodys, _("Only the body it was referred to can reply."))
forget = Rule(
    lambda actor: either(_held(actor), Q() if actor.is_system else NOTHING),
    _("Only the person who holds the receipt can do this; nobody in the office can."),
)
hold = Rule(_held, _("Only the person who holds the receipt can do this; nobody in the office can."))
system_only = Rule(lambda actor: Q() if actor.is_system else NOTHING, _("This happens by itself."))
reveal = Rule(
    _handled,
    _("The contact details are for those who answer the person."),
)
