"""What members bore before a rota begins, so that a year made of several rotas is as fair as one of a single rota."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Count

from tongxin.people.models import Member

from ..models import DutyTurn, Rota

YEAR = timedelta(days=365)


def before(rota: Rota, people: Mapping[int, Member], leading: tuple[str, ...]) -> Counter[int]:
    """The turns each of the people had before the rota, in the year that ends with it.

    Turns that were cancelled or handed over count for nobody. Whoever came into office within that year is reckoned to
    have had what the others of the same kind had on average, rounded down: nobody makes up for what they missed.
    """
    since = rota.to_on - YEAR
    rows = DutyTurn.objects.filter(assembly=rota.assembly_id, member_id__in=people, on__gt=since, on__lt=rota.from_on)
    counted = rows.exclude(state__in=DutyTurn.GONE).order_by().values_list("member_id").annotate(n=Count("pk"))
    had = Counter[int](dict(counted))
    for leads in (False, True):
        kind = {pk: member for pk, member in people.items() if (member.duty in leading) == leads}
        fresh = [pk for pk, member in kind.items() if member.since_on and member.since_on > since]
        others = kind.keys() - set(fresh)
        usual = sum(had[pk] for pk in others) // len(others) if others else 0
        for pk in fresh:
            had[pk] = max(had[pk], usual)
    return had
