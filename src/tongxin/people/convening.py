"""The convener's role follows the register of conveners: it begins and ends with the entry there.

Reckoned anew whenever the register changes and once a day, so that nobody has to think of it when a time runs out.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import system

from . import accounts, roles
from .models import Assembly, Convener, RoleGrant, User
from .queries import in_force


def _convening(now: datetime) -> QuerySet[Convener]:
    today = timezone.localdate(now)
    return Convener.objects.filter(
        in_force(today, end="to_on"), member__state__in=("active", "leave"), member__person__user__isnull=False
    )


def holds(user: User | None, sector_id: int | None, now: datetime | None = None) -> bool:
    """Whether the register names this account's person as a convener of the sector today."""
    rows = _convening(now or timezone.now()).filter(member__person__user=user, sector=sector_id)
    return user is not None and rows.exists()


def settle(assembly: Assembly, now: datetime) -> int:
    """Give the role to those who convene today and have an account, end it for those whose entry is over; returns how
    many changed.

    The office keeps the register but gives no roles: what follows from an entry there happens by itself. A role of
    somebody whom the register never named stays: it was given by hand before the register was kept.
    """
    by = system(str(_("register of conveners")), assembly)
    named = Convener.objects.filter(assembly=assembly, member__person__user__isnull=False)
    ever, due = (set(rows.values_list("member__person__user", "sector")) for rows in (named, named & _convening(now)))
    with transaction.atomic():
        held = {(g.user_id, g.scope): g for g in RoleGrant.objects.filter(assembly=assembly, role=roles.CONVENER)}
        over, fresh = (held.keys() & ever) - due, due - held.keys()
        for key in over:
            accounts.end_grant(held[key], by, now)
        users = User.objects.in_bulk({user for user, _sector in fresh})
        for user, sector in sorted(fresh):
            accounts.grant(users[user], roles.CONVENER, by, scope=sector, now=now)
    return len(over) + len(fresh)
