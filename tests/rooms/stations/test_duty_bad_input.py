"""What people do wrong at the pages of duty, and what a hand-made request tries: refused with words, nothing lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, at, today, turn
from tests.rooms.stations.rotas import beginning, rota, rule, worked_out
from tongxin.hear.stations import arrival, tasks
from tongxin.hear.stations.models import DutyTurn, Rota, RotaRule, Station, Unavailability
from tongxin.hear.stations.workflow.rota import ROTAS
from tongxin.kernel import door
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


# Rules and rotas


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from_on": "2030-03-05", "to_on": "2030-03-07"}, "to_on"),  # Tuesday to Thursday, the rule is for Mondays
        ({"from_on": "2020-01-01", "to_on": "2020-12-31"}, "to_on"),  # all of it is over
        ({"from_on": "2030-03-05", "to_on": "2030-03-01"}, "to_on"),
        ({"begins": "11:00", "ends": "09:00"}, "ends"),
        ({"from_on": "someday"}, "from_on"),
    ],
)
def test_a_rule_without_any_day_is_refused_and_says_so(cast: Cast, days: dict[str, str], field: str) -> None:
    address = reverse("duty:rules", args=[cast.door_station.pk])
    page = cast.client("office").post(address, {"words": "每周一 1 名委员", "save": "1"} | days)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "每周一 1 名委员" in page.content.decode()
    assert not RotaRule.objects.exists()


def test_a_rule_whose_days_are_not_understood_is_refused_with_its_words(cast: Cast) -> None:
    address = reverse("duty:rules", args=[cast.door_station.pk])
    page = cast.client("office").post(address, {"words": "每三周周三 1 名委员", "save": "1"})
    assert page.status_code == 422
    assert "每三周周三1名委员" in str(page.context["form"].errors["words"])
    assert not RotaRule.objects.exists()


def test_a_rule_that_asks_for_more_people_than_there_are_is_warned_of(cast: Cast) -> None:
    address = reverse("duty:rules", args=[cast.door_station.pk])
    client = cast.client("office")
    few = {
        words: client.post(address, {"words": words}).context["preview"]["few"]
        for words in ("每周一 1 名委员", "每周一 2 名委员", "每周一 1 名领导", "预约 3 名委员")
    }
    assert few == {"每周一 1 名委员": None, "每周一 2 名委员": 1, "每周一 1 名领导": 0, "预约 3 名委员": 1}
    assert "notice amber" in client.post(address, {"words": "每周一 1 名领导"}).content.decode()


def test_a_rule_that_asks_for_more_than_those_who_fit_can_take_is_warned_of(cast: Cast) -> None:
    address, client = reverse("duty:rules", args=[cast.door_station.pk]), cast.client("office")

    def shown(words: str) -> tuple[int | None, dict[str, int] | None]:
        preview = client.post(address, {"words": words}).context["preview"]
        return preview["few"], preview["over"]

    # One member at three turns a month, by the parameter: four or five Mondays are too many.
    assert shown("每周一 1 名委员") == (None, {"asked": 5, "most": 3})
    assert shown("每月第一个周一 1 名委员") == (None, None)
    for name in ("孙萍", "钱进"):
        another(cast, name)  # of another sector
    assert shown("每周一 1 名委员") == (None, None)
    frame = {"name": "本期", "from_on": timezone.localdate(), "to_on": timezone.localdate(), "holidays": "skip"}
    office = cast.actor("office")
    of = door.begin(ROTAS, "draft", office, frame | {"match": "require", "per_month": 2})
    assert shown("每周一 1 名委员") == (None, {"asked": 5, "most": 2})  # of the sector there is one
    assert shown("每月第一个周一 2 名委员") == (1, None)
    door.perform(of, "close", office, {"reason": "期满"})
    assert shown("每周一 1 名委员") == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_on": "2030-05-02", "to_on": "2030-05-01"}, {"from_on": "2030-01-01", "to_on": "2032-01-01"},
        {"per_month": "0"}, {"per_month": "many"}, {"match": "anybody"}, {"holidays": ""}, {"name": " "},
        {"to_on": "2030-02-30"},
    ],
)  # fmt: skip
def test_a_frame_that_makes_no_sense_is_refused_and_kept(cast: Cast, wrong: dict[str, str]) -> None:
    told = {"name": "下半年", "from_on": "2030-01-01", "to_on": "2030-06-30", "per_month": "3"}
    told |= {"match": "prefer", "holidays": "skip"} | wrong
    page = cast.client("office").post(reverse("duty:rota_new"), told)
    assert page.status_code == 422
    assert set(page.context["form"].errors) <= {*wrong, "to_on"}
    assert not Rota.objects.exists()


def test_a_rota_that_no_rule_asks_for_says_so(cast: Cast) -> None:
    of = rota(cast)
    worked_out(cast, of)
    page = cast.client("office").get(of.get_absolute_url()).content.decode().split('id="found"')[1].split("<aside")[0]
    assert page.count("notice amber") == 1
    assert "notice jade" not in page


def test_a_rota_is_nobody_s_but_the_office_s(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    for who in ("stranger", "member", "station", "leader"):
        for move in ("work_out", "publish", "close", "no_such"):
            answer = cast.client(who).post(reverse("duty:rota_move", args=[of.pk, move]), {"reason": "x"})
            assert answer.status_code in (403, 404), (who, move)
    assert cast.client("office").post(reverse("duty:rota_move", args=[of.pk, "no_such"])).status_code in (403, 404)
    assert cast.client("office").post(reverse("duty:rota_move", args=[of.pk, "publish"])).status_code == 422
    assert (Rota.objects.get().state, DutyTurn.objects.exists()) == ("draft", False)


# Checking in


@pytest.mark.parametrize(("clock", "late"), [(time(0, 5), -535), (time(23, 50), 890)])
def test_whoever_checks_in_at_an_odd_hour_of_the_day_is_recorded_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, clock: time, late: int
) -> None:
    held, now = turn(cast), at(clock.hour, clock.minute)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client = cast.client("member")
    page = client.post(reverse("duty:arrive", args=[held.station_id, arrival.code(held.station, now)]), follow=True)
    assert page.status_code == 200
    held.refresh_from_db()
    assert (held.state, held.late_by, held.arrived_at) == ("on_duty", late, now)
    assert "tag amber" in client.get(held.get_absolute_url()).content.decode()


def test_whoever_comes_when_the_day_is_over_is_told_and_the_keeper_enters_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = turn(cast)
    after = timezone.make_aware(datetime.combine(today() + timedelta(days=1), time(0, 20)))
    monkeypatch.setattr(timezone, "now", lambda: after)
    told = {"code": arrival.code(held.station, after)}
    page = cast.client("member").post(reverse("duty:move", args=[held.pk, "check_in"]), told)
    assert page.status_code == 422
    said = page.content.decode()
    assert f"{held.on}" in said
    assert "请联络站站长或办公室补记" in said
    tasks.find_missed(after)
    held.refresh_from_db()
    kept = door.perform(held, "vouch", cast.actor("station"), {"summary": "到岗，签到时已过零点"})
    assert kept.state == "done"


def test_nobody_checks_in_for_somebody_else(cast: Cast) -> None:
    held = turn(cast, member=another(cast))
    told = {"code": arrival.code(held.station, timezone.now())}
    assert cast.client("member").post(reverse("duty:move", args=[held.pk, "check_in"]), told).status_code in (403, 404)
    arriving = reverse("duty:arrive", args=[held.station_id, told["code"]])
    assert cast.client("member").post(arriving).context["turn"] is None
    assert DutyTurn.objects.get().state == "scheduled"


# Swapping


def asking(cast: Cast, held: DutyTurn, member: Any) -> Any:
    return cast.client("member").post(reverse("duty:move", args=[held.pk, "offer"]), {"member": member, "note": "出差"})


def test_a_swap_that_cannot_be_is_refused_on_the_page_with_the_reason(cast: Cast) -> None:
    day = today() + timedelta(days=3)
    held, busy, away = turn(cast, day), another(cast), another(cast, "钱进")
    elsewhere = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    turn(cast, day, station=elsewhere, member=busy)
    Unavailability.objects.create(assembly=cast.city, member=away, from_on=day, to_on=day)
    gone = another(cast, "赵敏")
    Member.objects.filter(pk=gone.pk).update(state="resigned")
    for member, reason in ((busy.pk, "南市联络站"), (away.pk, "钱进"), (cast.seat.pk, ""), (gone.pk, ""), ("", "")):
        page = asking(cast, held, member)
        assert page.status_code == 422
        assert reason in str(page.context["form"].errors["member"])
        assert "出差" in page.content.decode()
    assert DutyTurn.objects.get(pk=held.pk).offered_to is None


def test_members_of_another_assembly_and_turns_of_others_are_out_of_reach(cast: Cast) -> None:
    held = turn(cast, today() + timedelta(days=3))
    stranger = another(cast)
    Member.objects.filter(pk=stranger.pk).update(assembly=cast.elsewhere)
    assert asking(cast, held, stranger.pk).status_code == 422
    others = turn(cast, today() + timedelta(days=4), member=another(cast, "钱进"))
    assert asking(cast, others, cast.seat.pk).status_code in (403, 404)
    accept = reverse("duty:move", args=[others.pk, "accept"])
    assert cast.client("member").post(accept).status_code in (403, 404)
    for hidden in ("take_over", "schedule", "free", "vacate", "miss", "blot", "forget", "record"):
        assert cast.client("office").post(reverse("duty:move", args=[held.pk, hidden])).status_code in (403, 404)


def test_whoever_got_a_turn_meanwhile_is_refused_when_agreeing_and_the_page_says_why(cast: Cast) -> None:
    day = today() + timedelta(days=3)
    other = another(cast)
    asked = door.perform(turn(cast, day, member=other), "offer", system_actor(cast), {"member": cast.seat.pk})
    elsewhere = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    turn(cast, day, station=elsewhere)
    page = cast.client("member").post(reverse("duty:move", args=[asked.pk, "accept"]))
    assert page.status_code == 422
    assert "南市联络站" in page.content.decode().split("<aside")[0]
    assert DutyTurn.objects.get(pk=asked.pk).member == other


def test_a_swap_answered_twice_is_told_so(cast: Cast) -> None:
    asked = turn(cast, beginning(), member=another(cast))
    asked = door.perform(asked, "offer", system_actor(cast), {"member": cast.seat.pk})
    client = cast.client("member")
    answers = [client.post(reverse("duty:move", args=[asked.pk, "accept"])).status_code for _twice in range(2)]
    assert answers[0] == 302
    assert answers[1] in (403, 404, 409)
    assert DutyTurn.objects.filter(member=cast.seat, state="confirmed").count() == 1
