"""What duty writes by itself: ledger, checks, figures, calendar."""

from __future__ import annotations

import io
from datetime import date, timedelta

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tests.rooms.stations.duty import another, at, today, turn
from tongxin.hear.stations import feeds, ledger, queries, tasks, visits
from tongxin.hear.stations.models import StationCheck, StationMember
from tongxin.kernel import door, figures
from tongxin.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db


# Ledger, checks, figures


def test_the_ledger_writes_itself(cast: Cast) -> None:
    kept = turn(cast, state="done")
    visits.count(kept, cast.actor("member"), 2, "a")
    visits.write_down(kept, cast.actor("member"), {"text": "路灯坏了。"}, None, "b")
    there = ledger.of(cast.door_station, today().year, today())
    assert there.total.values() == (1, 1, 0, 2, 3, 1, 0)
    assert there.months[today().month].kept == 1
    assert [(s.member, s.turns, s.hours, s.visits) for s in there.service] == [(cast.seat, 1, 2.5, 2)]
    out = io.BytesIO()
    ledger.write(there, out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    assert len(book.sheetnames) == 4
    assert [row[3].value for row in book.worksheets[1].iter_rows(min_row=2)] == ["周岩"]


def test_the_longest_gap_ends_today(cast: Cast) -> None:
    year = today().year
    there = ledger.of(cast.door_station, year, date(year, 3, 1))
    assert there.longest_gap == (date(year, 3, 1) - date(year, 1, 1)).days
    assert ledger.of(cast.door_station, year - 9, today()).longest_gap == 0


def test_a_thing_of_the_check_list_needs_evidence(cast: Cast) -> None:
    client = cast.client("station")
    address = reverse("duty:check", args=[cast.door_station.pk, "stations.wall", "sign"])
    assert client.post(address, {"held": "1"}).status_code == 422
    picture = SimpleUploadedFile("sign.jpg", a_picture(), "image/jpeg")
    assert client.post(address, {"held": "1", "note": "门口左侧", "pictures": picture}).status_code == 302
    seen = StationCheck.objects.get()
    assert (seen.held, seen.created_by, bool(seen.picture)) == (True, cast.station, True)
    evidence = reverse("duty:evidence", args=[cast.door_station.pk, seen.pk])
    assert cast.client("leader").get(evidence).status_code == 200
    assert client.get(reverse("duty:check", args=[cast.door_station.pk, "stations.wall", "no"])).status_code == 404
    assert client.get(reverse("duty:check", args=[cast.door_station.pk, "concerns.topic", "road"])).status_code == 404


def test_duty_figures_lead_to_their_records(cast: Cast) -> None:
    kept = turn(cast, state="done")
    turn(cast, today() - timedelta(days=1))
    tasks.find_missed(timezone.now())
    visits.count(kept, cast.actor("member"), 2, "a")
    where = figures.scope(cast.city)
    by_code = {code: figures.get(code) for code in ("D01", "D02", "D03")}
    assert by_code["D01"].records(where).count() == 1
    assert by_code["D01"].records(where, figures.WHOLE).count() == 2
    assert by_code["D02"].records(where).count() == 1
    assert by_code["D03"].records(where).count() == 0


def test_every_number_opens_to_what_it_counts(cast: Cast) -> None:
    kept = turn(cast, state="done")
    visits.count(kept, cast.actor("member"), 2, "a")
    concern = visits.write_down(kept, cast.actor("member"), {"text": "路灯坏了。"}, None, "b").visit.concern
    assert concern is not None
    year = today().year
    there = ledger.of(cast.door_station, year, today())
    for name, value in zip(ledger.NUMBERS, there.total.values(), strict=True):
        found = ledger.opened(there, name, None, None)
        counted = {"people": sum(v.people for v in found.visits)}.get(
            name, len(found.turns) + len(found.visits) + len(found.concerns)
        )
        assert counted == value, name
        assert not ledger.opened(there, name, today().month % 12 + 1, None).turns
    client = cast.client("leader")
    for shown in ("ledger", "review"):
        page = client.get(reverse(f"duty:{shown}", args=[cast.door_station.pk])).content.decode()
        for name in ("kept", "visits", "concerns"):
            assert reverse("duty:ledger_rows", args=[cast.door_station.pk, name]) in page, (shown, name)
    opened = reverse("duty:ledger_rows", args=[cast.door_station.pk, "kept"])
    assert kept.get_absolute_url() in client.get(f"{opened}?year={year}&member={cast.seat.pk}").content.decode()
    assert kept.get_absolute_url() not in client.get(f"{opened}?year={year - 1}").content.decode()
    said = reverse("duty:ledger_rows", args=[cast.door_station.pk, "concerns"])
    for name, opens in (("office", True), ("member", True), ("leader", concern.pk in _readable(cast, "leader"))):
        page = cast.client(name).get(said).content.decode()
        assert concern.number in page
        assert (concern.get_absolute_url() in page) is opens, name


def _readable(cast: Cast, name: str) -> set[int]:
    return queries.keeping.readable_concerns(cast.actor(name), cast.door_station, today().year)


def test_a_review_is_of_its_year(cast: Cast) -> None:
    year, station = today().year, cast.door_station
    items = {"assembly": cast.city, "station": station, "list": "stations.wall", "code": "sign"}
    StationCheck.objects.create(on=date(year - 1, 5, 1), held=True, **items)
    StationCheck.objects.create(on=date(year, 1, 1), held=False, **items)
    posts = {"assembly": cast.city, "station": station}
    for name, since, until in (
        ("孙萍", date(year - 2, 1, 1), date(year - 1, 2, 1)), ("钱进", date(year, 1, 1), None),
        ("赵敏", date(year - 3, 1, 1), date(year - 2, 12, 31)),
    ):  # fmt: skip
        StationMember.objects.create(member=another(cast, name), from_on=since, to_on=until, **posts)
    before = ledger.review(station, year - 1, today())
    assert before.held[0][1] == 1
    assert [post.member.person.name for post in before.posts] == ["孙萍"]
    assert ledger.review(station, year, today()).held[0][1] == 0
    page = cast.client("office").get(reverse("duty:review", args=[station.pk]) + f"?year={year - 1}").content.decode()
    assert "孙萍" in page
    assert "钱进" not in page


def test_a_review_names_everybody_who_served(cast: Cast) -> None:
    for n in range(14):
        turn(cast, today(), "done", member=another(cast, f"委员{n:02d}"))
    page = cast.client("office").get(reverse("duty:review", args=[cast.door_station.pk])).content.decode()
    assert all(f"委员{n:02d}" in page for n in range(14))


# Calendar


def test_the_calendar_has_a_secret_address_that_can_be_renewed(cast: Cast) -> None:
    held = turn(cast, today() + timedelta(days=2))
    visited = turn(cast, state="on_duty")
    told = {"text": "路灯坏了。", "speaker_name": "周女士", "consent": "on"}
    visits.write_down(visited, cast.actor("member"), told, None, "b")
    client = cast.client("member")
    client.post(reverse("duty:feed"))
    old = feeds.of(cast.seat).secret
    public = cast.client("public")
    address = reverse("duty:calendar_file", args=[old])
    page = public.get(address)
    assert page["Content-Type"].startswith("text/calendar")
    found = icalendar.Calendar.from_ical(page.content).walk("VEVENT")
    assert {e.decoded("dtstart") for e in found} == {at(9), at(9, 0, held.on)}
    assert "周女士" not in page.content.decode()
    assert "路灯" not in page.content.decode()
    assert public.get(address, headers={"If-None-Match": page["ETag"]}).status_code == 304
    door.perform(held, "confirm", cast.actor("member"))
    assert public.get(address, headers={"If-None-Match": page["ETag"]}).status_code == 200
    client.post(reverse("duty:feed"))
    assert feeds.of(cast.seat).secret != old
    assert public.get(address).status_code == 404
    assert public.get(reverse("duty:calendar_file", args=["x"])).status_code == 404


def test_a_station_s_calendar_names_members_only(cast: Cast) -> None:
    turn(cast, today() + timedelta(days=2))
    turn(cast, today() + timedelta(days=3), member="")
    feed = feeds.renew(cast.door_station, cast.actor("station"))
    body = feeds.calendar(feed, timezone.now(), "host").decode()
    assert (body.count("BEGIN:VEVENT"), "周岩" in body) == (1, True)
    with pytest.raises(NotAllowed):
        feeds.renew(cast.door_station, cast.actor("member"))
