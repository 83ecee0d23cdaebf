"""A member checks in at a station where the telephone has no line; it counts from the moment it was pressed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.looking import faults
from tests.journeys.test_without_a_line import KEPT, OFFLINE, cut, mend, reopened, until, waits
from tests.journeys.window import Edition, Window
from tongxin.hear.stations import arrival
from tongxin.hear.stations.models import DutyTurn

#: As if what waits here had been pressed so many milliseconds earlier: nobody waits that long in a test.
EARLIER = """async (by) => { for (const item of await tongxinOutbox.of(document.body.dataset.person))
    await tongxinOutbox.put({...item, at: item.at - by}); }"""


def a_while() -> timedelta:
    """Five minutes; soon after midnight less, because checking in is possible on the turn's day only."""
    now = timezone.localtime()
    return min(timedelta(minutes=5), (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / 2)


def today_s_turn(cast: Cast) -> DutyTurn:
    return DutyTurn.objects.create(
        assembly=cast.city, station=cast.door_station, member=cast.seat, state="confirmed", on=timezone.localdate(),
        begins="00:01", ends="23:59",
    )  # fmt: skip


def pressed(window: Window, turn: DutyTurn, code: str, ago: timedelta) -> datetime:
    """At the station, so long `ago`: no line, the code that was scanned leads nowhere, the form below takes it."""
    path = f"{turn.get_absolute_url()}check_in/"
    until(lambda: window.tab.evaluate(KEPT, path))
    cut(window).open(f"/desk/duty/arrive/{turn.station_id}/{code}/").reads("No line at the moment", "h1")
    window.press(str(turn.station), "main").at(path).says(OFFLINE).write(code=code)
    window.press("Check in", "form.panel").reads("Kept on this device")
    window.tab.evaluate(EARLIER, ago // timedelta(milliseconds=1))
    return timezone.now() - ago


def test_checked_in_without_a_line_it_counts_from_then(window: Opener, cast: Cast, in_turn: Edition) -> None:
    turn = today_s_turn(cast)
    ago = a_while()
    code = arrival.code(turn.station, timezone.now() - ago)
    member = window("member", in_turn, app=True).open("/desk/duty/mine/")
    moment = pressed(member, turn, code, ago)
    member.picture("check-in-kept")
    assert not faults(member.tab)
    waits(member, 1)
    turn.refresh_from_db()
    assert turn.state == "confirmed"
    reopened(member, "/desk/")
    mend(member).says("You are on duty. Write down whoever comes; at the end one sentence of summary.")
    turn.refresh_from_db()
    assert turn.state == "on_duty"
    assert abs(turn.arrived_at - moment) < timedelta(seconds=30)
    assert turn.arrival_sent_at - turn.arrived_at > ago - timedelta(seconds=30)
    member.open(turn.get_absolute_url()).sees(
        "There was no line" if in_turn.language == "en" else "当时没信号", within="main"
    )
    member.picture("checked-in-later")
    waits(member, 0)


def test_a_wrong_code_is_said_and_can_be_put_right_for_the_same_moment(window: Opener, cast: Cast) -> None:
    turn = today_s_turn(cast)
    member = window("member", Edition("phone"), app=True).open("/desk/")  # the button stands on the first page today
    moment = pressed(member, turn, "000 000", a_while())
    reopened(member, "/desk/")
    mend(member).says("Something you wrote without a line could not be taken in. The text is kept.")
    member.press("See why").press("Open and change").at(f"{turn.get_absolute_url()}check_in/")
    member.sees("屏幕上的号码", within="form.panel")
    member.write(code=arrival.code(turn.station, moment)).press("Check in", "form.panel")
    member.at(f"{turn.get_absolute_url()}$")
    turn.refresh_from_db()
    assert abs(turn.arrived_at - moment) < timedelta(seconds=60)
    assert turn.arrival_sent_at is not None
