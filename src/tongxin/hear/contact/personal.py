"""The personal data of constituents: masked by default, kept no longer than consent and use carry it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import door, textindex
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.personal import PersonalData, mask_name, mask_phone, register

from . import lists, policy
from .models import Constituent

MASKS = {"name": mask_name, "phone": mask_phone}


def erase(rows: QuerySet[Constituent], now: datetime) -> int:
    """Erase those whose time is over, each through the door; returns how many."""
    found = list(rows.exclude(state="erased").select_related("assembly"))
    for person in found:
        door.perform(person, "forget", system(_("daily task"), person.assembly), now=now)
    if found:
        sweep()
    return len(found)


def sweep() -> None:
    """Take out of the search index's files what erased texts left there."""
    textindex.purge(connection)


def shown_name(actor: Actor, person: Constituent, linked: bool | None = None) -> str:
    """The name as the actor may see it without asking: whole for the linked member, masked for all others."""
    if not person.name:
        return str(person)
    whole = policy.name.allows(actor, person) if linked is None else linked
    return person.name if whole else mask_name(person.name)


WITHDRAWN = PersonalData(
    model=Constituent,
    masks=MASKS,
    subject=gettext_lazy("constituents who withdrew their consent"),
    erase=erase,
    keep=lists.KEEP_WITHDRAWN,
    since="withdrawn_on",
    holding=~Q(name_index=""),
)
MOVED = PersonalData(
    model=Constituent,
    masks=MASKS,
    subject=gettext_lazy("constituents who moved away"),
    erase=erase,
    keep=lists.KEEP_MOVED,
    since="moved_on",
    holding=~Q(name_index=""),
)


def declare() -> None:
    register(WITHDRAWN)
    register(MOVED)
