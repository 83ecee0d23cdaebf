"""What the benchmarks load: the demo's assembly, and any number of concerns spoken at its stations."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Mod
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.stations.models import Station
from tongxin.kernel import door
from tongxin.kernel.actor import public
from tongxin.kernel.models import Deadline
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people import queries as people
from tongxin.people.models import Assembly, Body, User

SEED = 1158
YEARS = 3  # over which the concerns are spread
AT_A_STATION = 0.8  # of all concerns; the others come through the portal and have no sector yet
WITH_A_NUMBER = 0.4  # of all people leave a telephone number
BEGINNINGS = ("", "", "您好，", "麻烦反映一下：", "想问问：", "我替邻居说一句：", "不知道该找谁，")

#: Of a thousand concerns so many stand in each state; the rest are closed. Most of the open ones are the newest.
STANDING = {
    "recorded": 20,
    "triaged": 15,
    "direct_help": 10,
    "referred": 30,
    "outcome": 10,
    "declined": 5,
    "answered": 25,
    "disputed": 5,
}
#: The clock that runs in each of them, and the steps that are still to come.
CLOCK = {
    "recorded": "triage",
    "triaged": "handle",
    "direct_help": "handle",
    "referred": "handle",
    "outcome": "answer",
    "declined": "answer",
    "answered": "rating",
    "disputed": "handle",
}
LEFT = {
    "recorded": ("triage", "outcome", "answer", "rating"),
    "triaged": ("outcome", "answer", "rating"),
    "direct_help": ("outcome", "answer", "rating"),
    "referred": ("outcome", "answer", "rating"),
    "outcome": ("answer", "rating"),
    "declined": ("outcome", "answer", "rating"),
    "answered": ("rating",),
    "disputed": (),
}
UNDONE: dict[str, dict[str, Any]] = {
    "triage": {"triaged_at": None, "triaged_in_time": None},
    "outcome": {"outcome_at": None},
    "answer": {"answered_at": None, "answered_in_time": None},
    "rating": {"rating": "", "rated_at": None, "closed_at": None},
}


@dataclass(frozen=True)
class Institution:
    """Whom the benchmarks work for."""

    assembly: Assembly
    stations: list[Station]
    office: User


def institution(say: Callable[[str], None]) -> Institution:
    """The demo, built through the door, with its accounts and stations."""
    from tongxin.conf.demo import SEED as DEMO_SEED
    from tongxin.conf.demo import build

    build(None, DEMO_SEED, "not-a-secret-for-anybody", say)
    assembly = people.home()
    if assembly is None:
        raise RuntimeError("the demo made no assembly")
    stations = list(Station.objects.filter(assembly=assembly, state="active").select_related("sector", "county"))
    return Institution(assembly, stations, User.objects.get(username="office"))


def receipt(number: int) -> str:
    """The receipt of the n-th concern that `told` makes."""
    return receipt_for(f"bench {number}")


def told(where: Institution, count: int, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """What `count` people say, the oldest first: the demo's texts, each in other words, spread over the stations."""
    dice = random.Random(SEED)  # noqa: S311 - the same rows every time
    texts = _texts()
    now = now or timezone.now()
    # A few stations hear most, as everywhere.
    weights = [1 / (place + 3) for place in range(len(where.stations))]
    for number in range(count):
        said = now - timedelta(days=365 * YEARS * (1 - number / count), minutes=dice.randrange(600))
        at_station = dice.random() < AT_A_STATION
        row = {
            "text": f"{dice.choice(BEGINNINGS)}{dice.choice(texts)}（{number + 1}号）",
            "assembly": where.assembly,
            "station": dice.choices(where.stations, weights)[0] if at_station else None,
            "receipt_index": receipt_index(receipt(number)),
            "_at": said,
        }
        if dice.random() < WITH_A_NUMBER:
            row |= {"speaker_name": "周女士", "speaker_phone": f"1394690{number % 10000:04d}", "consent": True}
        yield row


def speak(where: Institution, count: int, progress: Callable[[int], None] | None = None) -> int:
    """Bring `count` concerns in through the bulk form of the door; returns how many were made."""
    return door.begin_many(CONCERNS, "speak", public(), told(where, count), progress=progress)


def stand(where: Institution, since: int) -> None:
    """Put the concerns made after id `since` into states as after years of work.

    This alone goes past the door, in bulk updates: a hundred thousand lives of a concern would take an hour and change
    nothing in how pages read them. Journal entries and outcomes of those steps are therefore missing in these rows; the
    concern whose page is measured is one of the demo's, whose whole life went through the door.
    """
    every = Concern.objects.filter(pk__gt=since)
    now = timezone.now()
    bodies = list(Body.objects.filter(assembly=where.assembly).order_by("pk"))
    every.update(
        state="closed",
        due_on=None,
        due_kind="",
        triaged_at=F("said_at") + timedelta(days=2),
        triaged_in_time=True,
        outcome_at=F("said_at") + timedelta(days=20),
        answered_at=F("said_at") + timedelta(days=25),
        answered_in_time=True,
        rated_at=F("said_at") + timedelta(days=27),
        closed_at=F("said_at") + timedelta(days=27),
        rating="satisfied",
    )
    for place, rating in enumerate(("fair", "not", "")):
        every.annotate(lot=Mod("id", Value(7))).filter(lot=place).update(rating=rating)
    for place, body in enumerate(bodies):
        every.annotate(lot=Mod("id", Value(len(bodies) + 2))).filter(lot=place).update(body=body)
    _open(every, now)
    open_ids = every.exclude(state="closed").values("pk")
    clocks = Deadline.objects.filter(record_type=Concern.label(), record_id__gt=since)
    clocks.exclude(record_id__in=open_ids).update(met_at=now)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # what autovacuum does within a minute
            cursor.execute("VACUUM ANALYZE")


def _open(every: Any, now: datetime) -> None:
    """Open again so many as `STANDING` says, nine in ten of them among the newest."""
    count = every.count()
    share = sum(STANDING.values()) / 1000
    newest = every.order_by("-pk").values_list("pk", flat=True)
    among = newest[min(count - 1, int(count * share))] if count else 0
    today = timezone.localdate(now)
    lot = 0
    size = sum(STANDING.values())
    for state, number in STANDING.items():
        lots = range(lot, lot + number)
        recent = every.filter(pk__gt=among).annotate(lot=Mod("id", Value(size))).filter(lot__in=lots)
        old = every.filter(pk__lte=among).annotate(lot=Mod("id", Value(9 * size))).filter(lot__in=lots[::10])
        for rows, place in ((recent, 0), (old, 1)):
            for day in range(5):  # due dates around today: some overdue, most to come
                due_on = today + timedelta(days=6 * day - 9 - 60 * place)
                part = rows.annotate(fifth=Mod("id", Value(5))).filter(fifth=day)
                part.update(state=state, due_on=due_on, due_kind=CLOCK[state], **_undone(state))
        lot += number


def _undone(state: str) -> dict[str, Any]:
    """What has not happened yet to a concern in an open state."""
    return {name: value for step in LEFT[state] for name, value in UNDONE[step].items()}


def _texts() -> list[str]:
    source = resources.files("tongxin.conf").joinpath("demo_data", "concerns.toml").read_text("utf-8")
    found = tomllib.loads(source)
    return [concern["text"] for concerns in found.values() if isinstance(concerns, list) for concern in concerns]
