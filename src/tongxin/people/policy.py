"""Who may do what with people and institutions, and which rows they see."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either

from . import roles
from .models import Member

SEES_ALL = (roles.OFFICE, roles.SECRETARY_GENERAL, roles.LEADER)
#: The three posts through which a brief goes. Who brought it is a member, whom they look up like any other staff.
BRIEFS = (roles.INFO_EDITOR, roles.INFO_REVIEWER, roles.INFO_SIGNER)
STAFF = (
    *SEES_ALL,
    roles.SYSADMIN,
    roles.COMMITTEE,
    roles.COUNTY,
    roles.SUPERVISION,
    roles.PROPOSALS,
    roles.INSTRUCTIONS,
    *BRIEFS,
)


def own_assembly(actor: Actor, *held: str) -> Q:
    """The rows of the actor's assembly, for whoever holds one of the roles there; for the system actor as well."""
    if actor.assembly_id is None:
        return Q() if actor.is_system else NOTHING
    return Q(assembly_id=actor.assembly_id) if actor.is_system or actor.has(*held) else NOTHING


SIGNED_IN = Gate(lambda actor: actor.is_user, _("Sign in to open this page."))
MANAGERS = Gate(
    lambda actor: actor.has(roles.SYSADMIN, roles.OFFICE),
    _("Only the administrator and the office manage people and institutions."),
)
ADMINISTRATORS = Gate(lambda actor: actor.has(roles.SYSADMIN), _("Only the administrator manages accounts and roles."))
DIRECTORY_READERS = Gate(
    lambda actor: actor.has(*STAFF, roles.MEMBER, roles.CONVENER),
    _("The directory of members is for members and staff."),
)

manage = Rule(
    lambda actor: own_assembly(actor, roles.SYSADMIN, roles.OFFICE),
    _("Only the administrator and the office of this assembly may change this."),
)
administer = Rule(
    lambda actor: own_assembly(actor, roles.SYSADMIN),
    _("Only the administrator of this assembly may change accounts and roles."),
)
read_directory = Rule(
    lambda actor: own_assembly(actor, *STAFF, roles.MEMBER, roles.CONVENER),
    _("The directory of members is for members and staff of this assembly."),
)
appoint = Rule(
    lambda actor: (
        Q(assembly__parent=actor.assembly_id, role=roles.SYSADMIN)
        if actor.assembly_id and (actor.is_system or actor.has(roles.SYSADMIN))
        else own_assembly(actor, roles.SYSADMIN)
    ),
    _("Only the administrator of the upper assembly appoints the first administrator of a lower one."),
)
correct_person = Rule(
    lambda actor: either(
        own_assembly(actor, roles.SYSADMIN, roles.OFFICE),
        # Whoever sits here may have been entered by another assembly; the facts are kept once.
        Q(pk__in=_persons_seated(actor.assembly_id)) if actor.is_system or MANAGERS(actor) else NOTHING,
    ),
    _("Only the administrator and the office of an assembly where this person sits may change this."),
)
tie = Rule(
    lambda actor: Q(pk__in=_persons_seated(actor.assembly_id)) if actor.is_system or ADMINISTRATORS(actor) else NOTHING,
    _("Only the administrator of an assembly where this person sits ties an account to the person."),
)
receive = Rule(
    lambda actor: either(
        own_assembly(actor, roles.OFFICE),
        Q(assembly_id=actor.assembly_id, pk__in=actor.scopes(roles.MEMBER)) if actor.scopes(roles.MEMBER) else NOTHING,
    ),
    _("The member says whether people may make an appointment; the office enters it for whoever told it so."),
)
reveal_phone = Rule(
    lambda actor: own_assembly(actor, *SEES_ALL),
    _("Telephone numbers of members are shown to the office and the leaders of their assembly."),
)


def _persons_seated(assembly_id: int | None) -> QuerySet:
    return Member.objects.filter(assembly_id=assembly_id or 0).values_list("person_id", flat=True)
