"""A small city whose records lie in every state, year and corner, so that sums can go wrong."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import STATES as CONCERN_STATES
from tongxin.hear.stations.models import Station
from tongxin.kernel.actor import Actor, Grant
from tongxin.people.models import Assembly, Committee, RoleGrant, Sector, User

STATES = [state.name for state in CONCERN_STATES]


@dataclass
class City:
    province: Assembly
    city: Assembly
    counties: list[Assembly]
    sectors: list[Sector]
    committees: list[Committee]
    stations: list[Station]

    def actor(self, role: str, assembly: Assembly | None = None, scope: int | None = None) -> Actor:
        where = assembly or self.city
        return Actor("user", role, where, self.user(role, where, scope), frozenset({Grant(role, scope)}))

    def user(self, role: str, assembly: Assembly | None = None, scope: int | None = None) -> User:
        where = assembly or self.city
        user, fresh = User.objects.get_or_create(
            username=f"{role}-{where.code}", defaults={"name": role, "must_change_password": False}
        )
        if fresh:
            RoleGrant.objects.create(assembly=where, user=user, role=role, scope=scope)
        return user


@pytest.fixture
def city(db: Any) -> City:
    province = Assembly.objects.create(code="23", name="黑龙江省政协", short="黑龙江省", level="province")
    home = Assembly.objects.create(code="2305", name="双鸭山市政协", short="双鸭山市", level="city", parent=province)
    counties = [
        Assembly.objects.create(code=f"23050{n}", name=f"{name}政协", short=name, level="county", parent=home)
        for n, name in enumerate(("尖山区", "岭东区", "宝清县"), 1)
    ]
    sectors = [
        Sector.objects.create(assembly=home, code=f"s{n}", name=name, category="circle", position=n)
        for n, name in enumerate(("教育界", "农业界", "经济界"))
    ]
    committees = [
        Committee.objects.create(assembly=home, code=f"c{n}", name=name, position=n)
        for n, name in enumerate(("提案委", "经济委"))
    ]
    stations = [
        Station.objects.create(
            assembly=home, code=f"A{n:03}", name=f"第{n}联络站", state="active", opened_on=datetime(2023, 5, n + 1),
            county=counties[n % 3] if n else None, sector=sectors[n % 3],
        )
        for n in range(5)
    ]  # fmt: skip
    return City(province, home, counties, sectors, committees, stations)


def fill(city: City, how_many: int, seed: int = 1, year: int | None = None) -> None:
    """Concerns in any state with any step reached or not, written past the door: what the figures must count right."""
    dice = random.Random(seed)
    begin = timezone.make_aware(datetime(year or timezone.localdate().year - 1, 1, 1))
    first = Concern.objects.count()
    Concern.objects.bulk_create(_concern(city, dice, begin, first + n) for n in range(how_many))


def _concern(city: City, dice: random.Random, begin: datetime, serial: int) -> Concern:
    said = begin + timedelta(minutes=dice.randrange(365 * 24 * 60))

    def later() -> datetime | None:
        return said + timedelta(days=dice.randrange(60)) if dice.random() < 0.6 else None

    def one(of: list) -> Any:
        return dice.choice([None, *of])

    rated = later()
    return Concern(
        assembly=city.city, year=said.year, serial=serial + 1, title=f"路灯{serial}", text="路灯坏了", said_at=said,
        source="code", state=dice.choice(STATES), topic=dice.choice(["", "road", "housing"]),
        station=one(city.stations), county=one(city.counties), sector=one(city.sectors), committee=one(city.committees),
        triaged_at=later(), triage_due_on=(said + timedelta(days=7)).date(), answered_at=later(),
        answer_due_on=dice.choice([None, (said + timedelta(days=30)).date()]), outcome_at=later(), closed_at=later(),
        triaged_in_time=dice.choice([None, True, False]), answered_in_time=dice.choice([None, True, False]),
        rated_at=rated, rating=dice.choice(["satisfied", "fair", "not"]) if rated else "",
        decline_reason=dice.choice(["", "", "petition"]),
    )  # fmt: skip
