"""Checking in, keeping a turn, missing it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
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
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.web import person_mark

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


# Without a line: what was pressed then arrives later


def later(cast: Cast, held: DutyTurn, moment: datetime, now: datetime, code: str = "") -> DutyTurn:
    """A check-in that was made at a moment and arrives now."""
    told = {"code": code or arrival.code(held.station, moment), "moment": moment}
    return door.perform(held, arrival.move_of(held, moment), cast.actor("member"), told, now=now)


@pytest.mark.parametrize(("clock", "late"), [((8, 55), 0), ((9, 40), 40)])
def test_a_check_in_sent_later_counts_from_the_moment_it_was_made(
    cast: Cast, clock: tuple[int, int], late: int
) -> None:
    moment, now = at(*clock), at(16)
    held = later(cast, turn(cast), moment, now)
    assert (held.state, held.arrived_at, held.late_by, held.arrival_sent_at) == ("on_duty", moment, late, now)
    page = cast.client("member").get(held.get_absolute_url()).content.decode()
    assert "当时没信号" in page
    assert f"{timezone.localtime(moment):%H:%M}" in page


def test_the_code_of_that_moment_counts_and_no_other(cast: Cast) -> None:
    held, moment, now = turn(cast), at(9), at(10)
    with pytest.raises(Invalid) as refused:
        later(cast, held, moment, now, arrival.code(held.station, now))
    assert "09:00" in str(refused.value.form.errors["code"])
    with pytest.raises(Invalid) as refused:  # nobody was there before it was
        later(cast, held, at(11), now)
    assert "moment" in refused.value.form.errors
    with pytest.raises(Invalid):  # another day's
        later(cast, held, at(9, day=today() - timedelta(days=1)), now)
    assert DutyTurn.objects.get(pk=held.pk).state == "scheduled"


def test_a_turn_found_missed_meanwhile_was_kept(cast: Cast) -> None:
    day = today() - timedelta(days=1)
    held = turn(cast, day)
    tasks.find_missed(timezone.now())
    held.refresh_from_db()
    assert held.state == "missed"
    moment = at(9, 25, day)
    held = later(cast, held, moment, timezone.now())
    assert (held.state, held.arrived_at, held.late_by) == ("on_duty", moment, 25)
    assert tasks.finish_forgotten(timezone.now()) == 1
    assert DutyTurn.objects.get(pk=held.pk).state == "done"


@pytest.mark.parametrize("state", ["on_duty", "done"])
def test_an_arrival_that_was_entered_by_others_meanwhile_is_put_right(cast: Cast, state: str) -> None:
    held = turn(cast, state=state)  # received by the keeper just now
    now = timezone.now()
    moment = now - timedelta(minutes=5)
    seen = held.arrived_at
    told = later(cast, held, moment, now)
    assert (told.state, told.arrived_at, told.arrival_sent_at) == (state, moment, now)
    assert moment < seen
    assert arrival.move_of(told, moment) == ""  # sent twice, recorded once
    assert arrival.move_of(told, now) == ""


def test_nobody_tells_an_arrival_for_somebody_else(cast: Cast) -> None:
    held = turn(cast)
    told = {"code": arrival.code(held.station, at(9)), "moment": at(9)}
    for name in ("office", "station", "stranger"):
        with pytest.raises(NotAllowed):
            door.perform(held, "check_in_later", cast.actor(name), told, now=at(10))


def test_the_outbox_tells_how_long_it_waited(cast: Cast) -> None:
    held, now = turn(cast, begins=time(0), ends=time(23, 59)), timezone.now()
    waited = timedelta(minutes=5)
    code = arrival.code(held.station, now - waited)
    mark = person_mark(cast.actor("member"))
    client, address = cast.client("member"), reverse("duty:move", args=[held.pk, "check_in"])

    def send(given: str, milliseconds: Any) -> dict[str, Any]:
        headers = {"X-Tongxin-Outbox": mark, "X-Tongxin-Waited": str(milliseconds)}
        return client.post(address, {"code": given, "moment": "2020-01-01T09:00"}, headers=headers).json()

    assert send(code, 0)["outcome"] == "refused"  # it is not the code shown now
    assert send(code, "x")["outcome"] == "refused"
    assert send(code, waited // timedelta(milliseconds=1))["outcome"] == "sent"
    held.refresh_from_db()
    assert abs(held.arrived_at - (now - waited)) < timedelta(seconds=20)
    assert held.arrival_sent_at is not None
    assert send(code, waited // timedelta(milliseconds=1))["outcome"] == "sent"  # its answer had been lost
    assert JournalEntry.objects.filter(record_id=held.pk, verb__in=("check_in_later", "tell_arrival")).count() == 1
    DutyTurn.objects.filter(pk=held.pk).update(state="cancelled")
    answer = send(code, waited // timedelta(milliseconds=1))
    assert answer["outcome"] == "conflict"
    assert answer["messages"]


def test_whoever_vouches_may_say_when_the_member_came(cast: Cast) -> None:
    held = turn(cast, today() - timedelta(days=1))
    tasks.find_missed(timezone.now())
    held.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        door.perform(held, "vouch", cast.actor("station"), {"summary": "到岗", "arrived": "11:30"})
    assert "arrived" in refused.value.form.errors
    kept = door.perform(held, "vouch", cast.actor("station"), {"summary": "到岗，忘了签到", "arrived": "09:20"})
    assert (kept.state, kept.arrived_at, kept.late_by) == ("done", at(9, 20, held.on), 20)
    other = turn(cast, today() - timedelta(days=2))
    tasks.find_missed(timezone.now())
    other.refresh_from_db()
    assert door.perform(other, "vouch", cast.actor("station"), {"summary": "到岗"}).arrived_at is None


def test_a_wrong_code_that_waited_is_shown_on_the_form_of_checking_in(cast: Cast) -> None:
    held = turn(cast)
    address = reverse("duty:move", args=[held.pk, "check_in"])
    page = cast.client("member").post(address, {"code": "000000"}, headers={"X-Tongxin-Waited": "600000"})
    assert page.status_code == 422
    assert f'action="{address}"' in page.content.decode()
