"""Requests for appointments on the desk: who answers them, what comes of them, what is kept."""

from __future__ import annotations

from datetime import date, time, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, today, turn
from tests.rooms.stations.rotas import rule
from tongxin.hear.contact.workflow import CONSTITUENTS
from tongxin.hear.stations import hours
from tongxin.hear.stations.models import Appointment, DutyTurn, Station
from tongxin.hear.stations.workflow.appointments import APPOINTMENTS
from tongxin.kernel import actor as actors
from tongxin.kernel import door, personal
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.inbox import waiting
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.kernel.workdays import is_working_day
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db
MATTER = "想说说小区供热的事"


def working_day(after: int = 3) -> date:
    day = today() + timedelta(days=after)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def asked(cast: Cast, key: str = "1", **more: Any) -> Appointment:
    told = {
        "station": cast.door_station, "matter": MATTER, "asker_name": "周桂兰", "asker_phone": "13946901158",
        "receipt_index": receipt_index(receipt_for(key)),
    }  # fmt: skip
    return door.begin(APPOINTMENTS, "ask", actors.public(cast.city), told | more)


def agreed(cast: Cast, request: Appointment, by: str = "office", **more: Any) -> Appointment:
    told = {"on": working_day(), "begins": "09:00", "ends": "09:30", "member": cast.seat.pk, "purpose": "供热"}
    return door.perform(request, "agree", cast.actor(by), told | more)


def elsewhere(cast: Cast) -> Station:
    return Station.objects.create(assembly=cast.city, code="N002", name="南市联络站", state="active")


def holder(request: Appointment) -> Any:
    return actors.holder(request.receipt_index, request.assembly)


def test_a_request_waits_for_office_keeper_and_convener_and_for_nobody_else(cast: Cast) -> None:
    request = asked(cast)
    for name, sees in (("office", True), ("station", True), ("convener", True), ("member", False), ("stranger", False)):
        found = [w.record for w in waiting(cast.actor(name)) if isinstance(w.record, Appointment)]
        assert (found == [request]) is sees, name
        page = cast.client(name).get(request.get_absolute_url())
        assert (page.status_code == 200) is sees, name
    assert Notice.objects.filter(user=cast.station).exists()
    assert request.due_on is not None


def test_only_people_without_an_account_ask(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        door.begin(
            APPOINTMENTS, "ask", cast.actor("member"),
            {"station": cast.door_station, "matter": MATTER, "receipt_index": "x"},
        )  # fmt: skip


@pytest.mark.parametrize("by", ["office", "station", "convener"])
def test_an_answer_makes_a_turn_of_the_member_s(cast: Cast, by: str) -> None:
    request = agreed(cast, asked(cast), by, reply="请带上供热发票。")
    held = DutyTurn.objects.get()
    assert (request.state, request.turn, request.reply) == ("agreed", held, "请带上供热发票。")
    assert (held.member, held.station, held.begins, held.purpose) == (cast.seat, cast.door_station, time(9), "供热")
    assert held.state == "scheduled"
    assert Notice.objects.filter(user=cast.member).exists()  # who confirms
    assert not [w for w in waiting(cast.actor("office")) if w.record == request]
    assert request.due_on is None


def test_whoever_is_busy_is_refused_with_the_reason_and_nothing_is_done(cast: Cast) -> None:
    turn(cast, working_day(), station=elsewhere(cast))
    request = asked(cast)
    with pytest.raises(Invalid) as refused:
        agreed(cast, request)
    assert "南市联络站" in str(refused.value.form.errors["member"])
    request.refresh_from_db()
    assert (request.state, DutyTurn.objects.count()) == ("asked", 1)
    for wrong in ({"on": today() - timedelta(days=1)}, {"ends": "08:00"}, {"member": ""}):
        with pytest.raises(Invalid):
            agreed(cast, request, **wrong)
    with pytest.raises(NotAllowed):
        agreed(cast, request, "member")


def test_not_possible_needs_a_reason_and_is_final(cast: Cast) -> None:
    request = asked(cast)
    with pytest.raises(Invalid):
        door.perform(request, "refuse", cast.actor("office"), {"reply": ""})
    request = door.perform(request, "refuse", cast.actor("station"), {"reply": "本月站点装修，请到南市站。"})
    assert (request.state, request.due_on) == ("refused", None)
    with pytest.raises(IllegalMove):
        agreed(cast, request)


def test_another_time_takes_the_place_of_the_first_one(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    first = request.turn
    later = working_day(10)
    request = agreed(cast, request, on=later)
    first.refresh_from_db()
    assert (first.state, request.state, request.turn.on) == ("cancelled", "agreed", later)


def test_a_cancelled_meeting_is_looked_for_anew_whoever_held_it(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    other = another(cast)
    door.perform(request.turn, "offer", system_actor(cast), {"member": other.pk})
    door.perform(DutyTurn.objects.get(), "accept", system_actor(cast), {})
    request.refresh_from_db()
    assert request.turn.member == other
    door.perform(request.turn, "cancel", cast.actor("office"), {"reason": "停电"})
    request.refresh_from_db()
    assert (request.state, request.turn, request.begins) == ("asked", None, None)
    assert request.due_on is not None
    assert [w.record for w in waiting(cast.actor("station")) if isinstance(w.record, Appointment)] == [request]


def test_the_person_takes_it_back_and_nobody_waits(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    for wrong in (cast.actor("office"), actors.holder("x", cast.city)):
        with pytest.raises(NotAllowed):
            door.perform(request, "withdraw", wrong)
    request = door.perform(request, "withdraw", holder(request))
    assert (request.state, DutyTurn.objects.get().state) == ("withdrawn", "cancelled")
    with pytest.raises(IllegalMove):
        door.perform(request, "withdraw", holder(request))


# Hours


def test_a_wish_outside_the_hours_by_appointment_is_marked(cast: Cast) -> None:
    assert asked(cast, "0", part="afternoon").outside is False  # the station names no hours
    rule(cast, "预约 9:00-11:30")
    day = working_day()
    weekend = day + timedelta(days=1)
    while is_working_day(weekend):
        weekend += timedelta(days=1)
    told = [
        asked(cast, f"{n}", **wish).outside
        for n, wish in enumerate(
            ({}, {"wish_on": day, "part": "morning"}, {"wish_on": day, "part": "afternoon"}, {"wish_on": weekend}), 1
        )
    ]
    assert told == [False, False, True, True]
    page = cast.client("office").get(Appointment.objects.order_by("-id")[0].get_absolute_url()).content.decode()
    assert "不在预约时段" in page
    assert "09:00–11:30" in page


def test_a_time_outside_the_hours_is_given_and_said(cast: Cast) -> None:
    rule(cast, "预约 9:00-11:30")
    client, request = cast.client("office"), asked(cast)
    address = reverse("duty:appointment_move", args=[request.pk, "agree"])
    sent = {"on": working_day(), "begins": "14:00", "ends": "14:30", "member": cast.seat.pk}
    assert "不在本站的预约接待时段" in client.post(address, sent, follow=True).content.decode()
    booked = {"station": cast.door_station.pk, **sent, "on": working_day(8)}
    assert "不在本站的预约接待时段" in client.post(reverse("duty:book"), booked, follow=True).content.decode()
    within = booked | {"on": working_day(12), "begins": "09:00", "ends": "10:00"}
    assert "不在本站的预约接待时段" not in client.post(reverse("duty:book"), within, follow=True).content.decode()
    page = client.get(reverse("duty:book") + f"?station={cast.door_station.pk}").content.decode()
    assert "09:00–11:30" in page


def test_hours_end_with_their_rule(cast: Cast) -> None:
    made = rule(cast, "预约 9:00-11:30")
    day = working_day()
    made.to_on = day - timedelta(days=1)
    assert hours.within([made], day) is False
    assert hours.within([made], None, begins=time(9), ends=time(9, 30)) is True
    assert hours.within([made], None, begins=time(9), ends=time(12)) is False
    assert hours.within([], day, begins=time(20), ends=time(21)) is True


# Whoever asked


def test_name_and_number_are_masked_and_looking_is_noted(cast: Cast) -> None:
    request = asked(cast)
    client = cast.client("station")
    page = client.get(request.get_absolute_url()).content.decode()
    assert "13946901158" not in page.replace(" ", "")
    assert "周桂兰" not in page
    shown = client.post(reverse("duty:appointment_reveal", args=[request.pk])).content.decode()
    assert "周桂兰" in shown
    assert JournalEntry.objects.filter(verb="revealed", record_id=request.pk).count() == 1
    nameless = asked(cast, "2", asker_name="", asker_phone="")
    assert client.post(reverse("duty:appointment_reveal", args=[nameless.pk])).status_code == 404


def test_name_and_number_go_after_their_time_or_at_the_person_s_wish(cast: Cast) -> None:
    old, own, kept = asked(cast), asked(cast, "2"), asked(cast, "3")
    Appointment.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=220))
    with pytest.raises(NotAllowed):
        door.perform(own, "forget", cast.actor("office"))
    door.perform(own, "forget", holder(own))
    personal.erase_expired(timezone.now())
    names = dict(Appointment.objects.order_by("id").values_list("pk", "consent_at"))
    assert [names[each.pk] is None for each in (old, own, kept)] == [True, True, False]
    old.refresh_from_db()
    assert (old.asker_name, old.asker_phone, old.matter) == ("", "", MATTER)


def test_what_it_was_about_goes_after_its_time_though_no_name_was_left(cast: Cast) -> None:
    """What is over is emptied with the turns' summaries, and what was never answered as long after its answer was due;
    it still counts."""
    over, waits = (asked(cast, key, asker_name="", asker_phone="") for key in ("1", "2"))
    over = door.perform(over, "refuse", cast.actor("office"), {"reply": "请到南市站。"})
    Appointment.objects.filter(pk=waits.pk).update(
        due_on=today() + timedelta(days=90)
    )  # as when it was looked for anew
    personal.erase_expired(timezone.now() + timedelta(days=700))
    over.refresh_from_db()
    assert (over.matter, over.reply) == (MATTER, "请到南市站。")
    later = timezone.now() + timedelta(days=760)
    personal.erase_expired(later)
    over.refresh_from_db()
    waits.refresh_from_db()
    assert (over.matter, over.reply, over.purpose, waits.matter) == ("", "", "", MATTER)
    assert (over.state, over.asked_at is not None, Appointment.objects.count()) == ("refused", True, 2)
    entry = JournalEntry.objects.get(verb="empty")
    assert (entry.record_id, entry.actor_kind, MATTER in str(entry.facts)) == (over.pk, "system", False)
    assert str(over.station) in cast.client("office").get(over.get_absolute_url()).content.decode()
    assert cast.client().get(f"/r/{receipt_for('1')}").status_code == 200
    personal.erase_expired(later)  # and only once
    assert JournalEntry.objects.filter(verb="empty").count() == 1
    personal.erase_expired(later + timedelta(days=90))
    waits.refresh_from_db()
    assert (waits.state, waits.matter) == ("asked", "")


NAMED = {"matter": "周桂兰家供热，电话139-4690 1158", "asker_name": "周桂兰"}


def named(cast: Cast) -> Appointment:
    """A request that names the asker in every text, as the first meeting that fell away and the one now do."""
    request = asked(cast, **NAMED)
    first = agreed(cast, request, purpose=NAMED["matter"], reply="周桂兰请带发票。")
    return agreed(cast, first, purpose="周桂兰供热", reply="周桂兰请带发票。", on=working_day(10))


def texts() -> list[str]:
    told = [text for row in Appointment.objects.values_list("matter", "reply") for text in row]
    return [*told, *DutyTurn.objects.order_by("id").values_list("purpose", flat=True)]


BLOTTED = ["＊＊家供热，电话＊＊", "＊＊请带发票。", "＊＊家供热，电话＊＊", "＊＊供热"]


@pytest.mark.parametrize("why", ["own", "expired", "forget", "withdraw"])
def test_an_asker_goes_from_everything_that_was_written(cast: Cast, why: str) -> None:
    request = named(cast)
    bystander = asked(cast, "2", asker_name="吴秀英", asker_phone="13900002222", matter="问问停车的事")
    open_turn = turn(cast, working_day(20))
    before = timezone.now() - timedelta(days=300)  # not made for the request
    DutyTurn.objects.filter(pk=open_turn.pk).update(member=None, purpose="周桂兰来访", created_at=before)
    if why == "own":
        door.perform(request, "forget", holder(request))
    elif why == "expired":
        Appointment.objects.filter(pk=request.pk).update(asked_at=timezone.now() - timedelta(days=220))
        personal.erase_expired(timezone.now())
    else:
        consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
        told = {"name": "周桂兰", "phone": "13946901158", "sector": cast.sector, "member": cast.seat}
        person = door.begin(CONSTITUENTS, "enrol", cast.actor("office"), consent | told)
        given = {"on": today().isoformat()} if why == "withdraw" else {}
        door.perform(person, why, cast.actor("office"), given)
    request.refresh_from_db()
    assert (request.asker_name, request.asker_phone, request.phone_index, request.consent_at) == ("", "", "", None)
    found = texts()
    assert [text for text in BLOTTED if text in found] == BLOTTED
    assert ("＊＊来访" in found) is (why == "forget")  # of a turn that nobody holds, when the person goes everywhere
    bystander.refresh_from_db()
    assert (bystander.asker_name, bystander.phone_index != "", bystander.matter) == ("吴秀英", True, "问问停车的事")


def test_a_namesake_without_a_number_is_forgotten_once_nobody_waits(cast: Cast) -> None:
    waits, over = (asked(cast, key, asker_phone="") for key in "12")
    door.perform(over, "refuse", cast.actor("office"), {"reply": "请到南市站。"})
    consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": []}
    told = {"name": "周桂兰", "phone": "", "sector": cast.sector}
    person = door.begin(CONSTITUENTS, "enrol", cast.actor("office"), consent | told)
    door.perform(person, "forget", cast.actor("office"))
    left = dict(Appointment.objects.values_list("pk", "asker_name"))
    assert left == {waits.pk: "周桂兰", over.pk: ""}


def test_numbers_of_before_are_indexed_too(cast: Cast) -> None:
    request, nameless = asked(cast), asked(cast, "2", asker_name="", asker_phone="")
    wanted = request.phone_index
    Appointment.objects.update(phone_index="")
    import_module("tongxin.hear.stations.migrations.0009_appointment_numbers").index(apps, None)
    assert dict(Appointment.objects.values_list("pk", "phone_index")) == {request.pk: wanted, nameless.pk: ""}


def test_a_convener_answers_for_the_own_sector_only(cast: Cast) -> None:
    cast.door_station.sector = cast.other_sector
    cast.door_station.save()
    request = asked(cast)
    assert RoleGrant.objects.get(user=cast.users["convener"]).scope == cast.sector.pk
    assert cast.client("convener").get(request.get_absolute_url()).status_code == 404


def test_the_administrator_neither_reads_nor_answers_what_people_ask_for(cast: Cast) -> None:
    """The form promises that only the keeper, the convener and the office read it."""
    request = agreed(cast, asked(cast))
    client = cast.client("admin")
    assert client.get(request.get_absolute_url()).status_code == 403
    assert not waiting(cast.actor("admin"))
    assert "供热" in cast.client("office").get(request.turn.get_absolute_url()).content.decode()
    assert "供热" not in client.get(request.turn.get_absolute_url()).content.decode()
    assert client.get("/desk/duty/").status_code == 200


def test_a_wish_on_a_day_when_nobody_is_there_is_taken_with_a_word(cast: Cast) -> None:
    """A station without hours by appointment is kept by its rota: Wednesdays, say."""
    Station.objects.filter(pk=cast.door_station.pk).update(hours="每周三 9:00—11:30")
    wednesday = today() + timedelta(days=(2 - today().weekday()) % 7 + 7)
    while not is_working_day(wednesday):
        wednesday += timedelta(days=7)
    rule(cast, "每周三 1 名委员 9:00-11:30")
    assert not asked(cast, "1", wish_on=wednesday).outside
    assert asked(cast, "2", wish_on=wednesday + timedelta(days=4)).outside
    assert not asked(cast, "3").outside
    assert "每周三 9:00—11:30" in cast.client().get("/s/A001/meet").content.decode()
    page = cast.client().get(f"/r/{receipt_for('2')}").content.decode()
    assert "每周三 9:00—11:30" in page
    assert ("当天没有委员值班" in page, "时段内" in page) == (True, False)  # the station may be open all the same
    request = Appointment.objects.get(receipt_index=receipt_index(receipt_for("2")))
    assert "当天没有委员值班" in cast.client("office").get(request.get_absolute_url()).content.decode()


def test_a_rota_rule_says_nothing_of_the_days_before_it_begins(cast: Cast) -> None:
    made = rule(cast, "每周三 1 名委员 9:00-11:30")
    thursday = today() + timedelta(days=(3 - today().weekday()) % 7)
    assert not hours.kept_on(cast.door_station, thursday)
    type(made).objects.filter(pk=made.pk).update(from_on=thursday + timedelta(days=1))
    assert hours.kept_on(cast.door_station, thursday)
