"""Duty: turns and their moves, swaps, checking in, walk-ins, absences, ledger, calendar, idle stations."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.stations import arrival, feeds, ledger, tasks, visits
from tongxin.hear.stations.models import DutyTurn, Station, StationCheck, Unavailability
from tongxin.hear.stations.queries_duty import mine
from tongxin.hear.stations.workflow_duty import TURNS
from tongxin.kernel import door, events, figures
from tongxin.kernel.actor import system
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.inbox import waiting
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.people.models import Member, Person
from tongxin.people.workflow import MEMBER
from tongxin.shell.queries import news

pytestmark = pytest.mark.django_db
BEGINS, ENDS = time(9), time(11, 30)


def today() -> date:
    return timezone.localdate()


def another(cast: Cast, name: str = "孙萍", **more: Any) -> Member:
    person = Person.objects.create(assembly=cast.city, name=name)
    usual = {"term": cast.term, "sector": cast.other_sector, "state": "active"}
    return Member.objects.create(assembly=cast.city, person=person, **usual, **more)


def turn(cast: Cast, on: date | None = None, state: str = "scheduled", **more: Any) -> DutyTurn:
    """A turn of the cast's member, brought to `state`."""
    told = {"station": cast.door_station, "on": on or today(), "begins": BEGINS, "ends": ENDS, "member": cast.seat}
    made = door.begin(TURNS, "schedule", cast.actor("office"), told | more)
    way = {
        "scheduled": (),
        "confirmed": (("confirm", {}),),
        "on_duty": (("receive", {}),),
        "done": (("receive", {}), ("finish", {"summary": "接待居民两人。"})),
    }
    for move, data in way[state]:
        by = cast.actor("member") if move == "confirm" else cast.actor("station")
        made = door.perform(made, move, by, data)
    return made


def at(hour: int, minute: int = 0, day: date | None = None) -> datetime:
    return timezone.make_aware(datetime.combine(day or today(), time(hour, minute)))


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
    (told,) = news(cast.actor("member"))
    assert (told.about, told.url) == (str(cast.door_station), held.get_absolute_url())
    assert told.line == f"{held.on:%m-%d} 09:00–11:30"


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


def test_nobody_holds_two_turns_on_a_day(cast: Cast) -> None:
    turn(cast)
    with pytest.raises(Invalid):
        turn(cast, begins=time(14), ends=time(16))


def test_an_absence_covers_its_days_or_only_its_weekdays(cast: Cast) -> None:
    monday = date(2026, 3, 2)
    whole = Unavailability(member=cast.seat, from_on=monday, to_on=monday + timedelta(days=3))
    only = Unavailability(member=cast.seat, from_on=monday, weekdays=[2])
    assert [n for n in range(-1, 8) if whole.covers(monday + timedelta(days=n))] == [0, 1, 2, 3]
    assert [n for n in range(-6, 16) if only.covers(monday + timedelta(days=n))] == [2, 9]


# Checking in


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
    visits.write_down(visited, cast.actor("member"), {"text": "路灯坏了。", "speaker_name": "周女士"}, None, "b")
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
    assert f"{held.on:%m-%d}" in page.content.decode()
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
