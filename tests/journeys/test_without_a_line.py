"""The line breaks while somebody writes: nothing is lost, nothing is sent twice, nothing is seen by anybody else."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.looking import faults
from tests.journeys.people import TEXT, photo, sign_in
from tests.journeys.window import Edition, Window
from tests.rooms.contact.conftest import Circle
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.stations.models import DutyTurn, DutyVisit
from tongxin.kernel import door

NEW = "/desk/concerns/new/"
KEPT = "async (path) => !!(await caches.match(location.origin + path))"
PAGES = "async () => (await caches.keys()).filter((name) => name.startsWith('tongxin.pages.'))"
SEND = "Write down and show the receipt"
BROKE = "The server could not take in something you wrote. It is kept and tried again by itself."
BROKE_HERE = (
    "The server could not take it in; that is its fault, not yours. It is tried again by itself. If it stays so, tell "
    "the office."
)
OFFLINE = "No line at the moment. What you write is kept on this device and sent later."


def prepared(window: Window, path: str = NEW) -> Window:
    """Signed in once with a line: the device has taken what it needs."""
    window.open("/desk/")
    until(lambda: window.tab.evaluate(KEPT, path))
    return window


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for what a page tells only through a promise."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def cut(window: Window) -> Window:
    """There is no line any more, for pages and for the service worker."""
    window.context.set_offline(True)
    return window


def mend(window: Window) -> Window:
    window.context.set_offline(False)
    return window


def reopened(window: Window, path: str) -> Window:
    """Every page is closed, and later one is opened."""
    window.tab.close()
    window.tab = window.context.new_page()
    return window.open(path)


def waits(window: Window, number: int) -> Window:
    """The badge above every page counts so many."""
    badge = window.tab.locator("[data-waits]")
    if number:
        expect(badge.locator("[data-waits-n]")).to_have_text(str(number))
        expect(badge).to_be_visible()
    else:
        expect(badge).to_be_hidden()
    return window


def written(window: Window, text: str = TEXT, picture: bool = False) -> Window:
    """A concern written down where there is no line."""
    cut(window).open(NEW).says(OFFLINE).write(text=text)
    if picture:
        window.tab.set_input_files(
            "[name=pictures]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo(320)}
        )
    return window.press(SEND).reads("Kept on this device")


def test_written_without_a_line_and_sent_once_when_it_is_back(window: Opener, edition: Edition) -> None:
    member = prepared(window("member", edition, app=True))
    written(member, picture=True).picture("kept")
    waits(member, 1)
    assert not Concern.objects.exists()
    reopened(member, "/desk/").reads("No line at the moment", "h1").sees(TEXT[:20]).picture("offline")
    assert not faults(member.tab)
    mend(member)  # the page without a line opens what was asked for by itself
    member.at(r"/desk/$").says("What you wrote without a line has been sent.")
    waits(member, 1)  # the receipt is still to be seen
    concern = Concern.objects.get()
    assert concern.text == TEXT
    assert concern.files.count() == 1
    member.open("/desk/waiting/").sees(member.words("sent")).picture("sent")
    member.press("Show the receipt").reads("Your receipt").picture("slip-sent-later")
    member.open("/desk/")
    waits(member, 0)
    assert Concern.objects.count() == 1


def test_what_is_missing_is_said_at_once_even_without_a_line(window: Opener) -> None:
    member = prepared(window("member", app=True))
    cut(member).open(NEW).press(SEND)
    expect(member.tab.locator("[name=text]")).to_have_attribute("aria-invalid", "true")
    waits(member, 0)
    member.write(text=TEXT).press(SEND).reads("Kept on this device")
    waits(member, 1)


def test_two_written_on_the_same_kept_page_are_two(window: Opener) -> None:
    member = prepared(window("member", app=True))
    written(member, "第一件：路灯坏了。")
    member.press("Write another").write(text="第二件：井盖松了。").press(SEND).reads("Kept on this device")
    waits(member, 2)
    mend(member).says("What you wrote without a line has been sent.")
    assert sorted(Concern.objects.values_list("text", flat=True)) == ["第一件：路灯坏了。", "第二件：井盖松了。"]


def test_one_that_the_server_breaks_over_holds_up_no_other(window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = door.begin

    def breaking(flow: Any, move: str, by: Any, data: Any, *rest: Any, **more: Any) -> Any:
        if "路灯" in data["text"]:
            raise RuntimeError("a mistake of ours")
        return begin(flow, move, by, data, *rest, **more)

    member = prepared(window("member", app=True))
    written(member, "第一件：路灯坏了。")
    member.press("Write another").write(text="第二件：井盖松了。").press(SEND).reads("Kept on this device")
    with monkeypatch.context() as patch:
        patch.setattr(door, "begin", breaking)
        mend(member).says(BROKE)
        until(lambda: Concern.objects.exists())
        member.open("/desk/waiting/").says(BROKE_HERE).says("waits to be sent")
        member.says("sent").picture("server-trouble")
        assert [concern.text for concern in Concern.objects.all()] == ["第二件：井盖松了。"]
        member.open(NEW).write(text="第三件：路灯又坏了。").press(SEND).reads("Kept on this device")
        member.says("The server could not take it in just now. It is tried again by itself; nothing is lost.")
    member.open("/desk/waiting/")
    until(lambda: Concern.objects.count() == 3)


def test_the_answer_is_lost_and_the_form_sent_again_makes_one_record(window: Opener) -> None:
    member = prepared(window("member", app=True)).open(NEW).write(text=TEXT)
    lost: list[int] = []

    def lose(route, request) -> None:
        lost.append(route.fetch().status)  # the server has it, the telephone does not know
        route.abort("internetdisconnected")

    member.context.route(f"**{NEW}", lambda route, request: lose(route, request), times=1)
    member.press(SEND).reads("Kept on this device")
    assert lost == [200]
    assert Concern.objects.count() == 1
    reopened(member, "/desk/").says("What you wrote without a line has been sent.")
    assert Concern.objects.count() == 1
    member.open("/desk/waiting/").press("Show the receipt").reads("Your receipt")
    assert Concern.objects.count() == 1


def test_with_a_line_the_receipt_comes_at_once(window: Opener, edition: Edition) -> None:
    member = window("member", edition).open(NEW).write(text=TEXT)
    member.press(SEND).reads("Your receipt")
    assert Concern.objects.get().text == TEXT
    until(lambda: member.tab.evaluate("sessionStorage.getItem('tongxin.shown') === null"))
    member.open("/desk/")
    waits(member, 0)


def test_what_is_refused_keeps_its_text_and_pictures(window: Opener, edition: Edition) -> None:
    member = prepared(window("member", edition, app=True))
    cut(member).open(NEW).write(text=TEXT, speaker_phone="12")
    member.tab.set_input_files("[name=pictures]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(320)})
    member.press(SEND).reads("Kept on this device")
    mend(member).says("Something you wrote without a line could not be taken in. The text is kept.")
    member.press("See why").reads("not taken in").picture("refused")
    member.press("Open and change").at(re.escape(NEW) + r"\?kept=")
    expect(member.tab.locator("[name=text]")).to_have_value(TEXT)
    expect(member.tab.locator("[name=speaker_phone]")).to_have_attribute("aria-invalid", "true")
    assert member.tab.locator("[name=pictures]").evaluate("(e) => e.files.length") == 1
    member.picture("reopened")
    assert not faults(member.tab)
    member.write(speaker_phone="").press(SEND).reads("Your receipt")
    concern = Concern.objects.get()
    assert concern.files.count() == 1
    member.open("/desk/")
    waits(member, 0)


def test_a_refusal_with_a_line_is_said_at_the_field(window: Opener) -> None:
    member = window("member").open(NEW).write(text=TEXT, speaker_phone="12").press(SEND)
    expect(member.tab.locator("[name=speaker_phone]")).to_have_attribute("aria-invalid", "true")
    expect(member.tab.locator(":focus")).to_have_attribute("name", "speaker_phone")
    member.write(speaker_phone="").press(SEND).reads("Your receipt")
    assert Concern.objects.count() == 1


def test_a_contact_is_recorded_without_a_line_in_a_few_taps(window: Opener, cast: Cast, edition: Edition) -> None:
    person = Circle(cast).enrol("王桂兰")
    Circle(cast).enrol("李建国")
    member = prepared(window("member", edition, app=True), f"/desk/contact/record/{person.pk}/")
    until(lambda: member.tab.evaluate(KEPT, "/desk/contact/"))
    cut(member).open("/desk/")  # what the telephone opens first
    member.says("No line at the moment").press("My people", "main").at("/desk/contact/$").says(OFFLINE)
    member.sees("王桂兰", "李建国").picture("my-people-offline")
    link = member.tab.locator(f"a[href='/desk/contact/record/{person.pk}/']").first
    link.tap() if member.is_phone else link.click()
    channel = member.tab.locator(".pick-tiles label").first
    channel.tap() if member.is_phone else channel.click()
    member.write(summary="聊了入冬供热，家里暖和了。").press("Save").reads("Kept on this device").picture(
        "contact-kept"
    )
    reopened(member, "/desk/contact/").says(OFFLINE)
    waits(member, 1)
    assert not ContactRecord.objects.exists()
    mend(member).says("What you wrote without a line has been sent.")
    record = ContactRecord.objects.get()
    assert (record.summary, record.on) == ("聊了入冬供热，家里暖和了。", timezone.localdate())
    assert [each.constituent_id for each in record.people.all()] == [person.pk]
    member.open("/desk/waiting/").says("sent")
    member.open("/desk/")
    waits(member, 0)
    assert ContactRecord.objects.count() == 1


def test_a_walk_in_is_written_down_without_a_line(window: Opener, cast: Cast, edition: Edition) -> None:
    turn = DutyTurn.objects.create(
        assembly=cast.city,
        station=cast.door_station,
        member=cast.seat,
        on=timezone.localdate(),
        state="on_duty",
        begins="00:01",
        ends="23:59",
    )
    path = f"/desk/duty/turns/{turn.pk}/visit/"
    keeper = window("station", edition, app=True).open(turn.get_absolute_url())
    until(lambda: keeper.tab.evaluate(KEPT, path))
    cut(keeper).open("/desk/").says("No line at the moment").press("Somebody came", "main").at(path)
    keeper.says(OFFLINE).write(text=TEXT, speaker_phone="12").press(SEND).reads("Kept on this device")
    reopened(keeper, "/desk/")
    mend(keeper).says("Something you wrote without a line could not be taken in. The text is kept.")
    assert not Concern.objects.exists()
    keeper.press("See why").press("Open and change").at(path)
    expect(keeper.tab.locator("[name=text]")).to_have_value(TEXT)
    keeper.write(speaker_phone="")
    cut(keeper).press(SEND).reads("Kept on this device")
    mend(keeper).says("What you wrote without a line has been sent.")
    visit = DutyVisit.objects.get()
    assert (visit.turn_id, visit.concern.text, visit.concern.source) == (turn.pk, TEXT, Concern.Source.VISIT)
    keeper.open("/desk/waiting/").press("Show the receipt").reads("Your receipt").picture("walk-in-slip")
    keeper.open("/desk/")
    waits(keeper, 0)
    assert DutyVisit.objects.count() == Concern.objects.count() == 1


def test_people_are_counted_without_a_line_and_once(window: Opener, cast: Cast) -> None:
    turn = DutyTurn.objects.create(
        assembly=cast.city,
        station=cast.door_station,
        member=cast.seat,
        state="on_duty",
        on=timezone.localdate(),
        begins="00:01",
        ends="23:59",
    )
    keeper = window("station", Edition("phone"), app=True).open(turn.get_absolute_url())
    until(lambda: keeper.tab.evaluate(KEPT, turn.get_absolute_url()))
    cut(keeper).open("/desk/").says("No line at the moment").press(str(turn.station), "main")
    keeper.at(turn.get_absolute_url()).says(OFFLINE).write(people="3")
    keeper.press("Only count them", "form.count-form").reads("Kept on this device")
    waits(keeper, 1)
    assert not DutyVisit.objects.exists()
    reopened(keeper, turn.get_absolute_url())
    mend(keeper).says("What you wrote without a line has been sent.")
    waits(keeper, 0)
    visit = DutyVisit.objects.get()
    assert (visit.turn_id, visit.people, visit.concern) == (turn.pk, 3, None)
    assert DutyVisit.objects.count() == 1


def test_without_a_line_it_is_said_who_enters_an_arrival(window: Opener) -> None:
    hint = (
        "To check in, open the form below and type the digits from the station's screen: the moment is kept. If there "
        "is no form, the keeper can write down afterwards that the member was there."
    )
    member = prepared(window("member", app=True))
    cut(member).open("/desk/duty/arrive/1/123456/").says(hint)
    member.open("/desk/concerns/").reads("No line at the moment", "h1")
    expect(member.tab.locator("[data-at]")).to_be_hidden()


def test_what_was_raised_at_a_contact_has_its_receipt(window: Opener, cast: Cast) -> None:
    person = Circle(cast).enrol("王桂兰")
    path = f"/desk/contact/record/{person.pk}/"
    member = prepared(window("member", app=True), path)
    cut(member).open(path)
    member.tab.locator(".pick-tiles label").first.click()
    member.tab.locator("details.fold summary").first.click()
    member.write(summary="说了井盖的事。", concern_text=TEXT).press("Save").reads("Kept on this device")
    mend(member).says("What you wrote without a line has been sent.")
    member.open("/desk/waiting/").press("Show the receipt").reads("Recorded. Give the person this receipt")
    member.open("/desk/")
    waits(member, 0)
    assert Concern.objects.get().text == TEXT
    assert ContactRecord.objects.count() == 1


def test_a_kept_form_proposes_the_day_on_which_it_is_used(window: Opener, cast: Cast) -> None:
    person = Circle(cast).enrol("王桂兰")
    path = f"/desk/contact/record/{person.pk}/"
    member = prepared(window("member", app=True), path)
    member.tab.evaluate(
        """async ([path, day]) => {
          const cache = await caches.open((await caches.keys()).find((name) => name.startsWith("tongxin.pages.")));
          const kept = await cache.match(location.origin + path);
          const yesterday = Date.now() - 24 * 3600 * 1000, then = new Date(yesterday).toLocaleDateString("sv-SE");
          const html = (await kept.text()).replace(/data-stored="\\d+"/, `data-stored="${yesterday}"`);
          await cache.put(location.origin + path, new Response(html.replaceAll(day, then), {headers: kept.headers}));
        }""",
        [path, timezone.localdate().isoformat()],
    )
    cut(member).open(path)
    expect(member.tab.locator("#id_on")).to_have_value(timezone.localdate().isoformat())


def test_a_form_that_was_saved_before_keeps_what_was_typed_now(window: Opener, cast: Cast) -> None:
    """The answer was lost, and something else was written on the same page meanwhile."""
    person = Circle(cast).enrol("王桂兰")
    member = prepared(window("member", app=True)).open(f"/desk/contact/record/{person.pk}/")
    token = member.tab.locator("form.record [name=token]").input_value()
    Circle(cast).record(person, token=f"{cast.member.pk}-{token}")
    member.tab.locator(".pick-tiles label").first.click()
    member.write(summary="这是另一次联系。").press("Save")
    expect(member.tab.locator("[data-refusal]").first).to_be_visible()
    expect(member.tab.locator("[name=summary]")).to_have_value("这是另一次联系。")
    reopened(member, "/desk/waiting/").says("things have moved on").press("Open and change")
    expect(member.tab.locator("[name=summary]")).to_have_value("这是另一次联系。")
    member.press("Save").at("/desk/contact/$")
    assert ContactRecord.objects.count() == 2
    member.open("/desk/waiting/").says("Nothing waits on this device")


def test_somebody_else_signs_in_and_finds_nothing(window: Opener, cast: Cast) -> None:
    device = prepared(window("member", app=True))
    written(device)
    hand_over(device, cast, "convener")
    mend(device).open("/desk/")
    waits(device, 0)
    device.open("/desk/waiting/").says("Nothing waits on this device").misses(TEXT[:12])
    assert not Concern.objects.exists()
    cut(device).open("/desk/search/").says("Nothing waits on this device").misses(TEXT[:12])
    mend(device).reads("Find", "h1")
    hand_over(device, cast, "member")
    device.open("/desk/").says("What you wrote without a line has been sent.")
    assert Concern.objects.get().created_by_id == cast.member.pk


def hand_over(device: Window, cast: Cast, who: str) -> None:
    """Somebody else signs in on the same device."""
    session = cast.client(who).cookies["sessionid"].value
    device.context.add_cookies([{"name": "sessionid", "value": session, "url": device.watch.home}])


def test_the_server_takes_nothing_in_under_another_name(window: Opener, cast: Cast) -> None:
    """The page is still the member's while the device is already somebody else's."""
    device = window("member").open(NEW).write(text=TEXT)
    hand_over(device, cast, "convener")
    device.press(SEND).reads("Kept on this device")
    assert not Concern.objects.exists()


def test_signed_out_meanwhile_says_so_and_sends_after_signing_in(window: Opener, cast: Cast) -> None:
    member = prepared(window("member", app=True))
    written(member)
    member.context.clear_cookies(name="sessionid")
    mend(member).says(
        "You are signed out. What you wrote is kept on this device and is sent when you have signed in again."
    )
    member.picture("signed-out")
    assert not Concern.objects.exists()
    sign_in(member.open("/desk/"), "member")
    member.says("What you wrote without a line has been sent.")
    assert Concern.objects.get().text == TEXT


def test_signing_out_wipes_the_kept_pages_and_keeps_what_was_written(window: Opener) -> None:
    member = prepared(window("member", app=True))
    written(member)
    mend(member)
    cut(member).open(NEW)
    assert member.tab.evaluate(PAGES)
    mend(member)
    until(lambda: Concern.objects.exists())
    cut(member).open(NEW).write(text="第二件：井盖松了。").press(SEND).reads("Kept on this device")
    member.context.route(
        "**/desk/outbox/", lambda route: route.abort("internetdisconnected")
    )  # the line is not good yet
    mend(member).open("/desk/")
    member.tab.locator("summary.me").click()
    member.press("Sign out").at("/$")
    until(lambda: not member.tab.evaluate(PAGES))
    cut(member).open(NEW).reads("No line at the moment", "h1").misses("第二件")
    member.context.unroute("**/desk/outbox/")
    mend(member).at("/accounts/login/")  # the page without a line opens what was asked for by itself
    sign_in(member, "member").says("What you wrote without a line has been sent.")
    assert Concern.objects.count() == 2
