"""Two people at the same concern: the second sees what the first did, and keeps what they wrote."""

from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import find, move
from tests.journeys.window import Edition
from tongxin.hear.concerns.models import Concern
from tongxin.people.models import Body

NOTE = "已电话联系街道，周五前装好两盏临时灯。"


def test_the_second_sees_the_first_and_keeps_the_text(window: Opener, cast: Cast, crosswise: Edition) -> None:
    title = cast.concern(state="triaged").title
    first, second = window("office"), window("committee", crosswise)
    for editor in (first, second):
        find(editor, title)
    second.press("Help directly", "#decide").tab.locator("#move-form").wait_for()
    second.write(note=NOTE)

    move(first, "Sector and topic…", {"severity": "3"})
    second.press("Help directly", "#move-form").reads("Somebody was quicker").picture("stale")
    second.sees("office用户", NOTE)
    assert Concern.objects.get().state == "triaged"

    second.press("Open it as it stands now").sees(title, within=".reading-title")
    second.press("Help directly", "#decide").tab.locator("#move-form").wait_for()
    expect(second.tab.locator("#move-form [name=note]")).to_have_value(NOTE)  # not to be typed again
    second.press("Help directly", "#move-form").sees(NOTE)
    assert Concern.objects.get().state == "direct_help"


def test_what_is_no_longer_possible_is_said_and_nothing_is_lost(window: Opener, cast: Cast, in_turn: Edition) -> None:
    title = cast.concern(state="triaged").title
    first, second = window("office"), window("committee", in_turn)
    for editor in (first, second):
        find(editor, title)
    second.press("Help directly", "#decide").tab.locator("#move-form").wait_for()
    second.write(note=NOTE)
    move(first, "Refer to a body", {"body": cast.roads.pk})
    second.press("Help directly", "#move-form").sees(NOTE).picture("conflict")
    assert Concern.objects.get().state == "referred"
    second.press("Open it as it stands now").sees(title, within=".reading-title")


def test_a_reference_record_is_not_overwritten_either(window: Opener, cast: Cast, crosswise: Edition) -> None:
    first, second = window("admin"), window("office", crosswise)
    page = f"/manage/institutions/bodies/{cast.roads.pk}/"
    first.open(page)
    second.open(page).write(name="市住房和城乡建设管理局")
    first.write(short="市住建局").press("Save")
    first.at("/manage/institutions/bodies/$")
    second.press("Save").sees("admin用户").picture("stale-register")
    expect(second.tab.locator("[name=name]")).to_have_value("市住房和城乡建设管理局")
    assert Body.objects.get(pk=cast.roads.pk).name == "市住房和城乡建设局"
