"""Idle stations: warned of once, told to the leaders once, explained, woken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import today, turn
from tongxin.hear.stations import idle, lists, tasks
from tongxin.hear.stations.models import Station, StationMember
from tongxin.kernel import door, figures, journal
from tongxin.kernel.inbox import waiting
from tongxin.kernel.models import JournalEntry, Notice, Parameter

pytestmark = pytest.mark.django_db
OPENED = date(2026, 1, 1)


def opened(cast: Cast, day: date = OPENED) -> Station:
    Station.objects.filter(pk=cast.door_station.pk).update(opened_on=day)
    return Station.objects.get(pk=cast.door_station.pk)


def night(after: int) -> datetime:
    """The night `after` days after the station opened and nothing happened."""
    return timezone.make_aware(datetime.combine(OPENED, datetime.min.time())) + timedelta(days=after, hours=2)


def story(station: Station) -> list[str]:
    rows = JournalEntry.objects.filter(record_type=station.label(), record_id=station.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


def told(verb: str) -> set[str]:
    return set(Notice.objects.filter(event__verb=verb, channel="page").values_list("user__username", flat=True))


def test_idle_stations_are_counted_warned_of_and_explained(cast: Cast) -> None:
    Station.objects.filter(pk=cast.door_station.pk).update(opened_on=today() - timedelta(days=90))
    now = timezone.now()
    assert tasks.watch_stations(now) == 1
    station = Station.objects.get(pk=cast.door_station.pk)
    assert station.idle_since == today() - timedelta(days=90)
    assert figures.get("D03").records(figures.scope(cast.city)).count() == 1
    assert Notice.objects.filter(user=cast.station, channel="page").exists()
    assert station in [w.record for w in waiting(cast.actor("station"))]
    assert tasks.watch_stations(now) == 0  # told once
    resting = idle.rest(idle.with_last(Station.objects.filter(pk=station.pk)).get(), today())
    assert (resting.days, resting.tone) == (90, "seal")
    station = door.perform(station, "explain_idle", cast.actor("station"), {"reason": "装修，月底恢复"})
    assert (station.idle_since, tasks.watch_stations(now)) == (None, 0)
    assert tasks.watch_stations(now + timedelta(days=31)) == 1
    turn(cast, state="done")
    assert tasks.watch_stations(now) == 1
    station.refresh_from_db()
    assert station.idle_since is None


def test_the_second_warning_comes_once_after_sixty_days_and_goes_up(cast: Cast) -> None:
    station = opened(cast)
    StationMember.objects.create(
        assembly=cast.city, station=station, member=cast.seat, part=StationMember.Part.HEAD, from_on=OPENED
    )
    for after in range(25, 75):
        tasks.watch_stations(night(after))
    station.refresh_from_db()
    assert story(station) == ["warn", "alarm"]
    assert (station.idle_since, station.idle_alarmed_on) == (OPENED, OPENED + timedelta(days=60))
    assert told("warn") == {"station", "office"}
    assert told("alarm") == {"station", "office", "leader", "secretary_general", "member"}
    assert JournalEntry.objects.get(verb="alarm").facts == {"since": "2026-01-01", "days": 60}
    title = journal.timeline(station)[-1].title
    assert "60" in title
    assert "2026年1月1日" in title
    for who in ("station", "office"):
        assert station in [w.record for w in waiting(cast.actor(who))], who
    page = cast.client("leader").get("/desk/duty/leaders/").content.decode()
    assert "tag seal" in page


def test_the_days_of_the_second_warning_are_a_parameter(cast: Cast) -> None:
    station = opened(cast)
    Parameter.objects.create(assembly=cast.city, key=lists.IDLE_LONG_DAYS, value=45)
    for after in (30, 44):
        tasks.watch_stations(night(after))
    assert story(station) == ["warn"]
    tasks.watch_stations(night(45))
    assert story(station) == ["warn", "alarm"]


def test_what_was_explained_lately_is_not_told_up_before_its_time(cast: Cast) -> None:
    station = opened(cast)
    tasks.watch_stations(night(30))
    reason = {"reason": "装修，月底恢复"}
    station = door.perform(station, "explain_idle", cast.actor("station"), reason, now=night(50))
    tasks.watch_stations(night(79))
    assert story(station) == ["warn", "explain_idle"]
    tasks.watch_stations(night(80))
    assert story(station) == ["warn", "explain_idle", "alarm"]
    # Explained again it is quiet; then it is asked about again, and the leaders know already.
    station = door.perform(station, "explain_idle", cast.actor("office"), reason, now=night(81))
    assert station not in [w.record for w in waiting(cast.actor("office"))]
    tasks.watch_stations(night(112))
    assert story(station)[3:] == ["explain_idle", "warn"]


def test_a_new_silence_is_told_of_anew(cast: Cast) -> None:
    station = opened(cast, today() - timedelta(days=90))
    tasks.watch_stations(timezone.now())
    turn(cast, state="done")
    tasks.watch_stations(timezone.now())
    station.refresh_from_db()
    assert (station.idle_since, station.idle_alarmed_on) == (None, None)
    tasks.watch_stations(timezone.now() + timedelta(days=61))
    assert story(station) == ["alarm", "wake", "alarm"]


def test_a_station_that_rested_has_time_to_come_to_life(cast: Cast) -> None:
    station = opened(cast)
    tasks.watch_stations(night(61))
    told_why = {"on": OPENED + timedelta(days=62), "reason": "装修"}
    station = door.perform(station, "suspend", cast.actor("office"), told_why)
    assert (station.idle_since, station.idle_alarmed_on) == (None, None)
    door.perform(station, "resume", system_actor(cast), {"on": OPENED + timedelta(days=100)})
    assert [tasks.watch_stations(night(after)) for after in (101, 129, 130)] == [0, 0, 1]
