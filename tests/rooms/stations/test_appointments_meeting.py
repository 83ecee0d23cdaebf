"""What is given to whoever asked for an appointment: beside other duty, and what follows when it comes to nothing."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, at, today, turn
from tests.rooms.stations.test_appointments import MATTER, agreed, asked, elsewhere, working_day
from tongxin.hear.stations.models import DutyTurn
from tongxin.hear.stations.tasks import find_missed
from tongxin.hear.stations.workflow.places import STATIONS
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.inbox import waiting
from tongxin.kernel.models import Notice
from tongxin.kernel.receipts import receipt_for

pytestmark = pytest.mark.django_db


# Finding one again


def test_an_answered_request_is_found_again_from_the_list_the_turn_and_the_station(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    waits = asked(cast, "2", matter="想问问公交改线")
    turn_page = request.turn.get_absolute_url()
    listing = reverse("duty:appointments")
    for name in ("office", "station", "convener"):
        client = cast.client(name)
        page = client.get(f"{listing}?station={cast.door_station.pk}").content.decode()
        assert request.get_absolute_url() in page, name
        assert waits.get_absolute_url() in page, name
        assert request.get_absolute_url() not in client.get(f"{listing}?state=asked").content.decode(), name
        assert request.get_absolute_url() in client.get(turn_page).content.decode(), name
        assert listing in client.get(reverse("duty:station", args=[cast.door_station.pk])).content.decode(), name
    member = cast.client("member")
    assert member.get(listing).status_code == 403
    assert request.get_absolute_url() not in member.get(turn_page).content.decode()
    assert request.matter not in cast.client("stranger").get(listing).content.decode()


def test_whoever_may_answer_is_told_of_a_request(cast: Cast) -> None:
    asked(cast)
    told = set(Notice.objects.values_list("user", flat=True))
    assert {cast.users[name].pk for name in ("office", "station", "convener")} <= told
    assert cast.users["member"].pk not in told


# Beside other duty


def test_a_visitor_comes_to_a_turn_that_is_there_and_its_member_is_told(cast: Cast) -> None:
    held = turn(cast, working_day(), "confirmed")
    Notice.objects.all().delete()
    request = agreed(cast, asked(cast), begins="09:30", ends="10:00")
    assert (request.turn, request.begins, DutyTurn.objects.count()) == (held, time(9, 30), 1)
    assert Notice.objects.filter(user=cast.member).exists()
    assert "09:30–10:00" in cast.client().get(f"/r/{receipt_for('1')}").content.decode()
    page = cast.client("member").get(held.get_absolute_url()).content.decode()
    assert "供热" in page
    request = agreed(cast, request, begins="14:00", ends="14:30")  # the rota's turn stays
    held.refresh_from_db()
    assert (held.state, request.turn.begins, request.turn != held) == ("confirmed", time(14), True)


def test_two_turns_a_day_do_not_overlap_and_may_follow_each_other(cast: Cast) -> None:
    turn(cast, working_day(), station=elsewhere(cast))  # 9:00 to 11:30
    request = asked(cast)
    with pytest.raises(Invalid):
        agreed(cast, request, begins="11:00", ends="12:00")
    request = agreed(cast, request, begins="11:30", ends="12:00")
    assert request.turn.begins == time(11, 30)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyTurn.objects.create(
            assembly=cast.city, station=elsewhere_again(cast), on=working_day(), begins=time(11, 30), ends=time(13),
            member=cast.seat, state="scheduled",
        )  # fmt: skip


def elsewhere_again(cast: Cast):  # type: ignore[no-untyped-def]
    return DutyTurn.objects.exclude(station=cast.door_station).get().station


@pytest.mark.parametrize("by", ["station", "convener", "office"])
def test_another_hour_of_the_same_day_with_the_same_member(cast: Cast, by: str) -> None:
    request = agreed(cast, asked(cast), by)
    first = request.turn
    request = agreed(cast, request, by, begins="09:15", ends="10:00")
    first.refresh_from_db()
    assert (first.state, request.turn.begins, request.made_turn) == ("cancelled", time(9, 15), True)


def test_a_turn_stays_while_somebody_else_comes_to_it(cast: Cast) -> None:
    first = agreed(cast, asked(cast), ends="10:00")
    second = agreed(cast, asked(cast, "2"), begins="09:30", ends="10:00")
    assert second.turn == first.turn
    first = agreed(cast, first, on=working_day(10))
    second.refresh_from_db()
    assert (second.turn.state, second.made_turn) == ("scheduled", True)
    agreed(cast, second, on=working_day(12))
    assert DutyTurn.objects.order_by("on").first().state == "cancelled"


def test_visitors_come_to_whoever_took_the_turn_over(cast: Cast) -> None:
    request, other = agreed(cast, asked(cast)), another(cast)
    door.perform(request.turn, "offer", system_actor(cast), {"member": other.pk})
    door.perform(DutyTurn.objects.get(), "accept", system_actor(cast), {})
    request.refresh_from_db()
    assert (request.turn.member, request.turn.state) == (other, "confirmed")


# What comes of it


def test_a_missed_meeting_is_looked_for_anew_and_whoever_answers_is_told(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    DutyTurn.objects.update(on=today() - timedelta(days=1))
    Notice.objects.all().delete()
    assert find_missed(at(3)) == 1
    request.refresh_from_db()
    assert (request.state, request.turn) == ("asked", None)
    assert request.due_on is not None
    assert {cast.users[name].pk for name in ("office", "station", "convener")} <= set(
        Notice.objects.values_list("user", flat=True)
    )
    assert request in [found.record for found in waiting(cast.actor("station"))]
    request = door.perform(request, "met_already", cast.actor("station"))
    assert (request.state, request.due_on) == ("met", None)


def test_a_meeting_that_took_place_is_over(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    DutyTurn.objects.update(on=today())
    held = door.perform(DutyTurn.objects.get(), "receive", cast.actor("station"))
    door.perform(held, "finish", cast.actor("station"), {"summary": "谈了供热。"})
    request.refresh_from_db()
    assert request.state == "met"
    page = cast.client("station").get(request.get_absolute_url()).content.decode()
    assert "/agree/" not in page
    assert cast.client().get(f"/r/{receipt_for('1')}").status_code == 200


# What somebody comes for


def test_the_matter_is_for_those_whom_it_concerns(cast: Cast) -> None:
    request = asked(cast)
    form = cast.client("station").get(reverse("duty:appointment_move", args=[request.pk, "agree"])).content.decode()
    assert f'value="{MATTER}"' not in form
    request = agreed(cast, request, on=today(), purpose="供热 13946901158", member=another(cast).pk)
    day = reverse("duty:calendar") + f"?day={today()}&month={today():%Y-%m}"
    for name, reads in (("member", False), ("leader", False), ("office", True), ("station", True), ("convener", True)):
        client = cast.client(name)
        page = client.get(request.turn.get_absolute_url()).content.decode()
        assert ("供热" in page) is reads, name
        assert "13946901158" not in page
        assert "供热" not in client.get(day).content.decode(), name


# A station that receives nobody


@pytest.mark.parametrize("move", ["suspend", "close"])
def test_a_station_that_closes_leaves_nobody_waiting(cast: Cast, move: str) -> None:
    ahead, request, waits = turn(cast, today() + timedelta(days=40)), agreed(cast, asked(cast)), asked(cast, "2")
    over = turn(cast, today() - timedelta(days=9), "scheduled", member=another(cast))
    Notice.objects.all().delete()
    told = {"reason": "站点装修", "told": "本站装修至年底，请预约南市站。"}
    station = door.perform(cast.door_station, move, cast.actor("office"), told)
    for record in (ahead, over, request, waits):
        record.refresh_from_db()
    assert (ahead.state, over.state) == ("cancelled", "scheduled")
    assert (request.state, waits.state, request.turn) == ("refused", "refused", None)
    assert not station.turns.filter(state="scheduled", on__gte=today()).exists()
    assert Notice.objects.filter(user=cast.member, event__verb="cancel").exists()
    assert "请预约南市站" in cast.client().get(f"/r/{receipt_for('2')}").content.decode()
    assert STATIONS.state(station.state).name in ("suspended", "closed")
