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
from tests.rooms.stations.duty import at, today, turn
from tongxin.hear.stations import feeds, ledger, tasks, visits
from tongxin.hear.stations.models import StationCheck
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
