"""The demo's briefs: those of the profile's year, issued and long fed back, and those of the last weeks in every state.

Most are brought by members on paper and entered by the office in their names; some begin with what somebody said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tongxin.hear.concerns import tasks as concern_tasks
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, receipts
from tongxin.kernel.actor import Actor, holder, public, system
from tongxin.kernel.demo import Demo
from tongxin.people import accounts, roles
from tongxin.people import queries as people
from tongxin.people.models import Body, Member, Sector, User

from . import tasks
from .forms.after import works_here
from .models import PARTS, Brief
from .workflow import BRIEFS

BACK = {
    "return": ("thin", "请写清是哪些学校、涉及多少学生，调研是什么时候做的。"),
    "not_adopt": ("known", "卫健部门上月已出台互认清单，稿件留存备查。"),
    "reject": ("wording", "建议部分主语不清，请写明由哪个部门牵头。"),
}
TOLD = "您反映的情况已写成信息报送，有关部门正在研究办理，进展会继续告诉您。"
#: The fresh ones: state, days since the first word, days since the newest step.
FRESH = {
    "f01": ("replied", 44, 2), "f02": ("gathered", 13, 3), "f03": ("submitted", 4, 2), "f04": ("signing", 12, 1),
    "f05": ("reviewing", 10, 1), "f06": ("adopted", 52, 5), "f07": ("returned", 9, 3), "f08": ("editing", 8, 4),
    "f09": ("withdrawn", 15, 9), "f10": ("handling", 58, 37), "f11": ("handling", 33, 6), "f12": ("reported", 30, 4),
    "f13": ("submitted", 19, 16), "f14": ("instructed", 41, 8), "f15": ("signing", 14, 2), "f16": ("fed_back", 63, 12),
    "f17": ("issued", 21, 1), "f18": ("not_adopted", 17, 11), "f19": ("draft", 2, 1),
}  # fmt: skip
MEMBERS_OWN = ("f07", "f19", "s01")  # written by the member's account
TO_ISSUE = ("draft", "submit", "accept", "edit", "send_review", "approve", "sign")
WAYS = {
    "draft": TO_ISSUE[:1], "submitted": TO_ISSUE[:2], "returned": ("draft", "submit", "return"),
    "withdrawn": ("draft", "submit", "withdraw"), "not_adopted": ("draft", "submit", "not_adopt"),
    "editing": TO_ISSUE[:4], "reviewing": (*TO_ISSUE[:5], "reject", *TO_ISSUE[4:5]), "signing": TO_ISSUE[:6],
    "issued": TO_ISSUE, "reported": (*TO_ISSUE, "report"), "adopted": (*TO_ISSUE, "report", "adopt"),
    "instructed": (*TO_ISSUE, "instruct"), "handling": (*TO_ISSUE, "transfer"),
    "replied": ("edit", "send_review", "approve", "sign", "transfer", "enter_reply"), "gathered": ("edit",),
    "fed_back": (*TO_ISSUE, "adopt", "transfer", "enter_reply", "feed_back"),
}  # fmt: skip
ELDER = ("province_assembly", "省政协办公厅")


@dataclass
class Story:
    """One brief of the demo: its text and which step is made when."""

    text: dict[str, Any]
    steps: list[tuple[datetime, str]]
    brief: Any = None
    concerns: list[Any] = field(default_factory=list)
    sources: list[Story] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.text["key"]


class Teller:
    """Tells the stories through the door."""

    def __init__(self, demo: Demo) -> None:
        self.demo, self.dice = demo, demo.random
        self.assembly: Any = demo.made["assembly"]
        self.by = {login: _actor(login) for login in ("office", "member", "editor", "reviewer", "signer")}
        self.bodies = {row.code: row for row in Body.objects.filter(assembly=self.assembly)}
        self.sectors = {row.name: row for row in Sector.objects.filter(assembly=self.assembly)}
        taken = set(User.objects.values_list("name", flat=True))
        self.writers: dict[str, list[str]] = {}
        rows = Member.objects.filter(assembly=self.assembly, state="active", duty__in=("member", "standing"))
        for name, sector in rows.order_by("id").values_list("person__name", "sector__name"):
            if name not in taken:
                self.writers.setdefault(sector, []).append(name)

    def take(self, story: Story, at: datetime, step: str) -> None:
        """One step of a story."""
        if step == "say":
            self._say(story, at)
        elif step == "rate":
            self._rate(story, at)
        elif step == "draft":
            self._draft(story, at)
        elif step == "merge":
            self._merge(story, at)
        else:
            move, by, data, files = self._move(story, at, step)
            story.brief = door.perform(story.brief, move, by, data, files, now=at)

    def _say(self, story: Story, at: datetime) -> None:
        for number, words in enumerate(story.text["said"]):
            receipt = receipts.receipt_index(receipts.receipt_for(f"demo brief {story.key} {number} {at.year}"))
            told = {
                "assembly": self.assembly.pk, "text": words, "sector": self.sectors[story.text["sector"]].pk,
                "receipt_index": receipt,
            }  # fmt: skip
            own = story.key in MEMBERS_OWN  # told to the member, who wrote it down
            move, by = ("write_down", self.by["member"]) if own else ("speak", public(self.assembly))
            story.concerns.append(door.begin(CONCERNS, move, by, told, now=at + timedelta(minutes=7 * number)))

    def _rate(self, story: Story, at: datetime) -> None:
        for concern in story.concerns:
            concern.refresh_from_db()
            by = holder(concern.receipt_index, self.assembly)
            door.perform(concern, "rate", by, {"value": self.dice.choice(("satisfied", "satisfied", "fair"))}, now=at)

    def _draft(self, story: Story, at: datetime) -> None:
        """The author's own text says less than what the editor makes of it."""
        text, sector = story.text, story.text["sector"]
        own = story.key in MEMBERS_OWN
        data = {name: text[name] for name in ("title", *PARTS, "category")} | {"assembly": self.assembly.pk}
        if "edit" in (step for _at, step in story.steps):
            data["suggestion"] = "建议" + text["suggestion"].split("，")[0].rstrip("。") + "。"
            data["title"] = text["title"].replace("关于", "").removesuffix("的建议")
        writers = [] if own else self.dice.sample(self.writers[sector], 2 if self.dice.random() < 0.2 else 1)
        data |= {"authors": "、".join(writers), "sector": self.sectors[sector].pk, "secrecy": "public"}
        data |= {"concerns": [concern.pk for concern in story.concerns]}
        story.brief = door.begin(BRIEFS, "draft", self.by["member" if own else "office"], data, now=at)

    def _merge(self, story: Story, at: datetime) -> None:
        first, *others = (source.brief for source in story.sources)
        told = {"others": [other.pk for other in others], "title": story.text["title"]}
        first = door.perform(first, "merge", self.by["editor"], told, now=at)
        story.brief = first.merged_into

    def _move(self, story: Story, at: datetime, step: str) -> tuple[str, Actor, dict[str, Any], Any]:
        """The move of a step, who makes it, and what is filled in."""
        state, text, by = story.brief.state, story.text, self.by
        if step in ("submit", "withdraw"):
            own = story.key in MEMBERS_OWN
            return step, by["member" if own else "office"], {}, None
        if step in BACK:
            reason, words = BACK[step]
            return step, by["reviewer" if step == "reject" else "editor"], {"reason": reason, "text": words}, None
        if step == "edit":
            names = ("title", *PARTS, "category")
            return step, by["editor"], {name: text[name] for name in names} | {"secrecy": "public"}, None
        if step in ("report", "adopt", "adopt_above", "instruct", "award"):
            return self._honour(story, at, step)
        if step == "transfer":
            lead = self.bodies[text["body"]]
            return step, by["office"], {"lead": lead.pk, "note": "请研究办理，三十日内答复。"}, None
        told = text.get("feedback") or TOLD
        given: dict[str, tuple[str, dict[str, Any]]] = {
            "accept": ("editor", {}),
            "send_review": ("editor", {}),
            "approve": ("reviewer", {}),
            "sign": ("signer", {"main_to": "市委、市政府", "copy_to": "市直有关部门"}),
            "enter_reply": ("office", {"result": "resolved", "text": told}),
            "feed_back": ("editor", {"result": "resolved" if text.get("feedback") else "in_progress", "text": told}),
        }
        who, data = given[step]
        return step, by[who], data if state else {}, None

    def _honour(self, story: Story, at: datetime, step: str) -> tuple[str, Actor, dict[str, Any], Any]:
        """A report, adoption, prize or instruction: the table's row while it may be, else the one that keeps the
        state."""
        state, on = story.brief.state, timezone.localdate(at).isoformat()
        if step == "report":
            parent = self.assembly.parent
            here = parent is not None and works_here(parent)
            data = {"to": parent.pk if here else "outside", "to_name": "省政协", "level": "province_assembly"}
            if parent and not here:
                data |= {"to_name": parent.name, "to_code": parent.code}
            return "report_up" if state == "issued" else "report_further", self.by["editor"], data, None
        if step == "award":
            prize = {"name": "优秀社情民意信息", "issuer": "省政协办公厅", "level": "province"}
            prize |= {"grade": "commended", "year": on[:4]}
            return step, self.by["editor"], prize, None
        if step == "instruct":
            told = {"level": "city_main", "on": on, "leader": "（演示）市委领导", "text": "请有关部门研究，抓好落实。"}
            move = "instruct" if state in ("issued", "reported", "adopted", "instructed") else "instruct_more"
            return move, self.by["signer"], told, None
        level, organ = ELDER if step == "adopt_above" else ("city", "市委办公室")
        paper = SimpleUploadedFile("采用通知.txt", f"{organ}采用通知（演示）".encode(), "text/plain")
        move = "adopt" if state in ("issued", "reported", "adopted") else "adopt_more"
        return move, self.by["editor"], {"level": level, "organ": organ, "on": on}, {"evidence": [paper]}


def build(demo: Demo) -> None:
    """Tell all stories in the order of time."""
    _seal_keeper(demo)
    teller, data = Teller(demo), demo.data("briefs")
    stories = [*_past(demo, data["past"]), *_fresh(demo, data)]
    events = [
        (at, number, place, story, step)
        for number, story in enumerate(stories)
        for place, (at, step) in enumerate(story.steps)
        if at <= demo.now
    ]
    for at, _number, _place, story, step in sorted(events, key=lambda event: event[:3]):
        teller.take(story, at, step)
    tasks.escalate_overdue_briefs(demo.now)
    concern_tasks.escalate_overdue(demo.now)
    demo.say(f"社情民意信息：{Brief.objects.filter(assembly=teller.assembly).count()} 件")


def _seal_keeper(demo: Demo) -> None:
    """The signer also enters and reads leaders' instructions."""
    signer = demo.made["users"].get("signer")
    if signer:
        accounts.grant(signer, roles.INSTRUCTIONS, system("演示", demo.made["assembly"]), now=demo.now)


def _past(demo: Demo, texts: list[dict[str, Any]]) -> list[Story]:
    """As many as the profile says were issued in its year (F04), of which so many were reported (F05)."""
    wanted = demo.profile.get("figures", {})
    issued, reported = wanted.get("F04", {}), wanted.get("F05", {})
    count, above = int(issued.get("value", 0)), int(reported.get("value", 0))
    year = int(issued.get("year", demo.now.year - 1))
    sent_up = {round(place * count / above) for place in range(above)} if above else set()
    found = []
    for place in range(count):
        signed = datetime(year, 1, 22) + timedelta(days=int(place * 300 / max(count, 1)))
        text = texts[place % len(texts)] | {"key": f"p{place:02d}"}
        found.append(Story(text, _lived(demo, text, signed, place, place in sent_up)))
    return found


def _lived(demo: Demo, text: dict[str, Any], signed: datetime, place: int, up: bool) -> list[tuple[datetime, str]]:
    """The steps of a brief that was issued on a day long ago, and what followed."""
    dice = demo.random
    ways = [("draft", -12), ("submit", -12), ("accept", -9), ("edit", -7), ("send_review", -5)]
    if place % 7 == 3:
        ways += [("reject", -4), ("send_review", -3)]
    ways += [("approve", -2), ("sign", 0)]
    if text.get("said"):
        ways.insert(0, ("say", -15))
    if up:
        ways.append(("report", dice.randint(1, 4)))
        if place % 2:
            ways.append(("adopt_above", dice.randint(20, 30)))
    if place % 3 == 0:
        ways.append(("adopt", dice.randint(5, 15)))
    if place % 8 == 2:
        ways.append(("instruct", dice.randint(6, 12)))
    if place % 6 == 1:
        ways.append(("award", 53))
    if place % 2 == 0:
        ways += [("transfer", 16), ("enter_reply", dice.randint(34, 44))]
    ways.append(("feed_back", dice.randint(46, 52)))
    if text.get("said"):
        ways.append(("rate", dice.randint(54, 60)))
    return [
        (_hour(signed + timedelta(days=days), number, len(ways)), step)
        for number, (step, days) in enumerate(sorted(ways, key=lambda way: way[1]))
    ]


def _hour(day: datetime, number: int, of: int) -> datetime:
    """An hour of the working day; what comes later in a story is later in the day."""
    minutes = 8 * 60 + 40 + int(number * 480 / max(of, 1))
    return timezone.make_aware(datetime.combine(day.date(), time()) + timedelta(minutes=minutes))


def _fresh(demo: Demo, data: dict[str, Any]) -> list[Story]:
    """Those of the last weeks; the first two are made of sources, whose stories come before theirs."""
    stories: list[Story] = []
    sources = [Story(text, []) for text in data["source"]]
    for number, text in enumerate(data["fresh"]):
        state, age, since = FRESH[text["key"]]
        story = Story(text, [])
        ways = WAYS[state]
        if number < 2:
            story.sources = sources[2 * number : 2 * number + 2]
            for source in story.sources:
                source.steps = _spread(demo, ("draft", "submit"), age, age - 2)
                if source.text.get("said"):
                    source.steps.insert(0, (source.steps[0][0] - timedelta(days=2), "say"))
            age -= 4
            ways = ("merge", *ways)
            stories += story.sources
        story.steps = _spread(demo, ways, age, since)
        if text.get("said") and "draft" in ways:
            story.steps.insert(0, (story.steps[0][0] - timedelta(days=2), "say"))
        stories.append(story)
    return stories


def _spread(demo: Demo, steps: tuple[str, ...], age: float, since: float) -> list[tuple[datetime, str]]:
    """Steps laid evenly between `age` and `since` days ago, in office hours."""
    found = []
    for place, step in enumerate(steps):
        ago = age - (age - since) * place / max(len(steps) - 1, 1)
        day = timezone.localtime(demo.now - timedelta(days=ago))
        found.append((_hour(day.replace(tzinfo=None), place, len(steps)), step))
    return found


def _actor(login: str) -> Actor:
    return people.actor_of(User.objects.get(username=login))
