"""The demo's contact room: areas, people with consent, plans, two years of contacts, all through the door.

Most people were met lately, some not for months; a few members are short of five since this year. In the years of the
profile every member had at least five (figure F03).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.demo import Demo
from tongxin.people.models import LeaderSector, Member

from .. import areas, lists
from ..models import Constituent, ConstituentLink, ContactPlan, ContactRecord
from ..workflow import CONSTITUENTS, CONTACTS
from . import raised

ENROLLED_FROM = date(2022, 4, 1)
ENROLLING_DAYS = 500  # all are enrolled before the profile's years end
DAYS_BACK = 730  # contacts are told for two years
PER_AREA = 4  # members that share an area
# How long ago somebody was met last: days from, to, and how many of a hundred.
AGES = ((0, 30, 63), (31, 60, 19), (61, 90, 9), (91, 160, 9))
CHANNELS = (("visit", 44), ("online", 24), ("research", 14), ("service", 11), ("reading", 7))
SHORT, WITHOUT_AREA, MOVED, WITHDRAWN, SHARED, WITHOUT_PLAN = 6, 3, 5, 3, 4, 18


@dataclass
class Teller:
    """Knows the place and its people, and throws the dice."""

    demo: Demo
    by: Actor
    data: dict[str, Any]
    members: list[Member]

    @property
    def dice(self) -> Any:
        return self.demo.random

    @property
    def today(self) -> date:
        return timezone.localdate(self.demo.now)

    @property
    def until(self) -> datetime:
        """The last moment at which something can have been recorded."""
        return self.demo.now - timedelta(minutes=5)


def build(demo: Demo) -> None:
    """All of it, in the order of time."""
    rows = Member.objects.filter(assembly=demo.made["assembly"], state="active")
    members = list(rows.select_related("person__user", "sector", "assembly").order_by("id"))
    teller = Teller(demo, system("演示", demo.made["assembly"]), demo.data("contact"), members)
    _areas(teller)
    door.begin_many(CONSTITUENTS, "enrol", teller.by, _enrolments(teller))
    _share(teller)
    _plans(teller)
    door.begin_many(CONTACTS, "record", teller.by, _contacts(teller))
    _leaders(teller)
    raised.build(demo, teller.by, teller.data["raised"])
    _changes(teller)
    demo.say(f"界别群众 {Constituent.objects.count()} 名，联系记录 {ContactRecord.objects.count()} 条")


# Areas and plans


def _areas(teller: Teller) -> None:
    """Every sector's members share streets and townships; two of them never bear the same name within a sector."""
    streets = _streets(teller.demo)
    began = ENROLLED_FROM - timedelta(days=25)
    now = _at(began, 9)
    by_sector: dict[Any, list[Member]] = {}
    for member in teller.members:
        by_sector.setdefault(member.sector, []).append(member)
    for sector, members in by_sector.items():
        wanted = max(1, round(len(members) / PER_AREA))
        for number, (street, county) in enumerate(teller.dice.sample(streets, min(wanted, len(streets)))):
            share = members[number::wanted]
            kind = "street" if street.endswith(("街道", "乡", "镇")) else "community"
            told = {"name": f"{street}{sector.name}责任区", "kind": kind, "sector": sector, "county": county}
            area = areas.enter(teller.by, told | {"leader": share[0]}, now=now)
            for member in share:
                areas.assign(area, teller.by, {"member": member, "on": began, "held": None}, now=now)


def _streets(demo: Demo) -> list[tuple[str, Any]]:
    """The streets of the stations with their counties."""
    found = {(s.street, s.county_id): s.county for s in demo.made.get("stations", []) if s.street}
    if found:
        return [(street, county) for (street, _pk), county in found.items()]
    return [(f"第{number}片区", None) for number in range(1, 80)]


def _plans(teller: Teller) -> None:
    """Plans of this year and the last; some members have not begun theirs."""
    late = set(teller.dice.sample([m.pk for m in teller.members], min(WITHOUT_PLAN, len(teller.members))))
    channels = [code for code, _share in CHANNELS]
    tasks = [task.code for task in lists.TASKS]
    for year in (teller.today.year - 1, teller.today.year):
        now = min(_at(date(year, 1, 15), 10), teller.demo.now)
        for member in teller.members:
            if year == teller.today.year and member.pk in late:
                continue
            plan = ContactPlan(assembly=teller.by.assembly, member=member, year=year)
            told = {
                "target": teller.dice.choice((12, 15, 20, 20, 24)),
                "channels": sorted(teller.dice.sample(channels, teller.dice.choice((3, 4, 5, 5)))),
                "tasks": sorted(teller.dice.sample(tasks, teller.dice.choice((5, 6, 7, 8)))),
                "note": "",
            }
            areas.keep_plan(plan, teller.by, told, now=now)


# People


def _enrolments(teller: Teller) -> Iterator[dict[str, Any]]:
    """Five people or more for each member, each with consent, most with a number."""
    names = _Names(teller)
    counties = list(teller.demo.made["counties"].values())
    for member in teller.members:
        own = getattr(member.person.user, "username", "") == "member"
        wanted = 5 if own else teller.dice.choice((5, 5, 5, 5, 5, 5, 6, 6, 7))
        places = teller.data["places"][member.sector.code]
        for number in range(wanted):
            place, occupation = teller.dice.choice(places)
            name = names.next()
            if own:
                name, place, occupation, _days = teller.data["five"][number]
            day = ENROLLED_FROM + timedelta(days=teller.dice.randrange(ENROLLING_DAYS))
            yield {
                "name": name, "sector": member.sector, "place": place, "occupation": occupation,
                "county": teller.dice.choice(counties) if counties else None,
                "phone": names.phone() if teller.dice.random() < 0.85 else "",
                "consent_on": day, "consent_way": teller.dice.choice(("spoken", "spoken", "written", "message")),
                "consent_for": ["contact", lists.TELL_RESULT, *(["invite"] if teller.dice.random() < 0.6 else [])],
                "member": member, "_at": _at(day, 9 + number),
            }  # fmt: skip


class _Names:
    """Invented names and numbers, none of them twice."""

    def __init__(self, teller: Teller) -> None:
        pool = teller.demo.data("people")
        self.dice = teller.dice
        self.surnames, self.weights = zip(*pool["surnames"].items(), strict=True)
        self.given = pool["given"]
        self.used: set[str] = {row[0] for row in teller.data["five"]}

    def next(self) -> str:
        while True:
            pool = self.given[self.dice.choice(("male", "female"))]
            given = "".join(self.dice.sample(pool, self.dice.choice((1, 2, 2, 2))))
            name = self.dice.choices(self.surnames, self.weights)[0] + given
            if name not in self.used:
                self.used.add(name)
                return name

    def phone(self) -> str:
        while True:
            number = f"1380{self.dice.randrange(10**7):07d}"
            if number not in self.used:
                self.used.add(number)
                return number


def _share(teller: Teller) -> None:
    """A few people are known to two members."""
    links = list(ConstituentLink.objects.select_related("constituent__assembly", "member").order_by("id"))
    for link in teller.dice.sample(links, min(SHARED, len(links))):
        others = [m for m in teller.members if m.sector_id == link.member.sector_id and m.pk != link.member_id]
        if others:
            told = {"member": teller.dice.choice(others), "on": link.from_on + timedelta(days=40)}
            door.perform(link.constituent, "link", teller.by, told, now=_at(told["on"], 10))


# Contacts


def _contacts(teller: Teller) -> list[dict[str, Any]]:
    """Backwards from the last contact with everybody, in the order of time; two people are sometimes met together."""
    rows: dict[tuple[int, date], dict[str, Any]] = {}
    fixed = {row[0]: row[3] for row in teller.data["five"]}
    links = ConstituentLink.objects.filter(to_on=None).select_related("constituent", "member__person", "member__sector")
    known = {member.pk: member for member in teller.members}
    earliest = teller.today - timedelta(days=DAYS_BACK)
    for link in links.order_by("id"):
        age = fixed.get(link.constituent.name)
        day = min(teller.today - timedelta(days=_age(teller) if age is None else age), timezone.localdate(teller.until))
        while day > max(link.from_on, earliest):
            row = rows.get((link.member_id, day))
            if row is None:
                rows[link.member_id, day] = _row(teller, known[link.member_id], day, link.constituent_id)
            else:
                row["people"].append(link.constituent_id)
            day -= timedelta(days=teller.dice.randint(120, 280))
            # Whoever is nearby is met on the same day.
            for near in range(-3, 4):
                if (link.member_id, day + timedelta(days=near)) in rows and teller.dice.random() < 0.5:
                    day += timedelta(days=near)
                    break
    return sorted(rows.values(), key=lambda row: row["_at"])


def _age(teller: Teller) -> int:
    least, most, _share = teller.dice.choices(AGES, [share for _l, _m, share in AGES])[0]
    return teller.dice.randint(least, most)


def _row(teller: Teller, member: Member, day: date, person: int) -> dict[str, Any]:
    channel = teller.dice.choices([c for c, _share in CHANNELS], [share for _c, share in CHANNELS])[0]
    at = min(_at(day, 8, teller.dice.randrange(600)), teller.until)
    row: dict[str, Any] = {
        "member": member,
        "people": [person],
        "channel": channel,
        "summary": teller.dice.choice(teller.data["sentences"][channel]),
        "on": day,
        "_at": at,
    }
    if channel in ("service", "reading", "research"):
        row["others"] = teller.dice.randint(2, 30)
    if teller.dice.random() < 0.12:
        row["policy_told"] = teller.dice.choice(teller.data["policies"])
        row["tasks"] = ["policy", "listening"]
    elif teller.dice.random() < 0.3:
        row["tasks"] = teller.dice.sample([task.code for task in lists.TASKS], 2)
    return row


def _leaders(teller: Teller) -> None:
    """Leaders go to their sectors about once a month, some less often."""
    links = LeaderSector.objects.filter(assembly=teller.by.assembly, to_on=None)
    rows = []
    for link in links.select_related("member__person", "member__sector", "sector").order_by("id"):
        for month in range(10):
            day = teller.today - timedelta(days=30 * month + teller.dice.randint(1, 26))
            if teller.dice.random() < 0.45:
                continue
            rows.append(
                {
                    "member": link.member, "people": [], "others": teller.dice.randint(4, 18), "channel": "visit",
                    "summary": f"到{link.sector.name}界别责任区走访，听取委员和群众意见。", "sector": link.sector.pk,
                    "on": day, "_at": min(_at(day, 14), teller.until),
                }
            )  # fmt: skip
    door.begin_many(CONTACTS, "record", teller.by, sorted(rows, key=lambda row: row["_at"]))


def _changes(teller: Teller) -> None:
    """What has changed of late: people moved, consent withdrawn, members short of five or without an area, one left."""
    dice, month = teller.dice, timedelta(days=30)
    plain = [m for m in teller.members if m.duty == "member" and m.person.user_id is None]
    chosen = dice.sample(plain, min(len(plain), SHORT + MOVED + WITHDRAWN + WITHOUT_AREA + 1))
    moves = [*["unlink"] * SHORT, *["move_away"] * MOVED, *["withdraw"] * WITHDRAWN]
    for number, (member, move) in enumerate(zip(chosen, moves, strict=False)):
        link = ConstituentLink.objects.filter(member=member, to_on=None).select_related("constituent").first()
        if link is None:
            continue
        # Who withdrew is still there to be seen: the name is kept for a month.
        on = teller.today - (timedelta(days=4) if move == "withdraw" else month) - timedelta(days=number)
        told = {"on": on, "link": link.pk, "reason": "换了单位，不在本界别了"}
        door.perform(link.constituent, move, teller.by, told, now=_at(on, 15))
    for member in chosen[len(moves) : len(moves) + WITHOUT_AREA]:
        held = member.areas.filter(to_on=None).first()
        if held:
            areas.end(held, teller.by, teller.today - month, now=_at(teller.today - month, 10, 20))
    if len(chosen) > len(moves) + WITHOUT_AREA:
        on = teller.today - timedelta(days=9)
        told = {"on": on, "reason": "工作调动，本人申请辞去委员"}
        door.perform(chosen[-1], "resign", teller.by, told, now=_at(on, 10))


def _at(day: date, hour: int, minutes: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour % 24))) + timedelta(minutes=minutes)
