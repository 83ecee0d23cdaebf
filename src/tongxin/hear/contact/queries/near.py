"""My people: with whom a member keeps contact, and how long ago the last one was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from tongxin.kernel import options
from tongxin.kernel.actor import Actor

from .. import lists, policy
from ..models import Constituent, ConstituentLink


@dataclass(frozen=True)
class Near:
    """Somebody a member keeps contact with. `days` since the last contact; None when there was none yet."""

    link: ConstituentLink
    days: int | None
    freshness: str

    @property
    def person(self) -> Constituent:
        return self.link.constituent

    @property
    def tone(self) -> str:
        return lists.TONES[self.freshness]

    @property
    def arc(self) -> int:
        """How much of the ring is filled, in per cent of the time after which somebody is out of touch."""
        return 100 if self.days is None else max(2, min(100, round(self.days * 100 / self.stale)))

    @property
    def stale(self) -> int:
        return int(options.parameter(self.link.assembly_id, lists.STALE_DAYS)) or 1


def of(links: QuerySet[ConstituentLink] | list[ConstituentLink], today: date) -> list[Near]:
    """Links with the days since the last contact."""
    found = []
    for link in links:
        days = lists.days_since(link.last_on, today)
        found.append(Near(link, days, lists.freshness(days, link.assembly_id)))
    return found


def mine(actor: Actor, today: date | None = None) -> list[Near]:
    """The actor's own people, in the order of linking; one query."""
    rows = ConstituentLink.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    rows = (
        rows.filter(assembly=actor.assembly).select_related("constituent__sector", "member").order_by("from_on", "id")
    )
    return of(rows, today or timezone.localdate())


def panel(actor: Actor) -> dict[str, Any] | None:
    """What stands on a member's home."""
    people = mine(actor)
    return {"people": people, "short": short_of(actor, len(people))}


def short_of(actor: Actor, having: int) -> int:
    """How many people a member still lacks."""
    return max(0, int(options.parameter(actor.assembly_id, lists.LINKS_MIN)) - having)
