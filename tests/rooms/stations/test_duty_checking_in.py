"""Checking in, keeping a turn, missing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.stations.duty import at, today, turn
from tongxin.hear.stations import arrival, tasks, visits
from tongxin.hear.stations.models import DutyTurn, Station
from tongxin.kernel import door, events
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_the_code_of_this_minute_and_the_one_before_are_taken(cast: Cast) -> None:
    now, station = at(9), cast.door_station
    code = arrival.code(station, now)
    assert len(code) == 6
    assert code.isdigit()
    assert arrival.fits(station, f" {code[:3]} {code[3:]} ", now + timedelta(seconds=60))
    assert not arrival.fits(station, code, now + timedelta(seconds=120))
    other = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    assert arrival.code(other, now) != code
    assert not arrival.fits(station, "", now)


@pytest.mark.parametrize(
    ("clock", "late"), [((8, 30), 0), ((8, 29), -31), ((9, 10), 0), ((9, 11), 11), ((11, 0), 120), ((7, 0), -120)]
)
def test_late_and_early_are_recorded_not_refused(cast: Cast, clock: tuple[int, int], late: int) -> None:
    now = at(*clock)
    held = turn(cast)
    held = door.perform(held, "check_in", cast.actor("member"), {"code": arrival.code(held.station, now)}, now=now)
    assert (held.state, held.arrived_at, held.late_by) == ("on_duty", now, late)


def test_a_wrong_code_or_another_day_is_refused_with_words(cast: Cast) -> None:
    held, tomorrow = turn(cast), turn(cast, today() + timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        door.perform(held, "check_in", cast.actor("member"), {"code": "000"})
    assert "code" in refused.value.form.errors
    now = timezone.now()
    code = arrival.code(tomorrow.station, now)
    with pytest.raises(Invalid) as refused:
        door.perform(tomorrow, "check_in", cast.actor("member"), {"code": code}, now=now)
    assert f"{tomorrow.on}" in str(refused.value.form.non_field_errors())


def test_trying_codes_is_slowed_down(cast: Cast) -> None:
    held = turn(cast)
    client = cast.client("member")
    address = reverse("duty:move", args=[held.pk, "check_in"])
    answers = [client.post(address, {"code": "12"}).status_code for _try in range(11)]
    assert answers == [422] * 10 + [429]


def test_scanning_opens_a_page_with_one_button_and_writes_nothing(cast: Cast) -> None:
    held = turn(cast)
    client = cast.client("member")
    code = arrival.code(held.station, timezone.now())
    address = reverse("duty:arrive", args=[held.station_id, code])
    page = client.get(address)
    assert page.status_code == 200
    assert DutyTurn.objects.get(pk=held.pk).state == "scheduled"
    assert client.post(address).status_code == 302
    assert DutyTurn.objects.get(pk=held.pk).state == "on_duty"
    old = client.get(reverse("duty:arrive", args=[held.station_id, "000000"]))
    assert old.context["turn"].state == "on_duty"


def test_done_announces_and_a_missed_turn_is_found_the_next_day(cast: Cast) -> None:
    heard: list[Any] = []
    events.listen("stations.duty_done", heard.append)
    try:
        kept = turn(cast, state="on_duty")
        seen = visits.write_down(kept, cast.actor("member"), {"text": "楼道灯坏了。"}, None, "t1")
        kept = door.perform(kept, "finish", cast.actor("member"), {"summary": "接待一人。"})
    finally:
        events._LISTENERS["stations.duty_done"].remove(heard.append)
    assert (kept.state, len(heard)) == ("done", 1)
    concern = seen.visit.concern
    assert heard[0].data == {
        "member": cast.seat, "on": today(), "place": "八马路联络站", "summary": "接待一人。", "concerns": [concern.pk],
        "visitors": 1,
    }  # fmt: skip
    late = turn(cast, today() - timedelta(days=1))
    assert tasks.find_missed(timezone.now()) == 1
    late.refresh_from_db()
    assert late.state == "missed"
    assert tasks.find_missed(timezone.now()) == 0
    with pytest.raises(NotAllowed):
        door.perform(late, "vouch", cast.actor("member"), {"summary": "我去了"})
    assert door.perform(late, "vouch", cast.actor("station"), {"summary": "到岗，忘了签到"}).state == "done"


def test_a_turn_without_checking_in_cannot_be_finished(cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        door.perform(turn(cast), "finish", cast.actor("member"), {"summary": "x"})
