"""A member's minute: the phone is opened, a contact is recorded, in at most six taps."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.window import Edition, Window
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact.models import ConstituentLink, ContactRecord
from tongxin.hear.contact.workflow import CONSTITUENTS
from tongxin.kernel import door

PHONE = Edition("phone", "zh")
FIVE = ("王桂兰", "李志强", "孙晓梅", "赵磊", "陈玉芬")
CONSENT = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact", "tell_result"]}


@pytest.fixture
def five(cast: Cast) -> None:
    for number, name in enumerate(FIVE):
        told = {"name": name, "sector": cast.sector, "place": f"第{number}小区", "phone": f"1394690115{number}"}
        door.begin(CONSTITUENTS, "enrol", cast.actor("member"), told | CONSENT)


class Thumb:
    """Taps, and counts them; typing is no tap."""

    def __init__(self, window: Window) -> None:
        self.window, self.taps = window, 0

    def tap(self, selector: str, text: str = "") -> Thumb:
        place = self.window.tab.locator(selector)
        (place.filter(has_text=text) if text else place).filter(visible=True).first.tap()
        self.taps += 1
        return self


@pytest.mark.django_db(transaction=True)
def test_from_open_phone_to_saved_record_in_six_taps(window: Opener, cast: Cast, five: None) -> None:
    phone = window("member", PHONE).open("/desk/")
    thumb = Thumb(phone)
    expect(phone.tab.locator(".near-one")).to_have_count(5)
    thumb.tap(".near-one:has-text('孙晓梅') a.btn")
    thumb.tap(".pick-tiles .pick", "走访座谈")
    thumb.tap("[name=summary]")
    phone.tab.keyboard.type("问了问课后服务，说延到六点正合适。")
    thumb.tap(".record button.btn-seal")
    phone.at(reverse("contact:mine")).sees("记下了")
    assert thumb.taps <= 6
    contact = ContactRecord.objects.get()
    assert [person.name for person in contact.met.all()] == ["孙晓梅"]
    assert (contact.channel, contact.summary) == ("visit", "问了问课后服务，说延到六点正合适。")
    assert ConstituentLink.objects.get(last_on__isnull=False).constituent.name == "孙晓梅"
    phone.picture("members-minute")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without"])
def test_something_raised_ends_with_a_receipt(window: Opener, cast: Cast, five: None, js: bool) -> None:
    phone = window("member", PHONE, js=js).open("/desk/")
    thumb = Thumb(phone)
    thumb.tap(".near-one:has-text('王桂兰') a.btn").tap(".pick-tiles .pick", "走访座谈")
    phone.write(summary="说起楼道的灯")
    thumb.tap("summary", "群众反映了一件事")
    phone.write(concern_text="三单元楼道灯坏了半个月，老人上下楼看不见。")
    thumb.tap(".record button.btn-seal")
    expect(phone.tab.locator("#code")).to_be_visible()
    concern = Concern.objects.get()
    assert (concern.source, concern.speaker_name) == ("contact", "王桂兰")
    receipt = "".join(phone.tab.locator("#code").inner_text().split())
    window(edition=PHONE).open(f"/r/{receipt}").sees("三单元楼道灯")


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_is_kept_when_something_is_missing(window: Opener, cast: Cast, five: None) -> None:
    phone = window("member", PHONE).open("/desk/contact/record/")
    phone.write(summary="聊了聊供热")
    phone.tab.locator(".record").evaluate("form => form.noValidate = true")
    Thumb(phone).tap(".record button.btn-seal")
    expect(phone.tab.locator(".field-error").first).to_be_visible()
    expect(phone.tab.locator("[name=summary]")).to_have_value("聊了聊供热")
    assert not ContactRecord.objects.exists()
