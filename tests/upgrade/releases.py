"""How the database stood at each release, and rows as they were written then.

Run as a program in the environment of an installation, it makes that state: `python -m tests.upgrade.releases NAME`.
Ours are the apps whose migrations are held at a point; those of libraries go as far as ours need them, and the rest of
the way with the update, as in life.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

NAME, OTHER, PHONE = "欧阳测试", "王桂兰", "+8613946901158"
SAID = "我叫欧阳测试，八马路小学门口的路灯坏了半个多月，孩子放学看不见路。"
AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
ENTRIES = 5


@dataclass(frozen=True)
class Release:
    """`points` holds each of our apps at its migration of then; `fill(apps)` writes rows through the models of then."""

    name: str
    points: dict[str, str]
    fill: Callable[[Any], None]


def fill_before_search(apps: Any) -> None:
    """A city with a sector, a member, two people the member knows, a contact, a concern, and a sealed journal."""

    def make(label: str, **fields: Any) -> Any:
        return apps.get_model(label).objects.create(**fields)

    city = make("people.Assembly", code="2305", name="某市政协", level="city")
    here = {"assembly": city}
    term = make("people.Term", **here, number=12, from_on=date(2022, 1, 1))
    sector = make("people.Sector", **here, code="01", name="教育", position=1)
    user = make("people.User", username="office", name="办公室", password="!")
    make("people.RoleGrant", **here, user=user, role="office")
    person = make("people.Person", **here, name="周岩", phone="+8613946901100")
    member = make("people.Member", **here, person=person, term=term, sector=sector, state="active")
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
    make(
        "concerns.Concern", **here, year=2025, serial=1, title=SAID[:28], text=SAID, said_at=AT, source="portal",
        text_key="0" * 32, sector=sector, speaker_name=NAME, speaker_phone=PHONE, consent_at=AT, state="recorded",
    )  # fmt: skip
    for n in range(ENTRIES):
        make(
            "kernel.JournalEntry", **here, at=AT, actor_id=user.pk, actor_kind="user", actor_name="办公室",
            record_type="concerns.concern", record_id=1, verb="speak", state_to="recorded", facts={"n": n},
        )  # fmt: skip


RELEASES = [
    Release(
        "before-search",  # of which main's first release was made; briefs were not there yet
        {
            "people": "0001_initial",
            "kernel": "0002_engines",
            "concerns": "0002_sources",
            "stations": "0001_initial",
            "contact": "0001_initial",
        },
        fill_before_search,
    ),
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
