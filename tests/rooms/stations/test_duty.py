"""Duty: turns and their moves, swaps, absences, pages."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.stations.duty import another, at, today, turn
from tests.rooms.stations.rotas import rota
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.stations import tasks
from tongxin.hear.stations.models import DutyTurn, Station, Unavailability
from tongxin.hear.stations.queries.duty import mine
from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.inbox import waiting
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.people.models import Member
from tongxin.people.workflow import MEMBER
from tongxin.shell.queries import home

pytestmark = pytest.mark.django_db


# Confirming and swapping


def test_a_turn_is_confirmed_by_its_member_when_it_is_near(cast: Cast) -> None:
    near, far = turn(cast, today() + timedelta(days=10)), turn(cast, today() + timedelta(days=90))
    assert [w.record for w in waiting(cast.actor("member"))] == [near]
    door.perform(near, "confirm", cast.actor("member"))
    with pytest.raises(NotAllowed):
        door.perform(far, "confirm", cast.actor("member"))
    with pytest.raises(NotAllowed):
        door.perform(far, "confirm", cast.actor("office"))


def test_a_swap_needs_the_other_s_consent(cast: Cast) -> None:
    other = another(cast)
    mine_ = turn(cast, today() + timedelta(days=3), "confirmed")
    asked = door.perform(mine_, "offer", cast.actor("member"), {"member": other.pk, "note": "出差"})
    assert (asked.state, asked.member, asked.offered_to) == ("confirmed", cast.seat, other)
    for name in ("member", "office", "stranger"):  # nobody agrees in the other's place
        with pytest.raises(NotAllowed):
            door.perform(asked, "accept", cast.actor(name))
    given = door.perform(asked, "accept", system("test", cast.city))
    fresh = given.replaced_by.get()
    assert (given.state, fresh.state, fresh.member, fresh.on) == ("swapped", "confirmed", other, given.on)
    assert JournalEntry.objects.filter(record_type="stations.dutyturn", record_id=fresh.pk, verb="take_over").exists()


def test_who_is_told_of_a_turn_reads_where_and_when_it_is(cast: Cast) -> None:
    held = turn(cast, today() + timedelta(days=3))
    door.perform(held, "cancel", cast.actor("office"), {"reason": "站点装修"})
    (told,) = home(cast.actor("member"), 50).news
    assert (told.about, told.url) == (str(cast.door_station), held.get_absolute_url())
    assert told.line == f"{held.on.month}月{held.on.day}日 09:00–11:30"


def test_declining_and_taking_back_leave_the_turn_where_it_was(cast: Cast) -> None:
    other = another(cast)
    held = turn(cast, today() + timedelta(days=3))
    for move, by in (("decline", system("test", cast.city)), ("take_back", cast.actor("member"))):
        held = door.perform(held, "offer", cast.actor("member"), {"member": other.pk})
        held = door.perform(held, move, by, {})
        assert (held.state, held.member, held.offered_to) == ("scheduled", cast.seat, None)


def test_a_swap_with_somebody_on_duty_or_away_that_day_is_refused_with_the_reason(cast: Cast) -> None:
    day = today() + timedelta(days=3)
    busy, gone, left = another(cast), another(cast, "钱进"), another(cast, "赵敏")
    elsewhere = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    turn(cast, day, station=elsewhere, member=busy)
    Unavailability.objects.create(assembly=cast.city, member=gone, from_on=day, to_on=day)
    held = turn(cast, day)
    for member, reason in ((busy, "南市联络站"), (gone, "钱进"), (cast.seat, "")):
        with pytest.raises(Invalid) as refused:
            door.perform(held, "offer", cast.actor("member"), {"member": member.pk})
        assert reason in str(refused.value.form.errors["member"])
    # Whoever was free when asked, and no longer is, cannot agree.
    held = door.perform(held, "offer", cast.actor("member"), {"member": left.pk})
    turn(cast, day, station=elsewhere, member=left)
    with pytest.raises(Invalid) as refused:
        door.perform(held, "accept", system("test", cast.city))
    assert "南市联络站" in str(refused.value.form.non_field_errors())
    assert DutyTurn.objects.get(pk=held.pk).state == "scheduled"


def test_nobody_holds_two_turns_of_a_rota_on_a_day_nor_two_that_overlap(cast: Cast) -> None:
    of = rota(cast)
    turn(cast, rota=of)
    for hours in ({"begins": time(14), "ends": time(16), "rota": of}, {"begins": time(11), "ends": time(12)}):
        with pytest.raises(Invalid):
            turn(cast, **hours)
    turn(cast, begins=time(14), ends=time(16))  # an appointment beside the rota's turn


def test_an_absence_covers_its_days_or_only_its_weekdays(cast: Cast) -> None:
    monday = date(2026, 3, 2)
    whole = Unavailability(member=cast.seat, from_on=monday, to_on=monday + timedelta(days=3))
    only = Unavailability(member=cast.seat, from_on=monday, weekdays=[2])
    assert [n for n in range(-1, 8) if whole.covers(monday + timedelta(days=n))] == [0, 1, 2, 3]
    assert [n for n in range(-6, 16) if only.covers(monday + timedelta(days=n))] == [2, 9]


# Pages


def test_my_page_shows_the_next_turn_first(cast: Cast) -> None:
    far, near = turn(cast, today() + timedelta(days=9)), turn(cast, today() + timedelta(days=2))
    found = mine(cast.actor("member"), today())
    assert (found.next, found.ahead) == (near, [far])
    assert cast.client("member").get(reverse("duty:mine")).context["mine"].next == near


def test_entering_an_absence_names_turns_it_meets_and_can_be_taken_back(cast: Cast) -> None:
    held = turn(cast, today() + timedelta(days=2))
    client = cast.client("member")
    assert client.post(reverse("duty:away"), {"from_on": "", "to_on": ""}).status_code == 422
    page = client.post(reverse("duty:away"), {"from_on": today(), "to_on": held.on, "reason": "出差"}, follow=True)
    assert f"{held.on.month}月{held.on.day}日" in page.content.decode()
    absence = Unavailability.objects.get()
    client.post(reverse("duty:back", args=[absence.pk]))
    absence.refresh_from_db()
    assert absence.dropped_on == today()
    assert not absence.covers(today())
    assert client.post(reverse("duty:back", args=[absence.pk])).status_code == 404


def test_an_appointment_is_entered_by_the_keeper_for_the_own_station_only(cast: Cast) -> None:
    other = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    told = {"on": today() + timedelta(days=1), "begins": "09:00", "ends": "10:00", "member": cast.seat.pk}
    client = cast.client("station")
    assert client.post(reverse("duty:book"), told | {"station": other.pk}).status_code == 422
    assert client.post(reverse("duty:book"), told | {"station": cast.door_station.pk}).status_code == 302
    assert Notice.objects.filter(user=cast.member, channel="page").count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_hold_for_empty_and_full(cast: Cast, language: str) -> None:
    station = cast.door_station.pk
    paths = {
        "office": [
            "/desk/duty/", "/desk/duty/?month=2026-13", "/desk/duty/leaders/", "/desk/duty/rotas/",
            f"/desk/duty/stations/{station}/", f"/desk/duty/stations/{station}/rules/",
            f"/desk/duty/stations/{station}/ledger/?year=x", f"/desk/duty/stations/{station}/review/",
            f"/desk/duty/stations/{station}/checks/", f"/desk/duty/stations/{station}/screen/",
        ],
        "member": ["/desk/duty/mine/", "/desk/duty/away/", "/desk/duty/feed/"],
    }  # fmt: skip
    for full in (False, True):
        if full:
            turn(cast, state="done")
            turn(cast, today() + timedelta(days=1))
        for who, addresses in paths.items():
            client = cast.client(who)
            client.cookies["django_language"] = language
            with override_settings(LANGUAGE_COOKIE_NAME="django_language"):
                for path in addresses:
                    assert client.get(path).status_code == 200, path


def test_a_turn_whose_summary_was_forgotten_is_kept_all_the_same(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    DutyTurn.objects.filter(pk=held.pk).update(on=today() - timedelta(days=1))
    assert tasks.finish_forgotten(timezone.now()) == 1
    held.refresh_from_db()
    assert (held.state, held.summary) == ("done", "")
    assert ContactRecord.objects.get(origin_id=held.pk).summary == ""  # nobody is made to have said something
    assert cast.client("office").get(held.get_absolute_url()).status_code == 200


def test_whoever_was_there_writes_the_summary(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    with pytest.raises(Invalid):
        door.perform(held, "finish", cast.actor("station"), {"summary": ""})


@pytest.mark.parametrize("move", ["offer", "assign"])
def test_whom_a_turn_cannot_go_to_is_said_with_the_reason(cast: Cast, move: str) -> None:
    leave, chair, plain = another(cast), another(cast, "孙理", duty="chair"), another(cast, "钱进")
    Member.objects.filter(pk=leave.pk).update(state="leave")
    ordinary = turn(cast, today() + timedelta(days=3))
    leading = turn(cast, today() + timedelta(days=4), who="leader")
    by = cast.actor("member" if move == "offer" else "office")
    on_leave = str(MEMBER.state("leave").label)
    cases = ((ordinary, leave.pk, on_leave), (leading, plain.pk, "钱进"), (ordinary, "x", ""), (ordinary, 10**30, ""))
    for held, key, reason in cases:
        with pytest.raises(Invalid) as refused:
            door.perform(held, move, by, {"member": key})
        (said,) = refused.value.form.errors["member"]
        assert reason in said
        assert "valid" not in said
    assert door.perform(leading, move, by, {"member": chair.pk})


def test_every_weekday_can_be_named_for_an_absence(cast: Cast) -> None:
    page = cast.client("member").get(reverse("duty:away")).content.decode()
    assert [n for n in range(7) if f'name="weekdays" value="{n}"' in page] == list(range(7))


def test_on_the_day_one_checks_in_and_need_not_confirm(cast: Cast) -> None:
    held, later = turn(cast), turn(cast, today() + timedelta(days=2))
    client = cast.client("member")
    offered = [[m.name for m in client.get(t.get_absolute_url()).context["moves"]] for t in (held, later)]
    assert offered == [["offer", "check_in"], ["confirm", "offer"]]
    assert "…" not in client.get(reverse("duty:move", args=[later.pk, "offer"])).content.decode().split("btn-seal")[1]


@pytest.mark.parametrize("name", ["member", "station"])
def test_an_arrival_is_asked_for_on_no_day_but_the_turn_s_own(cast: Cast, name: str) -> None:
    over = turn(cast, today() - timedelta(days=1))
    offered = [move.name for move in cast.client(name).get(over.get_absolute_url()).context["moves"]]
    assert not {"check_in", "receive"} & set(offered)


def test_a_month_on_a_telephone_begins_today(cast: Cast) -> None:
    turn(cast, today() - timedelta(days=400))
    month = today().replace(day=1)
    if today() != month:
        turn(cast, month)
    turn(cast, today())
    page = cast.client("member").get(reverse("duty:calendar")).content.decode()
    listed = page.split('class="month-list"')[1]
    assert listed.count("<details") == (today() != month)
    assert listed.split("</details>")[-1].count("<section>") == 1
    over = cast.client("member").get(reverse("duty:calendar") + f"?month={today() - timedelta(days=400):%Y-%m}")
    assert "<details" not in over.content.decode().split('class="month-list"')[1]


def test_duty_stands_in_the_inbox_by_its_own_day_and_is_promised_on_the_first_page(cast: Cast) -> None:
    near = turn(cast, today() + timedelta(days=1))
    (line,) = waiting(cast.actor("member"))
    assert line.due_on == near.on
    client = cast.client("member")
    page = client.get("/desk/").content.decode()
    assert 'id="week"' in page
    assert 'id="undated"' not in page
    assert "我会去" in page.split("<h1>")[0]
    promise = reverse("duty:move", args=[near.pk, "confirm"])
    assert promise in page
    client.post(promise, {"version": near.version})
    assert promise not in client.get("/desk/").content.decode()


def test_a_turn_whose_hours_went_by_without_anybody_waits_for_no_promise(cast: Cast, monkeypatch) -> None:
    """The leader reads that nobody checked in; the member may still do so, late, and it does not shout."""
    held = turn(cast, state="confirmed")
    noon = at(12)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    page = cast.client("leader").get(reverse("duty:leaders")).content.decode()
    assert "未签到" in page
    page = cast.client("member").get("/desk/").content.decode().split("<h1>")[0]
    assert "补签" in page
    assert "btn-seal" not in page.split("next-turn")[1]
    assert "补签" in cast.client("member").get(held.get_absolute_url()).content.decode()


def test_a_kept_turn_waits_for_no_visitor(cast: Cast) -> None:
    page = cast.client("member").get(turn(cast, state="done").get_absolute_url()).content.decode()
    assert "没有登记来访" in page
    assert "补记" in page
    assert "还没有人来" not in page


def test_a_rota_that_is_over_was_not_a_matter_to_settle(cast: Cast) -> None:
    of = door.perform(rota(cast), "close", cast.actor("office"), {"reason": "换届"})
    assert "已结束" in cast.client("office").get(of.get_absolute_url()).content.decode()
