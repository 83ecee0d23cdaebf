"""A leader's morning: from the circle to the sector, the member, the list, and a reminder that arrives."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image
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


BANDS = {"30 days": "1f7a5c", "60": "7fb39a", "90": "c98a2b", "longer": "b1261c"}  # as in circle.css


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler draws the pages (Debian: apt install poppler-utils)")
def test_every_band_is_there_on_paper(window: Opener, cast: Cast, kept: Kept, tmp_path: Path) -> None:
    leader = window("leader").open("/desk/circle/print/")
    rest = leader.tab.locator("svg.circle-picture > :not(.circle-dots), .circle-legend-row")
    rest.evaluate_all("parts => parts.forEach(part => part.remove())")  # arcs and bars bear the same colours
    paper = tmp_path / "circle.pdf"
    leader.tab.pdf(path=paper, prefer_css_page_size=True, print_background=True)
    subprocess.run(["pdftoppm", "-r", "100", "-png", "-l", "1", paper, tmp_path / "page"], check=True)
    counts = dict(_pixels(next(tmp_path.glob("page*.png"))))
    found = {band: counts.get(colour, 0) for band, colour in BANDS.items()}
    assert min(found.values()) > 60, found


def _pixels(path: Path) -> list[tuple[str, int]]:
    with Image.open(path) as page:
        colours = page.convert("RGB").getcolors(1 << 24) or []
    return [("".join(f"{part:02x}" for part in colour), count) for count, colour in colours]


def test_a_wide_check_keeps_its_names_in_sight(window: Opener, cast: Cast, kept: Kept) -> None:
    """In English and with long names it fits a desk; on less it scrolls in its frame, and the names stay."""
    cast.sector.name_en = "Youth League, Youth Federation and Science Associations"
    cast.sector.save()
    leader = window("leader", Edition("desktop", "en")).open("/desk/contact/check/?by=sector")
    box = leader.tab.locator(".check-box")
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    leader.tab.set_viewport_size({"width": 800, "height": 900})
    assert box.evaluate("e => { e.scrollLeft = 9999; return e.scrollLeft }") > 40
    shift = "e => e.querySelector('tbody th').getBoundingClientRect().left - e.getBoundingClientRect().left"
    assert 0 <= box.evaluate(shift) <= 2
