"""The chain: scanned, said, triaged, handled, answered, rated, counted; and the turns it can take."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import ANSWER, REPLY, TEXT, TITLE, attach, find, move, photo, rate, receipt_of, say, sign_in
from tests.journeys.window import Edition
from tongxin.hear.concerns.models import Concern


def state() -> str:
    return Concern.objects.get().state


def test_from_code_to_answer(window: Opener, cast: Cast, edition: Edition) -> None:
    cast.concern("北新街垃圾清运不及时，夏天气味很大。")
    person, office, body = window(edition=edition), window(edition=edition), window(edition=edition)
    office.who, body.who = "office", "body"
    receipt = say(person)

    sign_in(office, "office").at("/desk/$").sees(TITLE)
    triage_by_keyboard(office, cast)
    concern = Concern.objects.get(title__startswith=TITLE)
    assert (concern.state, concern.sector_id) == ("triaged", cast.sector.pk)
    assert TEXT in concern.text
    move(office, "Refer to a body", {"body": cast.roads.pk}, note="请十天内核实并修复")
    office.sees(cast.roads.name, within="article").picture("referred")

    sign_in(body, "body")
    find(body).misses("王大姐", "13812345678").sees(TEXT)
    body.press("Reply", "#decide").tab.locator("#move-form").wait_for()
    body.tab.set_input_files(
        "#move-form [type=file]", {"name": "修好了.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    body.choose(result="resolved").write(text=REPLY).press("Reply", "#move-form")
    body.reads("Your reply is in. The office tells the person.").picture("replied")

    person.open(f"/r/{receipt}").picture("track-outcome").misses(REPLY)
    find(office).sees(REPLY)
    move(office, "Tell the person", {"way": "page"}, text=ANSWER).sees(ANSWER).picture("told")

    rate(person, receipt, "satisfied", "修得很快").sees("修得很快").picture("rated")
    person.open(f"/r/{receipt}").sees(ANSWER, within=".portal-result")
    office.tab.reload()
    office.sees("修得很快").reads("satisfied").reads("This is closed. Nothing is left to do.").picture("closed")
    open_the_number(office)


def test_pictures_taken_one_after_another_all_go(window: Opener, cast: Cast) -> None:
    """The camera gives one at a time, the album several; each can be taken out again."""
    person = window(edition=Edition("phone", "zh"))
    person.open("/s/A001").write(text=TEXT)
    shots = person.tab.locator("#previews figure")
    for number, (place, side) in enumerate((("#shot", 64), ("#shot", 65), ("#chosen", 66), ("#shot", 900)), 1):
        picture = {"name": f"{side}.jpg", "mimeType": "image/jpeg", "buffer": photo(side)}
        person.tab.set_input_files(place, picture)
        expect(shots).to_have_count(number)
    shots.nth(1).locator("button").click()
    expect(shots).to_have_count(3)
    person.tab.get_by_role("button", name="提交，拿回执").click()
    person.tab.wait_for_url(lambda url: "/r/" in url)
    assert sorted(Concern.objects.get().files.values_list("file__name", flat=True)) == ["64.jpg", "66.jpg", "900.jpg"]


def triage_by_keyboard(office, cast: Cast) -> None:
    """Through the list with J and Enter; the form with the keyboard on the desktop, with the finger on the phone."""
    office.open("/desk/").press("Concerns", ".side" if not office.is_phone else ".tabbar")
    office.at("/desk/concerns/").tab.locator(".queue a.row-title").first.wait_for()
    office.picture("queue")
    if office.is_phone:
        office.tab.locator(".queue a.row-title").filter(has_text=TITLE).tap()
    else:
        titles = office.tab.locator(".queue a.row-title").all_inner_texts()
        for _step in range(next(n for n, each in enumerate(titles) if TITLE in each) + 1):
            office.tab.keyboard.press("j")
        expect(office.tab.locator(":focus")).to_contain_text(TITLE)
        office.tab.keyboard.press("Enter")
    office.sees(TITLE, within=".reading-title").picture("reading")
    move(office, "Triage", {"sector": cast.sector.pk, "committee": cast.committee_.pk}, note="先看现场")
    office.sees(TITLE, within=".reading-title").picture("triaged")


def open_the_number(office) -> None:
    """The figures page counts both concerns, and its number leads to the very record."""
    office.open("/figures/").picture("figures")
    number = office.tab.locator(".fig-line").filter(has_text=office.words("Concerns heard")).locator("a.opens").first
    expect(number).to_have_text("2")
    number.click()
    office.picture("records")
    office.tab.locator("table a").filter(has_text=Concern.objects.get(state="closed").number).first.click()
    office.at(r"/desk/concerns/\d+/").sees(TITLE, within=".reading-title")


def test_not_satisfied_is_taken_up_again(window: Opener, cast: Cast, in_turn: Edition) -> None:
    person, office = window(edition=in_turn), window("office", in_turn)
    receipt = say(person, picture=False, phone="")
    find(office)
    move(office, "Triage", {"sector": cast.sector.pk})
    move(office, "Help directly", note="联系社区换井盖")
    move(office, "Record the outcome", {"result": "resolved"}, text=REPLY)
    move(office, "Tell the person", {"way": "page"}, text=ANSWER)
    rate(person, receipt, "not", "又塌了").sees("又塌了").reads("we are looking at it once more").picture("disputed")
    assert state() == "disputed"
    find(office).sees("又塌了").picture("disputed-desk")
    move(office, "Take it up again", reason="再去现场看一次")
    office.sees(ANSWER)
    assert state() == "triaged"
    person.open(f"/r/{receipt}").sees(ANSWER).picture("track-again")


def test_declined_with_a_reason(window: Opener, cast: Cast, in_turn: Edition) -> None:
    person, office = window(edition=in_turn), window("office", in_turn)
    receipt = say(person, picture=False)
    find(office)
    move(office, "Decline…", {"reason": "lawsuit"}, text="已经起诉的事由法院处理，可打 12348 问法律援助。")
    move(office, "Tell the person", {"way": "phone"})
    office.reads("Say when it was and how it went.").picture("delivery-missing")
    assert state() == "declined"
    office.write(delivery="11月2日上午，本人接听").press("Tell the person", "#move-form")
    office.sees("11月2日上午，本人接听")
    person.open(f"/r/{receipt}").sees("12348").picture("track-declined")


def test_direct_help_and_somebody_who_cannot_be_reached(window: Opener, cast: Cast, crosswise: Edition) -> None:
    person, office = window(edition=crosswise), window("office", crosswise)
    receipt = say(person, picture=False)
    person.open(f"/r/{receipt}").picture("track-recorded")
    find(office)
    move(office, "Help directly", note="联系社区")
    person.open(f"/r/{receipt}").picture("track-help")
    move(office, "Record the outcome", {"result": "in_progress"}, text="先围了警示带，周五换井盖。")
    move(office, "Tell the person", {"way": "unreached"}, delivery="打了三次无人接听")
    office.sees("打了三次无人接听").picture("unreached")
    person.open(f"/r/{receipt}").sees("先围了警示带").misses("打了三次无人接听")


def test_the_number_is_shown_only_when_asked_for_and_noted(window: Opener, cast: Cast) -> None:
    person, office = window(edition=Edition("phone")), window("office")
    receipt = say(person, picture=False)
    find(office).misses("13812345678").press("Show (is noted)")
    office.sees("138 1234 5678").reads("(noted that you looked)").picture("revealed")
    person.open(f"/r/{receipt}").press("Have my name and number erased").press("Yes, erase both")
    person.reads("Your name and number were erased, as you wished")
    office.tab.reload()
    office.reads("left no name").misses("王大姐")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_javascript(window: Opener, cast: Cast, language: str) -> None:
    phone, desk = Edition("phone", language), Edition("desktop", language)
    person, office = window(edition=phone, js=False), window(edition=desk, js=False)
    person.open("/").picture("portal-plain").press("I have something to say").at("/say/").open("/s/A001")
    attach(person.write(text=TEXT), photo()).press("Send it and get a receipt")
    receipt = receipt_of(person.reads("We have it."))

    sign_in(office, "office").press("Concerns", ".side").at("/desk/concerns/").picture("queue-plain")
    office.tab.locator(".queue a.row-title").first.click()
    move(office.sees(TEXT), "Triage", {"sector": cast.sector.pk})
    move(office, "Help directly", note="联系社区")
    move(office, "Record the outcome", {"result": "resolved"}, text=REPLY)
    move(office, "Tell the person", {"way": "page"}, text=ANSWER).picture("told-plain")

    person.open("/").write(receipt=receipt.lower().replace("-", " ")).press("Look").sees(ANSWER)
    rate(person, receipt, "fair").reads("thank you").picture("rated-plain")
    assert state() == "closed"
    person.open("/figures/").open("/stations/").sees(cast.door_station.name)


def test_a_double_tap_makes_one_concern(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    person.open("/s/A001").write(text=TEXT)
    person.tab.locator("form[data-keep] button.btn-seal").dblclick()
    receipt = receipt_of(person.reads("We have it."))
    assert Concern.objects.count() == 1
    person.open(f"/r/{receipt}").reads("What you said").sees(TEXT)


def test_the_line_breaks_while_sending(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    person.open("/s/A001").write(text=TEXT)
    person.context.set_offline(True)
    with person.tab.expect_event("requestfailed"):
        person.press("Send it and get a receipt")
    person.context.set_offline(False)
    person.open("/s/A001").reads("What you had written before is back.").picture("restored")
    expect(person.tab.locator("[name=text]")).to_have_value(TEXT)
    person.press("Send it and get a receipt").reads("We have it.")
    assert Concern.objects.count() == 1
    person.open("/s/A001")
    assert not person.tab.locator("[name=text]").input_value()  # what was taken in is not offered again


def test_the_same_page_sent_twice_without_javascript(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"), js=False)
    person.open("/s/A001").write(text=TEXT)
    token = person.tab.locator("[name=token]").input_value()
    first = receipt_of(person.press("Send it and get a receipt").reads("We have it."))
    again = person.context.request.post(
        person.watch.home + "/s/A001",
        form={"text": TEXT, "token": token, "csrfmiddlewaretoken": csrf(person)},
        headers={"Referer": person.watch.home + "/s/A001"},
    )
    assert first in again.url
    assert Concern.objects.count() == 1


def csrf(window) -> str:
    return next(each["value"] for each in window.context.cookies() if each["name"] == "csrftoken")


def test_large_text(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    person.open("/s/A001").write(text=TEXT)
    person.press("Large text").sees(person.words("Normal text"))
    expect(person.tab.locator("[name=text]")).to_have_value(TEXT)  # nothing typed is lost
    expect(person.tab.locator("html.large")).to_be_visible()
    person.picture("speak-large").press("Send it and get a receipt").reads("We have it.")
    expect(person.tab.locator("html.large")).to_be_visible()  # the choice stays
    person.picture("receipt-large").press("Normal text").reads("We have it.")
    expect(person.tab.locator("html.large")).to_have_count(0)


def test_the_language_switch_keeps_the_page(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    receipt = say(person, picture=False)
    person.open(f"/r/{receipt}")
    person.tab.locator("button[name=language]").filter(visible=True).tap()
    person.at(f"/r/{receipt}$").sees("What you said").picture("track-en")
    expect(person.tab.locator("html")).to_have_attribute("lang", "en")
    person.open("/s/A001").sees("What would you like to say?")
    person.tab.locator("button[name=language]").filter(visible=True).tap()
    person.at("/s/A001$").reads("What would you like to say?")


def test_what_was_typed_survives_the_language_switch(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    person.open("/s/A001").write(text=TEXT)
    person.tab.wait_for_timeout(400)  # the keeper of drafts waits for a pause in typing
    person.tab.locator("button[name=language]").filter(visible=True).tap()
    person.sees("What you had written before is back.")
    expect(person.tab.locator("[name=text]")).to_have_value(TEXT)
