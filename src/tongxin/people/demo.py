"""People of the demo: the tree of assemblies, sectors, committees, bodies, 240 members and who can sign in."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any

from django.utils import timezone

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.demo import Demo

from . import accounts, policy, roles
from .models import (
    Assembly,
    Body,
    Committee,
    CommitteeSector,
    Convener,
    LeaderSector,
    Member,
    Sector,
    Session,
    Term,
    User,
)
from .workflow import MEMBER

TERM_BEGAN = date(2022, 1, 10)
TERM_YEARS = 5
PARTIES = {
    "cpc": "中共",
    "rcck": "民革",
    "cdl": "民盟",
    "cndca": "民建",
    "capd": "民进",
    "cpwdp": "农工党",
    "jiusan": "九三学社",
    "nonparty": "无党派",
}
ETHNICITIES = (("汉族", 88), ("满族", 5), ("朝鲜族", 3), ("蒙古族", 1), ("回族", 2), ("赫哲族", 1))
SCHOOLING = (("大学本科", 55), ("硕士研究生", 18), ("大专", 20), ("博士研究生", 3), ("高中", 4))
PREFIXES = ("131", "136", "138", "139", "150", "151", "158", "159", "182", "187", "188", "189")


def build(demo: Demo) -> None:
    """All of it through the door; the same seed and moment make the same people."""
    people = demo.data("people")
    _assemblies(demo, people)
    city = demo.made["assembly"]
    now = timezone.make_aware(datetime.combine(TERM_BEGAN, datetime.min.time())) + timedelta(hours=9)
    by = system("演示", city)
    _terms(demo, by, now)
    _sectors(demo, by, now)
    _committees(demo, people, by, now)
    _bodies(demo, people, by, now)
    rows = _Rows(demo, people).rows()
    door.begin_many(MEMBER, "admit", by, rows, now=now)
    members = list(Member.objects.filter(assembly=city).select_related("person", "sector").order_by("id"))
    demo.made["members"] = members
    _leaders(demo, members, by, now)
    _conveners(demo, people, members, by, now)
    _users(demo, people, members, by)
    demo.say(f"{city}：{len(members)} 名委员，{len(demo.made['sectors'])} 个界别")


def _assemblies(demo: Demo, people: dict[str, Any]) -> None:
    profile = demo.profile
    upper = profile.get("parent")
    province = None
    if upper:
        place = upper["name"].removesuffix("政协")
        province = Assembly.objects.create(code=upper["code"], name=upper["name"], short=place, level=upper["level"])
    city = Assembly.objects.create(
        code=profile["code"],
        name=profile["name"],
        name_en=people.get("city", {}).get("en", ""),
        short=profile["name"].removesuffix("政协"),
        level=profile["level"],
        parent=province,
    )
    known = {county["place"]: county for county in people["county"]}
    counties = {}
    for number, place in enumerate(profile.get("counties", ()), 1):
        county = known.get(place, {})
        counties[place] = Assembly.objects.create(
            code=county.get("code") or f"{city.code}{number:02d}",
            name=county.get("zh") or f"{place}政协",
            name_en=county.get("en", ""),
            short=place,
            short_en=county.get("place_en", ""),
            level=Assembly.Level.COUNTY,
            parent=city,
        )
    demo.made |= {"assembly": city, "province": province, "counties": counties}
    for made in filter(None, (province, city, *counties.values())):
        accounts.record(made, "assembly_changed", system("演示", made), demo.now, note=str(made))


def _terms(demo: Demo, by: Actor, now: datetime) -> None:
    city = demo.made["assembly"]
    last: date | None = TERM_BEGAN.replace(year=TERM_BEGAN.year + TERM_YEARS) - timedelta(days=1)
    if last and demo.now.date() > last:
        last = None  # the demo lives on after its term
    term = Term(assembly=city, number=demo.profile["term"], from_on=TERM_BEGAN, to_on=last)
    demo.made["term"] = door.establish(term, by, policy.manage, now=now)
    for number in range(1, TERM_YEARS + 1):
        opened = TERM_BEGAN.replace(year=TERM_BEGAN.year + number - 1)
        session = Session(
            assembly=city,
            term=term,
            number=number,
            opened_on=opened,
            closed_on=opened + timedelta(days=3),
            proposal_deadline=opened + timedelta(days=2),
        )
        if opened <= demo.now.date():
            door.establish(session, by, policy.manage, now=now)


def _sectors(demo: Demo, by: Actor, now: datetime) -> None:
    text = resources.files("tongxin.people").joinpath("data", "sectors_demo.toml").read_text("utf-8")
    demo.made["sectors"] = sectors = {}
    demo.made["sectors_by_code"] = by_code = {}
    demo.made["seats"] = {}
    for position, entry in enumerate(tomllib.loads(text)["sector"], 1):
        sector = Sector(
            assembly=demo.made["assembly"],
            code=entry["code"],
            name=entry["zh"],
            name_en=entry["en"],
            category=entry["category"],
            organisation=entry["organisation"],
            national=entry["national"],
            position=position,
            from_on=None,  # sectors outlive terms
        )
        sectors[entry["zh"]] = by_code[entry["code"]] = door.establish(sector, by, policy.manage, now=now)
        demo.made["seats"][entry["code"]] = entry["seats"]


def _committees(demo: Demo, people: dict[str, Any], by: Actor, now: datetime) -> None:
    demo.made["committees"] = made = {}
    for position, entry in enumerate(people["committee"], 1):
        committee = Committee(
            assembly=demo.made["assembly"],
            code=entry["code"],
            name=entry["zh"],
            name_en=entry["en"],
            short=entry["short"],
            position=position,
            from_on=TERM_BEGAN,
        )
        made[entry["short"]] = door.establish(committee, by, policy.manage, now=now)
        for code in entry["sectors"]:
            link = CommitteeSector(
                assembly=demo.made["assembly"],
                committee=committee,
                sector=demo.made["sectors_by_code"][code],
                from_on=TERM_BEGAN,
            )
            door.establish(link, by, policy.manage, now=now)


def _bodies(demo: Demo, people: dict[str, Any], by: Actor, now: datetime) -> None:
    demo.made["bodies"] = made = {}
    for position, entry in enumerate(people["body"], 1):
        body = Body(
            assembly=demo.made["assembly"],
            code=entry["code"],
            name=entry["zh"],
            name_en=entry["en"],
            short=entry["short"],
            position=position,
        )
        made[entry["short"]] = door.establish(body, by, policy.manage, now=now)


class _Rows:
    """Draws the members: names, posts and duties by the demo's dice, those of the accounts first."""

    def __init__(self, demo: Demo, people: dict[str, Any]) -> None:
        self.demo, self.people, self.dice = demo, people, demo.random
        self.names: set[str] = {account["name"] for account in people["account"]}
        self.phones: set[str] = set()
        self.posts = {code: self._shuffled(code) for code in people["posts"]}
        self.looked_after = {
            code: demo.made["committees"][entry["short"]] for entry in people["committee"] for code in entry["sectors"]
        }

    def rows(self) -> list[dict[str, Any]]:
        waiting: dict[str, list[dict[str, Any]]] = {}
        for account in self.people["account"]:
            if "sector" in account:
                waiting.setdefault(account["sector"], []).append(account)
        rows: list[dict[str, Any]] = []
        for code, seats in _fitted(self.demo.made["seats"], self.demo.profile.get("members")).items():
            for _seat in range(seats):
                known = waiting[code].pop(0) if waiting.get(code) else None
                rows.append(self._row(code, len(rows) + 1, known))
        self._give_duties(rows)
        return rows

    def _row(self, code: str, number: int, known: dict[str, Any] | None) -> dict[str, Any]:
        sex = known["sex"] if known else self.dice.choices(("male", "female"), (64, 36))[0]
        employer, title, entrepreneur = self._post(code)
        if known:
            employer, title, entrepreneur = known["employer"], known["title"], False
        return {
            "name": known["name"] if known else self._name(sex),
            "sex": sex[0],
            "ethnicity": _drawn(self.dice, ETHNICITIES),
            "party": PARTIES.get(code) or _drawn(self.dice, (("中共", 6), ("群众", 3), ("无党派", 1))),
            "birth": date(1962, 1, 1) + timedelta(days=self.dice.randrange(30 * 365)),
            "education": _drawn(self.dice, SCHOOLING),
            "phone": self._phone(),
            "term": self.demo.made["term"],
            "sector": self.demo.made["sectors_by_code"][code],
            "committee": self.looked_after[code],
            "number": f"{self.demo.profile['term']}{number:03d}",
            "duty": "member",
            "employer": employer,
            "title": title,
            "is_entrepreneur": entrepreneur,
            "since_on": TERM_BEGAN,
            "_leads": bool(known and known["login"] == "leader"),
        }

    def _give_duties(self, rows: list[dict[str, Any]]) -> None:
        """Leaders come from the parties' sectors, the demo's leader account is one of the vice-chairpersons."""
        wanted = self.people["duties"]
        plain = [row for row in rows if not row["_leads"]]
        elders = [row for row in plain if not row["is_entrepreneur"] and row["birth"].year < 1976]
        leaders = self.dice.sample(elders, wanted["chair"] + wanted["vice_chair"])
        for row, duty in zip(leaders, ("chair", "secretary_general", *["vice_chair"] * 20), strict=False):
            row["duty"] = duty
        for row in rows:
            if row.pop("_leads"):
                row["duty"] = "vice_chair"
            if row["duty"] != "member":
                titles = {"chair": "主席", "vice_chair": "副主席", "secretary_general": "秘书长"}
                row |= {"employer": "市政协", "title": titles[row["duty"]]}
        rest = [row for row in rows if row["duty"] == "member" and row["name"] not in self._accounts()]
        for row in self.dice.sample(rest, min(wanted["standing"], len(rest))):
            row["duty"] = "standing"

    def _accounts(self) -> set[str]:
        return {account["name"] for account in self.people["account"]}

    def _shuffled(self, code: str) -> list[tuple[str, str, bool]]:
        posts = [(employer, title, False) for employer, title in self.people["posts"][code]]
        posts += [(employer, title, True) for employer, title in self.people["entrepreneurs"].get(code, [])]
        self.dice.shuffle(posts)
        return posts

    def _post(self, code: str) -> tuple[str, str, bool]:
        """The sector's posts in turn, so that neighbours in a list differ."""
        post = self.posts[code].pop(0)
        self.posts[code].append(post)
        return post

    def _name(self, sex: str) -> str:
        surnames, weights = zip(*self.people["surnames"].items(), strict=True)
        while True:
            given = "".join(self.dice.sample(self.people["given"][sex], self.dice.choices((1, 2), (25, 75))[0]))
            name = self.dice.choices(surnames, weights)[0] + given
            if name not in self.names:
                self.names.add(name)
                return name

    def _phone(self) -> str:
        while True:
            number = self.dice.choice(PREFIXES) + f"{self.dice.randrange(10**8):08d}"
            if number not in self.phones:
                self.phones.add(number)
                return number


def _leaders(demo: Demo, members: list[Member], by: Actor, now: datetime) -> None:
    """Every sector has a leader; each leader keeps contact with his or her own sector first."""
    leading = [m for m in members if m.duty in (Member.Duty.CHAIR, Member.Duty.VICE_CHAIR)]
    account = next((m for m in leading if m.person.name == _account(demo, "leader")["name"]), leading[0])
    others = [member for member in leading if member is not account]
    for number, sector in enumerate(demo.made["sectors"].values()):
        leader = account if sector.code in (account.sector.code, "education") else others[number % len(others)]
        link = LeaderSector(assembly=by.assembly, member=leader, sector=sector, from_on=TERM_BEGAN)
        door.establish(link, by, policy.manage, now=now)


def _conveners(demo: Demo, people: dict[str, Any], members: list[Member], by: Actor, now: datetime) -> None:
    chosen = {account["name"] for account in people["account"] if account["login"] == "convener"}
    reserved = {account["name"] for account in people["account"]} - chosen
    for sector in demo.made["sectors"].values():
        mine = [m for m in members if m.sector_id == sector.pk and m.person.name not in reserved]
        mine.sort(key=lambda m: (m.person.name not in chosen, m.duty not in ("standing", "member"), m.pk))
        ranks = (Convener.Rank.CHIEF, Convener.Rank.DEPUTY)[: 2 if len(mine) > 8 else 1]
        for member, rank in zip(mine, ranks, strict=False):
            convener = Convener(
                assembly=by.assembly,
                sector=sector,
                member=member,
                rank=rank,
                from_on=TERM_BEGAN + timedelta(days=20),
                election="界别委员推选，主席会议确认",
            )
            door.establish(convener, by, policy.manage, now=now)


def _users(demo: Demo, people: dict[str, Any], members: list[Member], by: Actor) -> None:
    """The accounts that the demo prints at its start; the station's role is given by the stations' part."""
    demo.made["users"] = users = {}
    seats = {member.person.name: member for member in members}
    committees = {entry["code"]: demo.made["committees"][entry["short"]] for entry in people["committee"]}
    bodies = {entry["code"]: demo.made["bodies"][entry["short"]] for entry in people["body"]}
    for entry in people["account"]:
        login = entry["login"]
        seat = seats.get(entry["name"]) if "sector" in entry else None
        users[login] = user = _user(demo, entry, seat, by)
        if seat:
            accounts.grant(user, roles.MEMBER, by, scope=seat.pk, now=demo.now)
        granted = {
            "admin": (roles.SYSADMIN, None),
            "office": (roles.OFFICE, None),
            "committee": (roles.COMMITTEE, committees.get(entry.get("committee", ""))),
            "convener": (roles.CONVENER, seat.sector if seat else None),
            "leader": (roles.LEADER, None),
            "body": (roles.BODY, bodies.get(entry.get("body", ""))),
            "editor": (roles.INFO_EDITOR, None),
            "reviewer": (roles.INFO_REVIEWER, None),
            "signer": (roles.INFO_SIGNER, None),
        }.get(login)
        if granted:
            role, scope = granted
            accounts.grant(user, role, by, scope=scope.pk if scope else None, now=demo.now)


def _user(demo: Demo, entry: dict[str, Any], seat: Member | None, by: Actor) -> User:
    user, _password = accounts.create(
        by,
        username=entry["login"],
        name=entry["name"],
        phone=seat.person.phone if seat else "",
        password=demo.password,
        must_change=False,
        now=demo.now,
    )
    return user


def _account(demo: Demo, login: str) -> dict[str, Any]:
    return next(entry for entry in demo.data("people")["account"] if entry["login"] == login)


def _drawn(dice: Any, weighted: tuple[tuple[str, int], ...]) -> str:
    words, weights = zip(*weighted, strict=True)
    return dice.choices(words, weights)[0]


def _fitted(seats: dict[str, int], wanted: int | None) -> dict[str, int]:
    """The sectors' seats, made to add up to the profile's number of members: at least two each."""
    if not wanted or sum(seats.values()) == wanted:
        return seats
    whole = sum(seats.values())
    fitted = {code: max(2, round(number * wanted / whole)) for code, number in seats.items()}
    largest = max(fitted, key=lambda code: fitted[code])
    fitted[largest] = max(2, fitted[largest] + wanted - sum(fitted.values()))
    return fitted
