"""The demo's concerns: each lives its own story through the door, as far as its time has come.

Some were said in the profile's years and are long closed; most belong to the weeks before today, so that queues are
alive whatever the date: fresh ones, running clocks, some due today, some overdue, answers that wait for a rating,
a dispute.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from tongxin.kernel import door, receipts
from tongxin.kernel.actor import Actor, holder, public, system
from tongxin.kernel.demo import Demo
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Assembly, Body, Sector, User

from .. import tasks
from ..models import Concern
from ..workflow import CONCERNS
from . import pictures

OLD_SHARE = 0.36  # of the stories; they were said in the profile's years
RECENT_DAYS = 80
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
ASKED = (
    "请核实情况，依职责办理，并把结果回复我们。",
    "请到现场看一看，能办的尽快办，办不了的说明原因。",
    "请会同街道核实，十个工作日内回复。",
)
PICTURED = {"c001": ("lamp", "street"), "f01": ("stairs",), "f02": ("snow",)}
STAR_GROUP = "lamps"
STAR = "c001"  # the story on the poster's station: answered, waiting for its rating


@dataclass
class Story:
    """One concern of the demo: its text, when it was said, and which step it never gets beyond ("" for none)."""

    text: dict[str, Any]
    at: datetime
    stops: str = ""
    concern: Any = None
    steps: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.text["key"]

    @property
    def receipt(self) -> str:
        return receipts.receipt_for(f"demo {self.key}")

    def until(self) -> list[tuple[datetime, str]]:
        """The steps before the one at which the story is stuck."""
        names = [name for _at, name in self.steps]
        return self.steps[: names.index(self.stops)] if self.stops in names else self.steps


class Teller:
    """Tells the stories: knows the place and its people, and throws the dice."""

    def __init__(self, demo: Demo) -> None:
        self.demo, self.dice = demo, demo.random
        self.assembly: Any = demo.made["assembly"]
        self.public = public(self.assembly)
        self.worker = system("演示", self.assembly)
        self.office = self._actor("office")
        self.keeper = self._actor("station")
        self.body_user = self._actor("body")
        self.sectors = {row.name: row for row in Sector.objects.filter(assembly=self.assembly)}
        self.bodies = {row.code: row for row in Body.objects.filter(assembly=self.assembly)}
        self.counties = {row.code: row for row in Assembly.objects.filter(parent=self.assembly)}
        self.stations: dict[Any, list] = {}
        for station in demo.made.get("stations", []):
            if station.state == "active":
                self.stations.setdefault(station.county_id, []).append(station)

    def _actor(self, login: str) -> Actor:
        user = User.objects.filter(username=login).first()
        return people.actor_of(user) if user else self.worker

    # When each step is taken

    def plan(self, story: Story) -> None:
        """Lay the steps of a story on days; those that lie after now are never taken."""
        kind = story.text.get("kind", "handled")
        at = story.at
        late = self.dice.random() < 0.08
        at = self._later(at, 8, 10) if late else self._later(at, 0, 4)
        story.steps.append((at, "triage"))
        at = self._later(at, 0, 2)
        story.steps.append(
            (at, {"handled": "refer", "direct": "help", "referred": "guide", "declined": "decline"}[kind])
        )
        if kind in ("handled", "direct"):
            at = self._later(at, 3, 20) if kind == "handled" else self._later(at, 1, 6)
            story.steps.append((at, "settle"))
        at = self._later(at, 17, 20) if self.dice.random() < 0.05 else self._later(at, 1, 6)
        story.steps.append((at, "answer"))
        rating = story.text.get("rating", "")
        if not rating:
            story.steps.append((at + timedelta(days=31), "close"))
            return
        at = self._later(at, 0, 9)
        story.steps.append((at, "object" if rating == "not" else "rate"))
        if rating == "not":
            story.steps.append((self._later(at, 2, 6), "explain"))

    def _later(self, at: datetime, least: int, most: int) -> datetime:
        """Some days later, in office hours."""
        day = timezone.localdate(at) + timedelta(days=self.dice.randint(least, most))
        while day.weekday() > 4:
            day += timedelta(days=1)
        moment = timezone.make_aware(datetime.combine(day, time(8, 30)) + timedelta(minutes=self.dice.randint(0, 500)))
        return max(moment, at + timedelta(minutes=self.dice.randint(20, 200)))

    # What each step says

    def say(self, story: Story) -> None:
        """The concern itself: by a scanned code, at the portal, or written down by the keeper of a station."""
        text = story.text
        county = self.counties.get(text.get("county", ""))
        station = self._station(story, county)
        data: dict[str, Any] = {
            "assembly": self.assembly.pk,
            "text": text["text"],
            "topic": text.get("topic", ""),
            "county": county.pk if county else "",
            "station": station.pk if station else "",
            "receipt_index": receipts.receipt_index(story.receipt),
        }
        if text.get("call"):
            data["speaker_name"] = self.dice.choice(SURNAMES) + text["call"]
            if self.dice.random() < 0.6:
                data["speaker_phone"] = f"13800{self.dice.randint(100000, 999999)}"
            data["consent"] = "on"
        written = station is not None and self.keeper.is_user and station.pk in self.keeper.scopes(roles.STATION)
        if written and story.key != STAR and self.dice.random() < 0.4:
            story.concern = door.begin(CONCERNS, "write_down", self.keeper, data, now=story.at)
            return
        story.concern = door.begin(CONCERNS, "speak", self.public, data, self._pictures(story), now=story.at)

    def _station(self, story: Story, county: Any) -> Any:
        near = self.stations.get(county.pk if county else None, [])
        if story.key == STAR:
            return next((station for station in near if station.code == "A001"), near[0] if near else None)
        if not near or self.dice.random() < 0.25:
            return None
        first = [station for station in near if station.code == "A001"]
        return first[0] if first and self.dice.random() < 0.3 else self.dice.choice(near)

    def _pictures(self, story: Story) -> MultiValueDict:
        return MultiValueDict(
            {
                "pictures": [
                    SimpleUploadedFile(f"{name}.jpg", pictures.draw(name), "image/jpeg")
                    for name in PICTURED.get(story.key, ())
                ]
            }
        )

    def take(self, story: Story, at: datetime, step: str) -> None:
        """One step of a story through the door."""
        by, data = getattr(self, f"_{step}")(story, at)
        move = "reply" if step == "settle" and by is self.body_user else step
        story.concern = door.perform(story.concern, move, by, data, now=at)

    def _triage(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        text = story.text
        sector = self.sectors.get(text.get("sector", ""))
        data = {"title": text["title"], "sector": sector.pk if sector else "", "topic": text.get("topic", "")}
        return self.office, {**data, "severity": text.get("severity", 1), "note": text.get("note", "")}

    def _refer(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        body = self.bodies.get(story.text.get("body", "")) or self.dice.choice(list(self.bodies.values()))
        return self.office, {"body": body.pk, "note": self.dice.choice(ASKED)}

    def _help(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self.office, {"note": "由值班委员直接帮办，会同社区一起办。"}

    def _guide(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self.office, {"channel": story.text.get("channel", "12345"), "text": self._why(story)}

    def _decline(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self.office, {"reason": story.text["reason"], "text": self._why(story)}

    def _settle(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        text = story.text
        data = {"result": text.get("result", "in_progress"), "text": text.get("outcome", "已到现场核实，正在办理。")}
        own = self.body_user.scopes(roles.BODY)
        return (self.body_user if story.concern.body_id in own else self.office), data

    def _answer(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        told = story.text.get("answer") or self._why(story) or story.text.get("outcome", "")
        ways = (
            ["page", "page", "phone", "message"]
            if story.concern.speaker_phone
            else ["page", "page", "page", "unreached"]
        )
        way = "message" if story.key == STAR and story.concern.speaker_phone else self.dice.choice(ways)
        delivery = {
            "phone": f"{at.month}月{at.day}日打通电话，本人接听，说清楚了。",
            "unreached": "没有留电话，站里贴了告示，回执页上可以看到。",
        }.get(way, "")
        return self.office, {"way": way, "text": told, "delivery": delivery}

    def _rate(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self._holder(story), {"value": story.text["rating"], "comment": story.text.get("comment", "")}

    def _object(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self._holder(story), {"comment": story.text.get("comment", "")}

    def _explain(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self.office, {"reason": "又到现场核了一遍，能补办的已经补办；一时办不到的，原因和时间都当面说明了。"}

    def _close(self, story: Story, at: datetime) -> tuple[Actor, dict]:
        return self.worker, {}

    def _holder(self, story: Story) -> Actor:
        return holder(receipts.receipt_index(story.receipt), self.assembly)

    @staticmethod
    def _why(story: Story) -> str:
        return "\n".join(filter(None, [story.text.get("explanation", ""), story.text.get("elsewhere", "")]))


class Follower(Teller):
    """Takes up what was raised in other rooms: the steps after it. Each story has dice of its own, so that one more
    changes no other."""

    def __init__(self, demo: Demo, seed: float) -> None:
        super().__init__(demo)
        self.seed = seed

    def plan(self, story: Story) -> None:
        self._throw(story, "plan")
        super().plan(story)

    def take(self, story: Story, at: datetime, step: str) -> None:
        self._throw(story, step)
        super().take(story, at, step)

    def follow(self, stories: list[Story]) -> None:
        """All steps of the stories until now, in the order of time."""
        for story in stories:
            self.plan(story)
        steps = [(at, n, story, step) for n, story in enumerate(stories) for at, step in story.until()]
        for at, _n, story, step in sorted(steps, key=lambda each: each[:2]):
            if at <= self.demo.now:
                self.take(story, at, step)

    def _throw(self, story: Story, what: str) -> None:
        self.dice = random.Random(f"{self.seed} {story.key} {what}")

    def _holder(self, story: Story) -> Actor:
        return holder(story.concern.receipt_index, self.assembly)


def build(demo: Demo) -> None:
    """Tell all stories in the order of time."""
    teller = Teller(demo)
    stories = list(_stories(demo))
    events: list[tuple[datetime, int, Story, str]] = []
    for number, story in enumerate(stories):
        if story.key == STAR:
            story.steps = _star_steps(demo.now)
        elif story.stops != "new":
            teller.plan(story)
        steps = [(story.at, "say"), *story.until()]
        events += [(at, number, story, step) for at, step in steps if at <= demo.now]
    for at, _number, story, step in sorted(events, key=lambda event: event[:2]):
        if step == "say":
            teller.say(story)
        else:
            teller.take(story, at, step)
    tasks.escalate_overdue(demo.now)
    tasks.close_unrated(demo.now)
    demo.made["receipts"] = _receipts(stories)
    if "answered" in demo.made["receipts"]:
        demo.say(f"试一张回执（等评价）：/r/{demo.made['receipts']['answered']}")


def _star_steps(now: datetime) -> list[tuple[datetime, str]]:
    days = {"triage": 10, "refer": 10, "settle": 4, "answer": 1}
    morning = now + timedelta(hours=10, minutes=5)
    return [(morning - timedelta(days=ago, minutes=-n), step) for n, (step, ago) in enumerate(days.items())]


def _stories(demo: Demo) -> Iterator[Story]:
    """When each was said: some in the profile's years, most in the last weeks, the fresh ones in the last days."""
    dice, data = demo.random, demo.data("concerns")
    rest = [text for text in data["concern"] if text["key"] != STAR]
    dice.shuffle(rest)
    for text, days, stops in _certain(rest):
        rest.remove(text)
        yield Story(text, _daytime(demo, demo.now - timedelta(days=days)), stops)
    old, recent = rest[: int(len(rest) * OLD_SHARE)], rest[int(len(rest) * OLD_SHARE) :]
    star = next((text for text in data["concern"] if text["key"] == STAR), None)
    for text in old:
        year = dice.choice(demo.profile.get("years", [demo.now.year - 2]))
        at = timezone.make_aware(datetime(year, 1, 1)) + timedelta(
            days=dice.randint(4, 300), minutes=dice.randint(400, 1260)
        )
        # Long ago: whatever was disputed has been explained, whatever was not rated has been closed.
        yield Story(text, min(at, demo.now - timedelta(days=RECENT_DAYS + 60)))
    if star:
        yield Story(star, _daytime(demo, demo.now - timedelta(days=12)))
    stuck = iter(("settle", "answer", "refer", "settle", "answer"))
    for place, text in enumerate(recent):
        # Denser towards today.
        days = 2 + (RECENT_DAYS - 2) * (1 - (place + 0.5) / len(recent)) ** 1.6
        at = _daytime(demo, demo.now - timedelta(days=days))
        yield Story(text, at, next(stuck, "") if place % 12 == 5 else "")
    # The fresh ones wait for triage: two overdue, three due today, the others of the last days and hours.
    ages = [8.4, 9.2, 7.0, 7.0, 7.0]
    for place, text in enumerate(data["fresh"]):
        age = ages[place] if place < len(ages) else 6.4 * (1 - place / len(data["fresh"])) ** 1.5
        at = _daytime(demo, demo.now - (timedelta(days=age) if age >= 1 else timedelta(days=age / 2, minutes=7)))
        yield Story(text, at, "new" if place < len(ages) or age < 3 or dice.random() < 0.6 else "")


def _certain(texts: list[dict[str, Any]]) -> list[tuple[dict[str, Any], int, str]]:
    """What must be there on every day: disputes not yet looked at again, help under way, one that waits to be handled,
    one whose body is late, one declined of which the person has not been told yet, and what is like the star."""
    disputed = [text for text in texts if text.get("rating") == "not"]
    calm = [text for text in texts if text.get("rating") != "not" and text.get("group") != STAR_GROUP]
    of = {kind: [text for text in calm if text.get("kind") == kind] for kind in ("handled", "direct", "declined")}
    alike = [text for text in texts if text.get("group") == STAR_GROUP and text.get("kind") == "handled"]
    found = [(text, days, "explain") for text, days in zip(disputed, (58, 46), strict=False)]
    found += [(text, days, "answer") for text, days in zip(alike, (24, 19), strict=False)]
    found += [(text, days, "answer") for text, days in zip(of["declined"], (18,), strict=False)]
    found += zip(of["handled"], (14, 40), ("refer", "settle"), strict=False)
    return found + [(text, days, "settle") for text, days in zip(of["direct"], (16, 11, 7), strict=False)]


def _daytime(demo: Demo, at: datetime) -> datetime:
    """The same day at an hour at which people write, never after now."""
    day = datetime.combine(timezone.localdate(at), time(6, 40)) + timedelta(minutes=demo.random.randint(0, 880))
    return min(timezone.make_aware(day), demo.now - timedelta(minutes=9))


def _receipts(stories: list[Story]) -> dict[str, str]:
    """A receipt for each state, the star's first: for trying out, for tests and pictures."""
    states = dict(Concern.objects.values_list("pk", "state"))
    found: dict[str, str] = {}
    for story in sorted(stories, key=lambda story: (story.key != STAR, -story.at.timestamp())):
        if story.concern is not None:
            found.setdefault(states[story.concern.pk], story.receipt)
    return found
