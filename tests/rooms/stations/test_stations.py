"""The register of stations: its moves, who keeps it, its counts, its poster, and figure F06."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from tests.cast import Cast
from tongxin.hear.concerns import queries as concerns
from tongxin.hear.stations import queries
from tongxin.hear.stations.models import Station, StationMember
from tongxin.hear.stations.workflow.places import STATIONS
from tongxin.kernel import door, figures
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import JournalEntry, Parameter

pytestmark = pytest.mark.django_db


def written(cast: Cast, **more: Any) -> dict[str, Any]:
    usual = {"code": "a002", "name": "二马路联络站", "county": cast.county.pk, "street": "二马路街道"}
    return {**usual, "set_up": "sunk", "functions": ["voices", "service"], **more}


def plan(cast: Cast, **more: Any) -> Station:
    return door.begin(STATIONS, "plan", cast.actor("office"), written(cast, **more))


def english(cast: Cast, name: str) -> Any:
    client = cast.client(name)
    client.cookies["django_language"] = "en"
    return client


# Moves


def test_from_plan_to_closing(cast: Cast) -> None:
    office, today = cast.actor("office"), timezone.localdate()
    station = plan(cast)
    assert (station.code, station.state, station.opened_on) == ("A002", "planned", None)
    station = door.perform(station, "open", office, {"on": today - timedelta(days=30)})
    station = door.perform(station, "post", office, {"member": cast.seat.pk, "on": today - timedelta(days=20)})
    station = door.perform(station, "suspend", office, {"on": today - timedelta(days=10), "reason": "装修"})
    assert station.suspended_on == today - timedelta(days=10)
    station = door.perform(station, "resume", office, {})
    assert (station.state, station.suspended_on) == ("active", None)
    station = door.perform(station, "close", office, {"reason": "合并到八马路站"})
    assert (station.state, station.closed_on) == ("closed", today)
    assert StationMember.objects.get().to_on == today
    verbs = JournalEntry.objects.filter(record_type="stations.station", record_id=station.pk).values_list("verb")
    assert [verb for (verb,) in verbs] == ["plan", "open", "post", "suspend", "resume", "close"]
    with pytest.raises(IllegalMove):
        door.perform(station, "open", office, {})


@pytest.mark.parametrize("days", [1, -500])
def test_days_must_have_come_and_fit(cast: Cast, days: int) -> None:
    when = timezone.localdate() + timedelta(days=days)
    with pytest.raises(Invalid):
        door.perform(cast.door_station, "suspend", cast.actor("office"), {"on": when, "reason": "装修"})


@pytest.mark.parametrize("code", ["A", "八马路", "A 02", "A" * 13, "a001", "../x"])
def test_codes(cast: Cast, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(cast, code=code)
    assert "code" in refused.value.form.errors


def test_a_member_serves_once_at_a_time(cast: Cast) -> None:
    office, today = cast.actor("office"), timezone.localdate()
    door.perform(cast.door_station, "post", office, {"member": cast.seat.pk, "on": today - timedelta(days=9)})
    with pytest.raises(Invalid):
        door.perform(cast.door_station, "post", office, {"member": cast.seat.pk, "on": today})
    post = StationMember.objects.get()
    with pytest.raises(Invalid):
        door.perform(cast.door_station, "withdraw", office, {"post": post.pk, "on": today - timedelta(days=10)})
    door.perform(cast.door_station, "withdraw", office, {"post": post.pk})
    post.refresh_from_db()
    assert post.to_on == today


@pytest.mark.parametrize("name", ["committee", "member", "convener", "leader", "station", "body", "county", "stranger"])
def test_only_office_and_administrator_move_a_station(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        door.perform(cast.door_station, "suspend", cast.actor(name), {"reason": "x"})


# Pages


@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 200), ("admin", 200), ("member", 200), ("station", 200), ("county", 200), ("body", 403)],
)
def test_who_sees_the_register(cast: Cast, name: str, status: int) -> None:
    assert cast.client(name).get("/desk/stations/").status_code == status


def test_others_see_nothing_of_it(cast: Cast) -> None:
    assert cast.client().get("/desk/stations/").status_code == 302
    stranger = cast.client("stranger")
    assert "八马路联络站" not in stranger.get("/desk/stations/").content.decode()
    assert stranger.get(cast.door_station.get_absolute_url()).status_code == 404


def test_filters_and_counts(cast: Cast) -> None:
    plan(cast)
    client = english(cast, "office")
    page = client.get("/desk/stations/")
    assert {tally.label: tally.count for tally in page.context["tallies"].counties} == {"Dongshan": 2}
    assert {tally.label: tally.count for tally in page.context["tallies"].sectors} == {"教育界": 1}

    def codes(**asked: Any) -> list[str]:
        return [station.code for station in client.get("/desk/stations/", asked).context["page"]]

    assert codes() == ["A001", "A002"]
    assert codes(sector=cast.sector.pk) == ["A001"]
    assert codes(sector="none") == ["A002"]
    assert codes(state="planned") == ["A002"]
    assert codes(county=cast.county.pk, q="二马路") == ["A002"]
    assert codes(q="a001") == ["A001"]
    assert codes(county="x", state="y", q="没有") == []


def test_counts_are_lists(cast: Cast) -> None:
    cast.concern()
    cast.concern("第二件事，已经办完。", state="closed")
    actor = cast.actor("office")
    for pile in queries.places.piles(actor, cast.door_station):
        asked = concerns.Filters.read(QueryDict(pile.key).dict())
        assert len(concerns.queue(actor, asked).concerns) == pile.count, pile.label


def test_entering_a_station(cast: Cast) -> None:
    client = english(cast, "office")
    assert 'value="A002"' in client.get("/desk/stations/new/").content.decode()
    refused = client.post("/desk/stations/new/", written(cast, code="A001"))
    assert refused.status_code == 422
    assert "二马路联络站" in refused.content.decode()
    sent = client.post("/desk/stations/new/", written(cast))
    assert sent.status_code == 302
    assert "Being set up" in client.get(sent["Location"]).content.decode()
    assert cast.client("member").get("/desk/stations/new/").status_code == 403


def test_who_is_late_keeps_what_was_typed(cast: Cast) -> None:
    station, client = cast.door_station, english(cast, "office")
    shown = station.version
    door.revise(station, cast.actor("admin"), {"hours": "每周三"}, queries.places.policy.manage)
    late = client.post(f"/desk/stations/{station.pk}/edit/", written(cast, code="A001", hours="每周五", version=shown))
    assert late.status_code == 409
    page = late.content.decode()
    assert "每周五" in page
    assert "now: 每周三" in page
    station.refresh_from_db()
    assert station.hours == "每周三"
    again = client.post(
        f"/desk/stations/{station.pk}/edit/", written(cast, code="A001", hours="每周五", version=station.version)
    )
    assert again.status_code == 302


def test_the_keeper_corrects_hours_and_telephone_only(cast: Cast) -> None:
    station, client = cast.door_station, cast.client("station")
    told = {"hours": "每周四", "phone": "0469-4222222", "name": "我的站", "version": station.version}
    assert client.post(f"/desk/stations/{station.pk}/door/", told).status_code == 302
    station.refresh_from_db()
    assert (station.hours, station.phone, station.name) == ("每周四", "0469-4222222", "八马路联络站")
    assert client.get(f"/desk/stations/{station.pk}/edit/").status_code == 404
    assert cast.client("member").get(f"/desk/stations/{station.pk}/door/").status_code == 404
    other = plan(cast)
    assert client.post(f"/desk/stations/{other.pk}/door/", told).status_code == 404


def test_moves_by_hand(cast: Cast) -> None:
    station, office = cast.door_station, english(cast, "office")
    assert office.get(f"/desk/stations/{station.pk}/suspend/").status_code == 200
    empty = office.post(f"/desk/stations/{station.pk}/suspend/", {"version": station.version})
    assert empty.status_code == 422
    sent = office.post(f"/desk/stations/{station.pk}/suspend/", {"reason": "装修", "version": station.version})
    assert sent.status_code == 302
    assert office.post(f"/desk/stations/{station.pk}/suspend/", {"reason": "装修"}).status_code == 409
    assert office.post(f"/desk/stations/{station.pk}/fly/", {}).status_code == 404
    assert cast.client("member").post(f"/desk/stations/{station.pk}/close/", {"reason": "x"}).status_code == 404


def test_stale_move(cast: Cast) -> None:
    shown = cast.door_station.version
    door.revise(cast.door_station, cast.actor("admin"), {"hours": "每周三"}, queries.places.policy.manage)
    with pytest.raises(Stale):
        door.perform(cast.door_station, "suspend", cast.actor("office"), {"reason": "装修"}, version=shown)


def test_a_second_assembly_is_offered_a_free_code_and_not_told_whose_another_is(cast: Cast) -> None:
    plan(cast)
    client = english(cast, "stranger")
    assert 'value="A003"' in client.get("/desk/stations/new/").content.decode()
    page = client.post("/desk/stations/new/", {"code": "A001", "name": "邻市站", "set_up": "sunk"}).content.decode()
    assert "A003 is free" in page
    assert str(cast.door_station) not in page


def test_poster_and_code(cast: Cast) -> None:
    client = english(cast, "member")
    station = cast.door_station
    page = client.get(f"/desk/stations/{station.pk}/poster/").content.decode()
    assert "<svg" in page
    assert "testserver/s/A001" in page
    assert "cannot reach" in page
    Parameter.objects.create(assembly=cast.city, key="stations.public_address", value="tongxin.example.cn/")
    from tongxin.kernel import options

    options.forget(cast.city.pk)
    page = client.get(f"/desk/stations/{station.pk}/poster/").content.decode()
    assert "tongxin.example.cn/s/A001" in page
    assert "cannot reach" not in page
    svg = client.get(f"/desk/stations/{station.pk}/qr.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    assert b"http://www.w3.org/2000/svg" in svg.content
    png = client.get(f"/desk/stations/{station.pk}/qr.png")
    assert min(Image.open(io.BytesIO(png.content)).size) > 600
    assert client.get(f"/desk/stations/{station.pk}/qr.exe").status_code == 404


def test_the_poster_of_a_closed_station_warns(cast: Cast) -> None:
    address = f"/desk/stations/{cast.door_station.pk}/poster/"
    assert "is not open now" not in english(cast, "member").get(address).content.decode()
    door.perform(cast.door_station, "close", cast.actor("office"), {"reason": "合并"})
    assert "is not open now" in english(cast, "member").get(address).content.decode()


def test_few_queries(cast: Cast) -> None:
    client = cast.client("office")
    for path, most in (("/desk/stations/", 8), (cast.door_station.get_absolute_url(), 10)):
        client.get(path)  # the frame's counts are remembered for seconds
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= most, [query["sql"][:120] for query in seen]


# The figure


def test_f06_counts_those_in_use_on_the_last_day(cast: Cast) -> None:
    figure = figures.get("F06")
    assert figure
    usual = {"assembly": cast.city, "functions": []}
    Station.objects.all().delete()
    for code, opened, rests, closed in (
        ("B1", date(2023, 5, 1), None, None),
        ("B2", date(2023, 5, 1), None, date(2023, 12, 31)),
        ("B3", date(2023, 5, 1), date(2023, 12, 31), None),
        ("B4", date(2024, 1, 1), None, None),
        ("B5", None, None, None),
        ("B6", date(2023, 12, 31), None, date(2024, 1, 1)),
    ):
        Station.objects.create(
            code=code, name=code, opened_on=opened, suspended_on=rests, closed_on=closed, state="x", **usual
        )
    where = figures.scope(cast.city, 2023, date(2025, 6, 1))
    assert [station.code for station in figure.listed(where)] == ["B1", "B6"]
    assert figures.answer(figure, where).value == 2


def test_f06_of_a_county_counts_what_stands_in_it(cast: Cast) -> None:
    figure = figures.get("F06")
    assert figure
    assert figures.answer(figure, figures.scope(cast.county)).value == 1
    assert figures.answer(figure, figures.scope(cast.elsewhere)).value == 0
