"""Several concerns at once, with the keyboard and with the mouse; what cannot be moved is named."""

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.window import LANGUAGES, Edition
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door

TEXTS = ("路灯坏了半个多月。", "公交站牌看不清。", "井盖松了，一过车就响。", "小区夜里噪音大。")


@pytest.fixture
def said(cast: Cast) -> list[Concern]:
    return [cast.concern(text=text) for text in TEXTS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_the_keyboard(window: Opener, cast: Cast, said: list[Concern], language: str) -> None:
    office = window("office", Edition("desktop", language)).open("/desk/concerns/")
    expect(office.tab.locator("[data-batch]")).to_be_hidden()
    for _step in range(3):
        office.tab.keyboard.press("j")
        office.tab.keyboard.press("x")
    expect(office.tab.locator("[data-chosen]")).to_have_text("3")
    office.picture("queue-ticked").press("Triage together").at("/desk/concerns/batch/").picture("batch")
    # Meanwhile somebody else deals with one of them.
    taken = Concern.objects.get(pk=int(office.tab.locator("[name=id]").first.get_attribute("value")))
    door.perform(taken, "help", cast.actor("committee"), {"note": "已在办"})
    office.choose(sector=str(cast.other_sector.pk)).write(note="一并去看")
    office.tab.locator("form.panel button[name=kind]").click()
    office.sees(taken.number).picture("batch-report")
    assert Concern.objects.filter(state="triaged", sector=cast.other_sector).count() == 2
    assert Concern.objects.get(pk=taken.pk).state == "direct_help"
    office.press("Back to the list").at("/desk/concerns/")


def test_a_range_with_the_mouse_is_declined(window: Opener, cast: Cast, said: list[Concern]) -> None:
    office = window("office", Edition("desktop", "en")).open("/desk/concerns/")
    ticks = office.tab.locator(".queue .tick")
    ticks.first.click()
    ticks.last.click(modifiers=["Shift"])
    expect(office.tab.locator("[data-chosen]")).to_have_text(str(len(TEXTS)))
    office.press("Decline…", ".batch").choose(reason="lawsuit")
    office.tab.locator("form.panel button[name=kind]").click()
    assert not Concern.objects.filter(state="declined").exists()  # the explanation is missing, and that is said
    assert office.watch.met[-1] == 422
    office.write(text="由法院处理。").tab.locator("form.panel button[name=kind]").click()
    office.sees(f"{len(TEXTS)} concerns are done")
    assert Concern.objects.filter(state="declined").count() == len(TEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_the_phone_and_without_javascript(window: Opener, cast: Cast, said: list[Concern], language: str) -> None:
    office = window("office", Edition("phone", language), js=False).open("/desk/concerns/")
    for tick in office.tab.locator(".queue .tick").all()[:2]:
        tick.tap()
    office.press("Triage together").picture("batch-phone")
    office.choose(sector=str(cast.sector.pk)).tab.locator("form.panel button[name=kind]").tap()
    office.at("/desk/concerns/batch/").press("Back to the list")
    assert Concern.objects.filter(state="triaged").count() == 2
