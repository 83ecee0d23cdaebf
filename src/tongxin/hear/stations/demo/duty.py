"""A year of duty around today: rules and wishes, a half year that is over, a rota ahead, swaps, missed turns, walk-ins.

What is over was entered afterwards in bulk; the last weeks are lived turn by turn, as in real use.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from tongxin.hear.concerns.demo.stories import Follower, Story
from tongxin.hear.concerns.tasks import escalate_overdue
from tongxin.kernel import door
from tongxin.kernel.actor import public, system
from tongxin.kernel.demo import Demo
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.people import receiving
from tongxin.people.models import Member

from .. import tasks, visits
from ..forms.rota import RuleForm
from ..models import Appointment, DutyTurn, Rota, RotaRule, Station, StationCheck, Unavailability
from ..policy import absence as may_enter_absence
from ..policy import plan as may_plan
from ..policy import tend_turn
from ..queries.keeping import checklists
from ..rota import planning
from ..rota.pools import LEADING
from ..workflow.appointments import APPOINTMENTS
from ..workflow.duty import TURNS
from ..workflow.rota import ROTAS

BACK, LIVED, AHEAD = 180, 21, 185  # days: the half year that is over, the weeks lived turn by turn, what is planned
SEED = 1158_24
DAYS = "一二三四五"
SUMMARIES = (
    "接待居民，解释了医保缴费和报销的办法。",
    "听取商户对门前停车的意见，已记入诉求。",
    "和社区干部一起走访独居老人，帮忙联系家政服务。",
    "宣讲供热条例，收集了今冬供热的意见。",
    "围绕学校门口交通安全与家长座谈。",
    "今天没有来访，整理了上月意见的办理情况。",
    "接待农户，介绍秋粮收购政策。",
    "为来访群众讲解劳动合同的有关规定。",
)
MATTERS = (  # of requests for appointments, with the wished part of the day and when they came in
    ("小区供热费怎么算，想当面问问。", "morning", time(9, 42)),
    ("房产证办不下来，想请委员看看材料。", "afternoon", time(14, 18)),
    ("想反映学校门口接送停车的事。", "any", time(19, 6)),
)
SUITS = ("周三下午", "周二、周四上午", "每月上旬", "", "工作日下班后")
AWAY = ("出差", "参加培训", "住院", "外出学习", "单位任务")


def build(demo: Demo) -> None:
    """The whole of it; needs stations, members and accounts."""
    stations = [s for s in demo.made.get("stations", []) if s.state == "active"]
    if stations:
        _Year(demo, stations).live()


class _Year:
    def __init__(self, demo: Demo, stations: list[Station]) -> None:
        self.demo, self.stations = demo, stations
        self.dice = Random(SEED)
        self.city: Any = demo.made["assembly"]
        self.by = system("演示", self.city)
        self.today = timezone.localdate(demo.now)
        self.said: list[dict[str, Any]] = demo.data("duty")["said"]
        self.stories: list[Story] = []
        self.members = list(
            Member.objects.filter(assembly=self.city, state="active").select_related("person").order_by("pk")
        )

    def live(self) -> None:
        begin, lived = self.today - timedelta(days=BACK), self.today - timedelta(days=LIVED)
        self._receive(begin)
        self._rules(begin)
        self._away(begin)
        over = self._rota("上期轮值", begin, lived - timedelta(days=1))
        kept = self._enter(over)
        door.perform(over, "close", self.by, {"reason": "期满"}, now=_at(lived, time(17)))
        ahead = self._rota("本期轮值", lived, self.today + timedelta(days=AHEAD))
        ahead = door.perform(ahead, "publish", self.by, now=_at(lived, time(8, 25)))
        self._weeks(ahead)
        Follower(self.demo, SEED).follow(self.stories)
        self._before_us(ahead)
        self._appointments()
        self._checks()
        tasks.find_missed(self.demo.now)
        tasks.watch_stations(self.demo.now)
        escalate_overdue(self.demo.now)  # what was said to members and on duty has clocks too
        made = DutyTurn.objects.filter(assembly=self.city).exclude(state__in=DutyTurn.GONE).count()
        self.demo.say(f"轮值 {made} 班，其中已值 {kept + ahead.turns.filter(state='done').count()} 班")

    def _rules(self, begin: date) -> None:
        """Some stations every week, most twice a month, a few by appointment; leaders receive at some."""
        for n, station in enumerate(self.stations):
            day = DAYS[n % 5]
            words = {
                0: [f"每周{day} 1 名委员 9:00-11:30"],
                1: [f"每月第一个周{day} 1 名委员 9:00-11:30", f"每月第三个周{day} 1 名委员 9:00-11:30"],
                2: [f"每月第二个周{day} 1 名委员 14:00-16:30", f"每月第四个周{day} 1 名委员 14:00-16:30"],
                3: [f"每月第一个周{day} 2 名委员 14:00-16:30"],
                4: ["预约 1 名委员"],
            }[0 if n % 6 == 0 else 4 if n % 19 == 7 else 1 + n % 3]
            if n % 13 == 0:
                words = [*words, "每月第一个周二 1 名领导 14:00-16:30"]
            for each in words:
                form = RuleForm({"words": each, "from_on": begin.isoformat()}, actor=self.by, now=self.demo.now)
                assert form.is_valid(), form.errors  # noqa: S101 - our own words
                rule = RotaRule(assembly=self.city, station=station, **form.cleaned_data)
                door.establish(rule, self.by, may_plan, now=_at(begin, time(8)))

    def _receive(self, begin: date) -> None:
        """What members said of appointments: many nothing, some when it suits them, a few that they take none."""
        user = self.demo.made.get("users", {}).get("member")
        for n, member in enumerate(self.members):
            own = user is not None and member.person.user_id == user.pk
            if n % 4 == 1 or own:
                told = {"receives": "1", "receives_when": SUITS[0 if own else n % len(SUITS)]}
                door.perform(member, "receive", self.by, told, now=_at(begin, time(9, 20)))
            elif n % 17 == 6:
                door.perform(member, "receive", self.by, {"receives": "0"}, now=_at(begin, time(9, 40)))

    def _appointments(self) -> None:
        """Three requests at stations that receive by appointment: one given a time, one refused, one waiting."""
        places = self._by_appointment()
        if not places:
            return
        for n, (matter, part, clock) in enumerate(MATTERS):
            told = {
                "station": places[n % len(places)], "matter": matter, "wish_on": self.today + timedelta(days=4 + n),
                "part": part, "receipt_index": receipt_index(receipt_for(f"demo {n}")),
            }  # fmt: skip
            now = _at(self.today - timedelta(days=3 - n), clock)
            asked = door.begin(APPOINTMENTS, "ask", public(self.city), told, now=now)
            if n == 0:
                self._agree(asked, now + timedelta(hours=5, minutes=11))
            elif n == 1:
                told = {"reply": "这件事请直接到市不动产登记中心办理，电话 12345。"}
                door.perform(asked, "refuse", self.by, told, now=now + timedelta(hours=1, minutes=25))

    def _agree(self, asked: Appointment, now: datetime) -> None:
        """The first who is free that day, and willing, receives the person."""
        day = self.today + timedelta(days=5)
        busy = DutyTurn.objects.filter(on=day, member__isnull=False).exclude(state__in=DutyTurn.GONE)
        known = Member.objects.filter(receiving.willing(self.city.pk), pk__in=[m.pk for m in self.members])
        for member in known.exclude(pk__in=busy.values("member")).order_by("pk"):
            if not any(a.covers(day) for a in member.away.all()):
                told = {"on": day, "begins": "09:00", "ends": "09:30", "purpose": "供热", "member": member}
                door.perform(asked, "agree", self.by, told | {"reply": "请带上供热发票。"}, now=now)
                return

    def _away(self, begin: date) -> None:
        for member in self.dice.sample(self.members, min(len(self.members), 40)):
            first = begin + timedelta(days=self.dice.randrange(BACK + AHEAD))
            told: dict[str, Any] = {"from_on": first, "to_on": first + timedelta(days=self.dice.randrange(2, 30))}
            if self.dice.random() < 0.25:
                told = {"from_on": begin, "to_on": None, "weekdays": [self.dice.randrange(5)]}
            absence = Unavailability(
                assembly=self.city, member=member, reason=self.dice.choice(AWAY), **{"weekdays": [], **told}
            )
            door.establish(absence, self.by, may_enter_absence, now=_at(begin, time(8)))

    def _rota(self, name: str, first: date, last: date) -> Rota:
        """A rota, begun and worked out on its first morning."""
        now = _at(first, time(8, 10))
        frame = {"name": name, "from_on": first, "to_on": last, "per_month": 3, "match": "prefer", "holidays": "skip"}
        rota = door.begin(ROTAS, "draft", self.by, frame, now=now)
        rota = door.perform(rota, "work_out", self.by, now=now)
        planning.work_out(rota.plans.get(), now)
        return rota

    def _enter(self, rota: Rota) -> int:
        """The turns of a time that is over, all at once."""
        rows = []
        for row in rota.plans.get().slots:
            if row["member"] is None or self.dice.random() < 0.04:
                continue
            at = _at(date.fromisoformat(row["on"]), time(17))
            fields = ("station", "rule", "on", "begins", "ends", "seat", "who", "member")
            rows.append(
                {"rota": rota, "_at": at, "summary": self.dice.choice(SUMMARIES), **{f: row[f] for f in fields}}
            )
        return door.begin_many(TURNS, "record", self.by, [*rows, *self._seldom(rota, rows)])

    def _seldom(self, rota: Rota, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One turn each, months ago, at the stations that receive by appointment: some of them are idle since."""
        found: list[dict[str, Any]] = []
        for n, station in enumerate(self._by_appointment()):
            on = self.today - timedelta(days=75 + 7 * n)
            on -= timedelta(days=max(on.weekday() - 4, 0))
            busy = {row["member"] for row in (*rows, *found) if row["on"] == on.isoformat()}
            member = next(m.pk for m in self.members if m.pk not in busy and m.duty not in LEADING)
            row = {"station": station.pk, "rule": None, "on": on.isoformat(), "begins": "09:00", "ends": "11:30"}
            row |= {"seat": 1, "who": "member", "member": member, "summary": SUMMARIES[n % len(SUMMARIES)]}
            found.append(row | {"rota": rota, "_at": _at(on, time(17))})
        return found

    def _by_appointment(self) -> list[Station]:
        return [s for s in self.stations if s.rules.filter(kind=RotaRule.Kind.APPOINTMENT).exists()]

    # The last weeks, turn by turn

    def _weeks(self, rota: Rota) -> None:
        turns = list(rota.turns.filter(on__lt=self.today, member__isnull=False).select_related("station", "member"))
        for n, turn in enumerate(turns):
            if n % 23 == 11:
                continue  # nobody came; the daily task finds it
            if n % 17 == 5:
                turn = self._swap(turn) or turn
            begins = datetime.combine(turn.on, turn.begins)
            arrived = timezone.make_aware(begins) + timedelta(minutes=self.dice.choice((-12, -5, 0, 3, 6, 24)))
            turn = door.perform(turn, "receive", self.by, now=arrived)
            self._visits(turn, n, arrived)
            door.perform(
                turn, "finish", self.by, {"summary": self.dice.choice(SUMMARIES)}, now=arrived + timedelta(hours=2)
            )

    def _swap(self, turn: DutyTurn) -> DutyTurn | None:
        """Somebody who is free that day takes it over."""
        now = _at(turn.on - timedelta(days=2), time(10))
        busy = set(
            DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(on=turn.on).values_list("member", flat=True)
        )
        away = {a.member_id for a in Unavailability.objects.filter(assembly=self.city) if a.covers(turn.on)}
        others = [m for m in self.members if m.pk not in busy | away and m.duty not in LEADING]
        if turn.who != "member" or not others:
            return None
        asked = self.dice.choice(others)
        turn = door.perform(turn, "offer", self.by, {"member": asked, "note": "那天单位有事，能否换一下"}, now=now)
        door.perform(turn, "accept", self.by, now=now + timedelta(hours=3))
        return turn.replaced_by.get()

    def _visits(self, turn: DutyTurn, n: int, at: datetime) -> None:
        if n % 9 == 2:
            told, heard = self.said[(n // 9) % len(self.said)], at + timedelta(minutes=40)
            said = {"text": told["text"], "speaker_name": self.dice.choice(("王女士", "李先生", "张师傅"))}
            said["consent"] = "on"
            visit = visits.write_down(turn, self.by, said, None, f"demo-{n}", now=heard).visit
            self.stories.append(Story(told | {"key": f"duty-{n}"}, heard, concern=visit.concern))
        if n % 4 == 1:
            visits.count(turn, self.by, 1 + n % 3, f"demo-count-{n}", now=at + timedelta(minutes=55))

    def _before_us(self, rota: Rota) -> None:
        """The weeks ahead: most are confirmed; the demo's member has a turn soon, and is asked to take another."""
        evening = self.demo.now - timedelta(hours=6)
        soon = list(
            rota.turns.filter(on__gt=self.today, on__lte=self.today + timedelta(days=14), state="scheduled")
            .exclude(member=None).select_related("station", "member").order_by("on", "begins", "pk")
        )  # fmt: skip
        user = self.demo.made.get("users", {}).get("member")
        seat = Member.objects.filter(person__user=user, assembly=self.city).first() if user else None
        mine = [turn for turn in soon if seat and turn.who == "member" and self._free(seat, turn.on)]
        left = [turn for turn in soon if not seat or turn.member_id != seat.pk]
        if seat and mine:
            door.perform(mine[0], "assign", self.by, {"member": seat}, now=evening)
            asked = next((t for t in mine[1:] if t.on != mine[0].on and self._free(seat, t.on)), None)
            if asked:
                note = "那天要陪家人看病，能否换一下"
                door.perform(asked, "offer", self.by, {"member": seat, "note": note}, now=evening)
            left = [turn for turn in left if turn not in (mine[0], asked)]
        for n, turn in enumerate(left):
            if n % 4:
                door.perform(turn, "confirm", self.by, now=evening)

    def _free(self, seat: Member, day: date) -> bool:
        held = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(member=seat, on=day).exists()
        return not held and not any(a.covers(day) for a in Unavailability.objects.filter(member=seat, dropped_on=None))

    def _checks(self) -> None:
        """What the first stations have, as their keepers saw it."""
        for n, station in enumerate(self.stations[:16]):
            for _label, items in checklists(station):
                for k, item in enumerate(items):
                    if (n + k) % 11 == 7:
                        continue
                    held = (n * 3 + k) % 13 != 5
                    note = "现场查看，齐全" if held else "正在制作，月底前上墙"
                    seen = StationCheck(
                        assembly=self.city, station=station, list=item.list, code=item.code, held=held,
                        on=self.today - timedelta(days=40 + n), note=note,
                    )  # fmt: skip
                    door.establish(seen, self.by, tend_turn, now=_at(seen.on, time(10)))


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
