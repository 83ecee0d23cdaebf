"""On a slow line the answer to what was asked for first may come last: what somebody chose stays open."""

from playwright.sync_api import Route

from tests.cast import Cast
from tests.journeys.conftest import Opener

FIRST, CHOSEN = "北新街垃圾清运不及时。", "公交站牌看不清。"


def test_the_chosen_one_stays_open(window: Opener, cast: Cast) -> None:
    first, chosen = cast.concern(text=FIRST), cast.concern(text=CHOSEN)
    office = window("office")
    held: list[Route] = []
    office.tab.route(f"**/desk/concerns/{first.pk}/", lambda route: held.append(route))
    with office.tab.expect_request(f"**/desk/concerns/{first.pk}/"):
        office.open("/desk/concerns/")
    office.tab.locator(".queue a.row-title").filter(has_text=CHOSEN[:-1]).click()
    office.sees(CHOSEN[:-1], within=".reading-title").at(f"/desk/concerns/{chosen.pk}/")
    for route in held:
        route.continue_()
    office.tab.wait_for_load_state("networkidle")
    office.sees(CHOSEN[:-1], within=".reading-title")
