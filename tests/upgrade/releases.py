"""How the database stood at each release, and rows as they were written then.

Run as a program in the environment of an installation, it makes that state: `python -m tests.upgrade.releases NAME`.
Ours are the apps whose migrations are held at a point; those of libraries go as far as ours need them, and the rest of
the way with the update, as in life.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

NAME, OTHER, PHONE = "欧阳测试", "王桂兰", "+8613946901158"
SAID = "我叫欧阳测试，八马路小学门口的路灯坏了半个多月，孩子放学看不见路。"
AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
ANSWER = "灯已换好，谢谢您。"
ENTRIES = 5


@dataclass(frozen=True)
class Release:
    """`points` holds each of our apps at its migration of then; `fill(apps)` writes rows through the models of then."""

    name: str
    points: dict[str, str]
    fill: Callable[[Any], None]


def _maker(apps: Any) -> Callable[..., Any]:
    return lambda label, **fields: apps.get_model(label).objects.create(**fields)


def fill_before_search(apps: Any) -> None:
    """A city with a sector, a station, a member, two people the member knows, a contact, a concern answered and
    rated, and a sealed journal."""
    make = _maker(apps)
    city = make("people.Assembly", code="2305", name="某市政协", level="city")
    here = {"assembly": city}
    term = make("people.Term", **here, number=12, from_on=date(2022, 1, 1))
    sector = make("people.Sector", **here, code="01", name="教育", position=1)
    user = make("people.User", username="office", name="办公室", password="!")
    make("people.RoleGrant", **here, user=user, role="office")
    person = make("people.Person", **here, name="周岩", phone="+8613946901100")
    member = make("people.Member", **here, person=person, term=term, sector=sector, state="active")
    station = make(
        "stations.Station", **here, code="A001", name="八马路联络站", state="active", opened_on=date(2024, 5, 1),
        sector=sector, functions=["voices"],
    )  # fmt: skip
    make("stations.StationMember", **here, station=station, member=member, from_on=date(2024, 5, 1))
    _fill_contact(make, here, member, sector)
    concern = make(
        "concerns.Concern", **here, year=2025, serial=1, title=SAID[:28], text=SAID, said_at=AT, source="code",
        text_key="0" * 32, sector=sector, speaker_name=NAME, speaker_phone=PHONE, consent_at=AT, state="closed",
        station=station, answered_at=AT, rated_at=AT, rating="fair", closed_at=AT,
    )  # fmt: skip
    entries = [
        make(
            "kernel.JournalEntry", **here, at=AT, actor_id=user.pk, actor_kind="user", actor_name="办公室",
            record_type="concerns.concern", record_id=concern.pk, verb="speak", state_to="recorded", facts={"n": n},
        )
        for n in range(ENTRIES)
    ]  # fmt: skip
    make("kernel.Notice", event=entries[0], user=user, channel="page", created_at=AT)
    _fill_chain(make, here, concern, user)


def _fill_contact(make: Callable[..., Any], here: dict[str, Any], member: Any, sector: Any) -> None:
    consent = {"consent_on": date(2025, 3, 1), "consent_way": "spoken", "consent_for": ["contact"]}
    for name, phone in ((NAME, PHONE), (OTHER, "")):
        index = {"name_index": f"n{name}", "phone_index": "p1" if phone else ""}
        known = make(
            "contact.Constituent", **here, name=name, phone=phone, sector=sector, state="active", **consent, **index
        )
        make("contact.ConstituentLink", **here, member=member, constituent=known, from_on=date(2025, 3, 1))
    contact = make(
        "contact.ContactRecord", **here, member=member, sector=sector, on=date(2025, 3, 2), channel="visit",
        summary="聊了聊入冬供热。", state="recorded",
    )  # fmt: skip
    make("contact.ContactPerson", record=contact, constituent=known)


def _fill_chain(make: Callable[..., Any], here: dict[str, Any], concern: Any, user: Any) -> None:
    """From the clock to the rating."""
    make(
        "kernel.Deadline", **here, record_type="concerns.concern", record_id=concern.pk, kind="triage",
        started_on=date(2025, 3, 1), length=7, unit="days", parameter="concerns.triage_days", due_on=date(2025, 3, 8),
        met_at=AT,
    )  # fmt: skip
    stored = make(
        "kernel.StoredFile", **here, name="现场.jpg", content_type="image/jpeg", size=9, sha256="0" * 64, width=3,
        height=3, created_by=user,
    )  # fmt: skip
    outcome = make("concerns.Outcome", **here, concern=concern, result="resolved", text="已经修好。", at=AT)
    make("concerns.ConcernFile", concern=concern, file=stored, outcome=outcome)
    answer = make("concerns.Answer", **here, concern=concern, outcome=outcome, way="page", text=ANSWER, at=AT)
    make("concerns.Rating", **here, concern=concern, answer=answer, value="fair", at=AT)


def fill_before_rule_words(apps: Any) -> None:
    """The same, and a duty rota of the time when a rule knew one weekday of the month only."""
    fill_before_search(apps)
    make = _maker(apps)
    station = apps.get_model("stations.Station").objects.get()
    here = {"assembly": station.assembly}
    hours = {"begins": time(9), "ends": time(11)}
    rule = make(
        "stations.RotaRule", **here, station=station, from_on=date(2025, 1, 1), words="每月第二个星期三",
        kind="monthly", weekdays=[2], nth=2, **hours,
    )  # fmt: skip
    turn = make("stations.DutyTurn", **here, station=station, rule=rule, on=date(2025, 1, 8), state="done", **hours)
    make("stations.DutyVisit", **here, station=station, turn=turn, on=turn.on, people=3, token="t")


BEFORE_SEARCH = {
    "people": "0001_initial",
    "kernel": "0002_engines",
    "concerns": "0002_sources",
    "stations": "0001_initial",
    "contact": "0001_initial",
}
RELEASES = [
    # of which main's first release was made; briefs were not there yet
    Release("before-search", BEFORE_SEARCH, fill_before_search),
    Release("before-rule-words", BEFORE_SEARCH | {"stations": "0004_match_by_county"}, fill_before_rule_words),
]


def named(name: str) -> Release:
    return next(release for release in RELEASES if release.name == name)


def make(release: Release) -> None:
    """The installation of then: its tables, its rows, its journal sealed and guarded."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tongxin.kernel import journal, triggers

    points = list(release.points.items())
    MigrationExecutor(connection).migrate(points)
    apps = MigrationExecutor(connection).loader.project_state(points).apps
    release.fill(apps)
    for pk in apps.get_model("people.Assembly").objects.values_list("pk", flat=True):
        journal.seal(pk, whole=True)
    triggers.install(connection)


if __name__ == "__main__":
    import django

    django.setup()
    make(named(sys.argv[1]))
