"""The demo's research: the reports of the profile's year with exactly its instructions and prizes, those of the last
months in every state, and the assembly's honours.

The committee's account writes for its committee, the office for the others; the head of the research office reviews, a
leader finalizes, the keeper of instructions enters them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.demo import Demo
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Body, Committee, Member, Sector, User

from . import corrections
from .models import ResearchReport
from .workflow import RESEARCH

PRIZE, GIVER = "省政协优秀调研成果", "省政协办公厅"
GRADES = (("F22", "first"), ("F23", "second"), ("F24", "merit"))
BACK = {"reason": "fieldwork", "text": "请补充县区学校的情况，至少再走访两处。"}
WORDS = {
    "city_main": ("（演示）市委主要领导", "调研扎实，请有关部门研究吸收，抓好落实。"),
    "province_main": ("（演示）省委主要领导", "请省直有关部门阅研。"),
    "city_other": ("（演示）市政府领导", "请分管同志牵头，列入工作计划。"),
}
FAR = ("draft", "visits", "hand_in", "review", "finalize", "submit")
#: The fresh ones: state, days since the first word, days since the newest step, and the steps that lead there.
FRESH: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "f01": ("instructed", 88, 9, (*FAR, "city_main", "city_other")),
    "f02": ("applied", 130, 6, (*FAR, "city_main", "apply")),
    "f10": ("handling", 70, 8, (*FAR, "city_main", "transfer")),
    "f11": ("replied", 95, 3, (*FAR, "city_other", "transfer", "enter_reply")),
    "f03": ("submitted", 75, 4, FAR),
    "f04": ("finalized", 60, 2, FAR[:5]),
    "f05": ("reviewed", 48, 2, FAR[:4]),
    "f06": ("review", 40, 3, FAR[:3]),
    "f07": ("returned", 33, 5, (*FAR[:3], "return")),
    "f08": ("draft", 8, 8, FAR[:1]),
    "f09": ("withdrawn", 55, 30, ("draft", "visits", "withdraw")),
}


@dataclass
class Story:
    """One report of the demo: its text, which step is made when, and the prize it gets."""

    text: dict[str, Any]
    steps: list[tuple[datetime, str]]
    grade: str = ""
    year: int = 0
    report: Any = None
    team: list[str] = field(default_factory=list)


class Teller:
    """Tells the stories through the door."""

    def __init__(self, demo: Demo) -> None:
        self.dice = demo.random
        self.assembly: Any = demo.made["assembly"]
        self.by = {name: _actor(name) for name in ("office", "committee", "reviewer", "leader", "signer")}
        self.committees = {row.code: row for row in Committee.objects.filter(assembly=self.assembly)}
        self.bodies = {row.code: row for row in Body.objects.filter(assembly=self.assembly)}
        self.sectors = {row.name: row for row in Sector.objects.filter(assembly=self.assembly)}
        self.members: dict[str, list[str]] = {}
        rows = Member.objects.filter(assembly=self.assembly, state="active", duty__in=("member", "standing"))
        for name, sector in rows.order_by("id").values_list("person__name", "sector__name"):
            self.members.setdefault(sector, []).append(f"{name}（{sector}）")

    def writer(self, story: Story) -> Actor:
        committee = self.committees[story.text["committee"]]
        own = committee.pk in self.by["committee"].scopes(roles.COMMITTEE)
        return self.by["committee" if own else "office"]

    def take(self, story: Story, at: datetime, step: str) -> None:
        """One step of a story."""
        if step == "draft":
            self._draft(story, at)
            return
        if step == "visits":
            self._visits(story, at)
            return
        move, by, data, files = self._move(story, at, step)
        story.report = door.perform(story.report, move, by, data, files, now=at)

    def _draft(self, story: Story, at: datetime) -> None:
        text = story.text
        sector = text.get("sector")
        pool = self.members[sector] if sector else sorted(name for names in self.members.values() for name in names)
        story.team = self.dice.sample(pool, min(3, len(pool)))
        data = {
            "assembly": self.assembly.pk, "title": text["title"], "topic": text["topic"], "text": text["text"].strip(),
            "committee": self.committees[text["committee"]].pk, "sector": self.sectors[sector].pk if sector else "",
            "team": "、".join(story.team), "outsiders": "\n".join(text.get("outsiders", ())), "leader": story.team[0],
        }  # fmt: skip
        story.report = door.begin(RESEARCH, "draft", self.writer(story), data, now=at)

    def _visits(self, story: Story, at: datetime) -> None:
        """Entered one after the other when the team is back; the days themselves lie before."""
        places = story.text["visits"]
        for number, (place, heard, note) in enumerate(places):
            on = timezone.localdate(at) - timedelta(days=2 * (len(places) - number))
            told = {"on": on.isoformat(), "place": place, "heard": heard, "note": note}
            later = at + timedelta(minutes=4 * number)
            story.report = door.perform(story.report, "visit", self.writer(story), told, now=later)

    def _move(self, story: Story, at: datetime, step: str) -> tuple[str, Actor, dict[str, Any], Any]:
        """The move of a step, who makes it, and what is filled in."""
        on = timezone.localdate(at).isoformat()
        if step in WORDS:
            leader, words = WORDS[step]
            told: dict[str, Any] = {"level": step, "on": on, "leader": leader, "text": words}
            return "instruct" if story.report.state != "applied" else "instruct_more", self.by["signer"], told, None
        if step == "award":
            paper = SimpleUploadedFile("获奖证书.txt", f"{PRIZE}证书（演示）".encode(), "text/plain")
            told = {
                "name": PRIZE,
                "issuer": GIVER,
                "level": "province",
                "grade": story.grade,
                "year": story.year,
                "on": on,
            }
            return "award", self.by["office"], told, {"evidence": [paper]}
        if step == "transfer":
            written = story.report.instructions.latest("id")
            told = {"instruction": written, "body": self.bodies[story.text["body"]], "note": story.text["task"]}
            return step, self.by["office"], told, None
        given: dict[str, tuple[Actor, dict[str, Any]]] = {
            "hand_in": (self.writer(story), {}),
            "review": (self.by["reviewer"], {}),
            "return": (self.by["reviewer"], BACK),
            "finalize": (self.by["leader"], {}),
            "submit": (self.by["office"], {"to": story.text.get("to", "市委、市政府")}),
            "apply": (self.by["office"], {"application": story.text.get("application", "")}),
            "enter_reply": (self.by["office"], {"result": "resolved", "text": story.text.get("reply", "")}),
            "withdraw": (self.writer(story), {"reason": "与其他委员会课题重复，合并进行。"}),
        }
        return step, *given[step], None


def build(demo: Demo) -> None:
    """Tell all stories in the order of time, then enter the honours."""
    teller, data = Teller(demo), demo.data("research")
    stories = [*_past(demo, data["past"]), *_fresh(demo, data["fresh"])]
    events = [
        (at, number, place, story, step)
        for number, story in enumerate(stories)
        for place, (at, step) in enumerate(story.steps)
        if at <= demo.now
    ]
    for at, _number, _place, story, step in sorted(events, key=lambda event: event[:3]):
        teller.take(story, at, step)
    _honours(demo, teller, data["honour"])
    demo.say(f"调研报告：{ResearchReport.objects.filter(assembly=teller.assembly).count()} 篇")


def _past(demo: Demo, texts: list[dict[str, Any]]) -> list[Story]:
    """As many as the profile says were finalized in its year (F19), with its instructions and prizes."""
    count, year = _wanted(demo, "F19")
    province, city = _wanted(demo, "F20")[0], _wanted(demo, "F21")[0]
    grades = [grade for code, grade in GRADES for _number in range(_wanted(demo, code)[0])]
    found = []
    for place in range(count):
        text = texts[place % len(texts)]
        done = datetime(year, 3, 6) + timedelta(days=int(place * 190 / max(count, 1)))
        ways = [("draft", -38), ("visits", -20), ("hand_in", -11), ("review", -5), ("finalize", 0), ("submit", 3)]
        ways += [("city_main", 12)] * (place < city) + [("province_main", 24)] * (place < province)
        if place == 1 and city > 1:  # one leader wrote twice on the same paper, which still is one paper
            ways.append(("city_main", 40))
        ways += [("apply", 68)] * ("application" in text)
        steps = _dated(demo, done, ways)
        story = Story(text, steps, grades[place] if place < len(grades) else "", year)
        if story.grade:
            steps.append((_hour(datetime(year, 12, 12), place), "award"))
        found.append(story)
    return found


def _wanted(demo: Demo, code: str) -> tuple[int, int]:
    """How many the profile asks for, and in which year."""
    figure = demo.profile.get("figures", {}).get(code, {})
    return int(figure.get("value", 0)), int(figure.get("year", demo.now.year - 1))


def _dated(demo: Demo, done: datetime, ways: list[tuple[str, int]]) -> list[tuple[datetime, str]]:
    return [(_hour(done + timedelta(days=days), number), step) for number, (step, days) in enumerate(ways)]


def _fresh(demo: Demo, texts: list[dict[str, Any]]) -> list[Story]:
    """Those of the last months, each brought to its state."""
    found = []
    for text in texts:
        _state, age, since, ways = FRESH[text["key"]]
        steps = []
        for number, step in enumerate(ways):
            ago = age - (age - since) * number / max(len(ways) - 1, 1)
            day = timezone.localtime(demo.now - timedelta(days=int(ago))).replace(tzinfo=None)
            steps.append((_hour(day, number), step))
        found.append(Story(text, steps))
    return found


def _hour(day: datetime, number: int) -> datetime:
    """An hour of the working day; what comes later in a story is later in the day."""
    return timezone.make_aware(datetime.combine(day.date(), time(9, 10)) + timedelta(minutes=37 * number % 400))


def _honours(demo: Demo, teller: Teller, texts: list[dict[str, Any]]) -> None:
    """Those of the profile's year (F31), and others of late."""
    count, year = _wanted(demo, "F31")
    today = timezone.localdate(demo.now)
    for text in texts:
        days = [date(year, 9, 21) - timedelta(days=30 * n) for n in range(count)] if text.get("profile") else []
        for on in days or ([today - timedelta(days=text["ago"])] if "ago" in text else []):
            told = {name: text[name] for name in ("kind", "occasion", "issuer", "note")} | {"on": on}
            at = min(demo.now, timezone.make_aware(datetime.combine(on, time(15, 20))))
            corrections.enter_honour(teller.by["office"], told, now=at)


def _actor(login: str) -> Actor:
    return people.actor_of(User.objects.get(username=login))
