"""A whole text pasted into an address is refused in words, also when it is longer than servers take."""

from __future__ import annotations

from tests.journeys.conftest import Opener
from tests.journeys.test_without_a_line import prepared
from tests.journeys.window import Edition


def test_a_whole_text_in_an_address(window: Opener) -> None:
    visitor = window(edition=Edition("phone", "zh"))
    assert visitor.tab.goto(visitor.watch.home + "/stations/?q=" + "路" * 3000).status == 414
    assert visitor.tab.locator("h1").inner_text() == "内容太长了"
    member = prepared(window("member", Edition("phone", "zh"), app=True))
    member.tab.goto(member.watch.home + "/desk/search/?q=" + "路" * 10_000)
    assert member.tab.locator("h1").inner_text() == "内容太长了"
    # What the worker asked for on the page's behalf counts as a part of it; here it is meant.
    member.watch.troubles[:] = [each for each in member.watch.troubles if not each.startswith("414: ")]
