"""Accounts and roles: who can sign in and what they hold. Only an assembly's administrator calls these.

Accounts are not records of one assembly, so the journal is told of them as `Subject`s.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import door, journal
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed, Stale
from tongxin.kernel.text import stamp

from . import policy, roles
from .models import Assembly, Member, RoleGrant, User

# No letters or digits that are taken for each other when read aloud or from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_GROUPS = 3

VERBS: dict[str, Any] = {
    "account_made": _("Account made"),
    "account_changed": _("Account changed: {fields}"),
    "account_closed": _("Account closed"),
    "account_opened": _("Account opened again"),
    "password_reset": _("New first password given"),
    "password_changed": _("Own password chosen"),
    "second_step_on": _("Two-step sign-in switched on"),
    "second_step_off": _("Two-step sign-in switched off"),
    "granted": _("Role given: {role}"),
    "ungranted": _("Role ended: {role}"),
    "list_changed": _("List changed: {list}"),
    "parameter_changed": _("Parameter changed: {parameter}"),
    "assembly_changed": _("Assembly changed"),
}


@dataclass(frozen=True)
class Subject:
    """Something that is no `Record` but whose changes the journal keeps: an account, an assembly itself."""

    assembly_id: int
    pk: int
    kind: str

    def label(self) -> str:
        return self.kind


def record(
    thing: Any, verb: str, by: Actor, now: datetime | None = None, assembly_id: int | None = None, **facts: Any
) -> None:
    """Journal a change of an account or assembly, in the assembly where it was made."""
    where = assembly_id or by.assembly_id
    if where is None:
        raise NotAllowed(policy.administer.reason)
    subject: Any = Subject(where, thing.pk, thing._meta.label_lower)
    journal.entry(subject, verb, by, now or timezone.now(), facts=facts).save()


def first_password() -> str:
    """A password to be used once, in groups that can be read aloud: 60 bits."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(PASSWORD_GROUPS)]
    return "-".join(groups)


def create(
    by: Actor,
    *,
    username: str,
    name: str,
    phone: str = "",
    email: str = "",
    password: str = "",
    must_change: bool = True,
    now: datetime | None = None,
) -> tuple[User, str]:
    """A new account and its first password, which is shown once and kept nowhere."""
    _demand(by)
    password = password or first_password()
    user = User(username=username, name=name, phone=phone, email=email, must_change_password=must_change)
    user.set_password(password)
    with transaction.atomic():
        user.save(force_insert=True)
        record(user, "account_made", by, now)
    return user, password


def change(
    user: User, by: Actor, changes: dict[str, Any], now: datetime | None = None, seen: str | None = None
) -> User:
    """Change name, telephone or e-mail of an account. Raises `Stale` when they are no longer as they were `seen`."""
    _demand_charge(user, by)
    if seen is not None and seen != fingerprint(user):
        raise Stale(user, None)
    changed = [name for name, value in changes.items() if getattr(user, name) != value]
    if not changed:
        return user
    for name in changed:
        setattr(user, name, changes[name])
    with transaction.atomic():
        user.save()
        labels = {field.name: str(field.verbose_name) for field in User._meta.fields}
        fields = "、".join(labels[name] for name in changed)
        record(user, "account_changed", by, now, fields=fields)
    return user


def reset_password(user: User, by: Actor, now: datetime | None = None) -> str:
    """A new first password; every session of the account ends with the old one."""
    _demand_charge(user, by)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        record(user, "password_reset", by, now)
    return password


def drop_second_step(user: User, by: Actor, now: datetime | None = None) -> None:
    """Switch two-step sign-in off for somebody who lost the telephone; the owner can switch it on again."""
    _demand_charge(user, by)
    with transaction.atomic():
        if Authenticator.objects.filter(user=user).delete()[0]:
            record(user, "second_step_off", by, now)


def has_second_step(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def fingerprint(user: User) -> str:
    """Tells whether name, telephone or e-mail have changed since a page was shown."""
    return stamp(user.name, user.phone, user.email)


def set_active(user: User, by: Actor, active: bool, now: datetime | None = None) -> None:
    """Close an account, or open it again. Nobody closes their own."""
    _demand_charge(user, by)
    if user.pk == by.user_id:
        raise NotAllowed(_("You cannot close your own account."))
    if user.is_active == active:
        return
    user.is_active = active
    with transaction.atomic():
        user.save(update_fields=["is_active"])
        record(user, "account_opened" if active else "account_closed", by, now)


def grant(
    user: User,
    role: str,
    by: Actor,
    *,
    scope: int | None = None,
    assembly: Assembly | None = None,
    now: datetime | None = None,
) -> RoleGrant:
    """Give a role in the actor's assembly; twice the same is once. A member's role links person and account."""
    where = assembly or by.assembly
    held = RoleGrant.objects.filter(assembly=where, user=user, role=role, scope=scope).first()
    if held:
        return held
    given = RoleGrant(assembly=where, user=user, role=role, scope=scope)
    with transaction.atomic():
        door.establish(given, by, policy.administer if assembly is None else policy.appoint, now=now)
        record(user, "granted", by, now, assembly_id=given.assembly_id, role=role, scope=scope)
        if role == roles.MEMBER:
            _link(user, scope, by, now)
    return given


def revoke(held: RoleGrant, by: Actor, now: datetime | None = None) -> None:
    """Take a role away. The last administrator keeps theirs."""
    if not policy.administer.allows(by, held):
        raise NotAllowed(policy.administer.reason)
    if is_last_administrator(held):
        raise NotAllowed(_("An assembly needs an administrator: give the role to somebody else first."))
    end_grant(held, by, now or timezone.now())


def is_last_administrator(held: RoleGrant) -> bool:
    """Whether nobody could manage the assembly's accounts without this role."""
    if held.role != roles.SYSADMIN:
        return False
    others = RoleGrant.objects.filter(assembly_id=held.assembly_id, role=roles.SYSADMIN, user__is_active=True)
    return not others.exclude(pk=held.pk).exists()


def end_grant(held: RoleGrant, by: Actor, now: datetime) -> None:
    """Remove a role and journal it; also what follows when a member's seat ends."""
    with transaction.atomic():
        record(held.user, "ungranted", by, now, assembly_id=held.assembly_id, role=held.role, scope=held.scope)
        held.delete()


def in_charge(by: Actor, user: User) -> bool:
    """Whether the actor's assembly alone answers for the account: who serves elsewhere too is not taken over."""
    return not RoleGrant.objects.filter(user=user).exclude(assembly=by.assembly).exists()


def _demand(by: Actor) -> None:
    if not (by.is_system or by.has(roles.SYSADMIN)):
        raise NotAllowed(policy.administer.reason)


def _demand_charge(user: User, by: Actor) -> None:
    _demand(by)
    if not by.is_system and not in_charge(by, user):
        raise NotAllowed(_("This account is used in another assembly too; only its owner can change it."))


def _link(user: User, member_id: int | None, by: Actor, now: datetime | None) -> None:
    member = Member.objects.filter(pk=member_id or 0).select_related("person").first()
    if member and member.person.user_id is None and not hasattr(user, "person"):
        door.revise(member.person, by, {"user": user}, policy.tie, now=now)
