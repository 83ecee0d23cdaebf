"""A wrong receipt: one neutral answer, whatever is wrong with it, and a throttle on guessing."""

from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.window import Edition
from tongxin.kernel.receipts import receipt_for, shown

PHONE = Edition("phone")


def test_mistyped_and_never_given_out_look_alike(window: Opener, cast: Cast) -> None:
    cast.concern(token="given out")
    right = shown(receipt_for("given out").replace("-", ""))
    mistyped = right[:-1] + ("A" if right[-1] != "A" else "B")
    unknown = shown(receipt_for("never given out").replace("-", ""))
    person = window(edition=PHONE)
    pages = []
    for wrong in (mistyped, unknown):
        person.open("/").write(receipt=wrong).press("Look")
        person.reads("We find nothing under this receipt").picture("wrong-receipt")
        pages.append(person.tab.locator("main").inner_html().replace(wrong, "…"))
        assert person.watch.met[-1] == 404
        expect(person.tab.locator("[name=receipt]")).to_have_value(wrong)  # to be compared, not typed anew
    tokens = [page.split("csrfmiddlewaretoken")[1].split(">")[0] for page in pages]
    assert pages[0].replace(tokens[0], "") == pages[1].replace(tokens[1], "")
    person.write(receipt=right.lower().replace("-", " ")).press("Look").reads("What you said")


def test_guessing_is_slowed_down(window: Opener, cast: Cast) -> None:
    cast.concern(token="given out")
    right = receipt_for("given out")
    person = window(edition=PHONE)
    for n in range(30):
        answer = person.context.request.get(f"{person.watch.home}/r/{receipt_for(f'guess {n}')}")
        assert answer.status == 404
    person.open(f"/r/{right}").reads("One moment, please").picture("slow-down")
    assert person.watch.met[-1] == 429
