"""A leader's morning: from the circle to the sector, the member, the list, and a reminder that arrives."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.window import Edition, Window
from tests.rooms.circle.conftest import Kept, kept
from tongxin.hear.contact.models import Reminder

__all__ = ["kept"]
LOOK = {"phone": ".is-narrow", "desktop": ".is-wide"}


def part(window: Window, name: str) -> None:
    """Open a part of the picture by its name."""
    picture = window.tab.locator(f"svg{LOOK[window.edition.size]}")
    picture.scroll_into_view_if_needed()
    place = picture.locator("text").filter(has_text=name).first.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    window.tab.touchscreen.tap(x, y) if window.is_phone else window.tab.mouse.click(x, y)


def test_a_leader_finds_who_is_short_and_reminds(window: Opener, cast: Cast, kept: Kept, edition: Edition) -> None:
    cast.seat.links.filter(last_on__lt=kept.today).delete()
    leader = window("leader", edition).open("/desk/circle/").picture("circle")
    part(leader, cast.sector.name)
    leader.at(rf"/desk/circle/\?sector={cast.sector.pk}$").picture("circle-sector")
    part(leader, "周岩")
    leader.at(rf"/desk/circle/\?member={cast.seat.pk}$").sees("周岩", within="h1").picture("circle-member")
    leader.press("Remind", "aside")
    leader.at(rf"/desk/circle/\?member={cast.seat.pk}$").sees("leader用户", within="aside").picture("reminded")
    assert Reminder.objects.get().about == ["links"]

    leader.press("Line of the check", "aside").at("/desk/contact/check/").sees("周岩", within="tbody")
    leader.tab.locator("tbody tr").last.locator("a.check-short").first.click()
    leader.at("/desk/contact/check/records/")

    member = window("member", edition).open("/desk/")
    member.sees("5" if edition.language == "en" else "还差")
    member.tab.locator(f"a[href*='member={cast.seat.pk}']").first.click()
    member.at("/desk/contact/check/").sees("leader用户").picture("check-member")


def test_the_picture_is_enlarged_by_wheel_and_buttons_and_shows_what_lies_under_the_hand(
    window: Opener, cast: Cast, kept: Kept
) -> None:
    leader = window("leader").open("/desk/circle/")
    picture = leader.tab.locator("svg.is-wide")
    expect(picture).to_have_attribute("viewBox", "0 0 1000 1000")
    picture.hover(position={"x": 300, "y": 120})
    leader.tab.mouse.wheel(0, -400)
    expect(picture).not_to_have_attribute("viewBox", "0 0 1000 1000")
    leader.tab.locator("[data-zoom=reset]").click()
    expect(picture).to_have_attribute("viewBox", "0 0 1000 1000")
    leader.tab.locator("[data-zoom=in]").click()
    expect(picture).to_have_attribute("viewBox", re.compile("^150 150 700"))
    leader.tab.locator("[data-zoom=out]").click()
    box = picture.locator("text").filter(has_text=cast.sector.name).first.bounding_box()
    leader.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(leader.tab.locator("[data-circle-told]")).to_contain_text(cast.sector.name)


@pytest.mark.parametrize("size", LOOK)
def test_the_circle_works_without_scripts(window: Opener, cast: Cast, kept: Kept, size: str) -> None:
    leader = window("leader", Edition(size, "zh"), js=False).open("/desk/circle/")
    part(leader, cast.other_sector.name)
    leader.at(rf"/desk/circle/\?sector={cast.other_sector.pk}$").sees("钱进", within="table")
