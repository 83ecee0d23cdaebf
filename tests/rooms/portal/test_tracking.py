"""The holder's page: plain words, the answer, the rating; and nothing for anybody who only guesses."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.datastructures import MultiValueDict

from tests.cast import Cast
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door, receipts
from tongxin.kernel.receipts import ALPHABET, receipt_for
from tongxin.portal import receipt as receipt_pages

from .conftest import photo

pytestmark = pytest.mark.django_db
STATES = ("recorded", "triaged", "direct_help", "referred", "outcome", "declined", "answered", "disputed", "closed")
RAW = ("recorded", "direct_help", "fed_back", "triaged_at", "None", "object", "Triage")


def held(cast: Cast, state: str, **told: Any) -> tuple[Concern, str]:
    """A concern in a state, and its receipt."""
    return cast.concern(state=state, token=f"token of {state}", **told), receipt_for(f"token of {state}")


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("state", STATES)
def test_every_state_in_plain_words(cast: Cast, phone: Client, state: str) -> None:
    _concern, receipt = held(cast, state)
    response = phone.get(f"/r/{receipt}")
    assert response.status_code == 200
    page = read(response)
    main = page[page.index("<main") : page.index("</main>")]
    assert "八马路小学门口的路灯" in main
    for raw in (*RAW, "先看现场", "请核实", "联系社区换灯泡"):
        assert raw not in main, raw
    assert ("What do you think of it?" in main) == (state == "answered")


def test_nothing_is_told_before_it_is_told(cast: Cast, phone: Client) -> None:
    """What a body reports and what the office writes inside is not for the person until the person is answered."""
    _concern, receipt = held(cast, "outcome")
    assert "六盏路灯已经修好" not in read(phone.get(f"/r/{receipt}"))
    _concern, receipt = held(cast, "declined")
    assert "已经起诉的事由法院处理" not in read(phone.get(f"/r/{receipt}"))


def test_the_answer_comes_first(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "answered")
    page = read(phone.get(f"/r/{receipt}"))
    assert (
        page.index("路灯修好了，谢谢您。") < page.index("What do you think of it?") < page.index("What happened so far")
    )
    assert "六盏路灯已经修好" in page
    assert "It went to 市住房和城乡建设局" in page


def test_nobody_else_keeps_or_finds_the_page(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "answered")
    response = phone.get(f"/r/{receipt}")
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "Disallow: /r/" in phone.get("/robots.txt").content.decode()


def test_the_person_rates_and_it_stands(cast: Cast, phone: Client) -> None:
    concern, receipt = held(cast, "answered")
    sent = phone.post(f"/r/{receipt}/rate", {"value": "satisfied", "comment": "谢谢"})
    assert (sent.status_code, sent["Location"]) == (303, f"/r/{receipt}")
    concern.refresh_from_db()
    assert (concern.state, concern.rating) == ("closed", "satisfied")
    assert "You said: satisfied" in read(phone.get(f"/r/{receipt}"))
    # Sent twice: nothing happens, nobody is frightened. Another opinion afterwards is told it is too late.
    assert phone.post(f"/r/{receipt}/rate", {"value": "satisfied"}).status_code == 303
    late = phone.post(f"/r/{receipt}/rate", {"value": "not", "comment": "还是不亮"})
    assert late.status_code == 409
    assert "还是不亮" in read(late)
    concern.refresh_from_db()
    assert concern.rating == "satisfied"


def test_a_rating_that_comes_after_the_office_took_it_up_again_is_told_so(cast: Cast, phone: Client) -> None:
    concern, receipt = held(cast, "answered")
    door.perform(concern, "reopen", cast.actor("office"), {"reason": "路灯又坏了"})
    late = phone.post(f"/r/{receipt}/rate", {"value": "satisfied", "comment": "挺快"})
    assert late.status_code == 409
    assert "It is being looked at once more" in read(late)
    assert "it was rated before" not in read(late)
    assert "挺快" in read(late)


def test_not_satisfied_is_looked_at_again(cast: Cast, phone: Client) -> None:
    concern, receipt = held(cast, "answered")
    phone.post(f"/r/{receipt}/rate", {"value": "not", "comment": "又坏了"})
    concern.refresh_from_db()
    assert concern.state == "disputed"
    page = read(phone.get(f"/r/{receipt}"))
    assert "You were not satisfied" in page
    assert "又坏了" in page


def test_a_rating_needs_a_choice_and_keeps_the_words(cast: Cast, phone: Client) -> None:
    concern, receipt = held(cast, "answered")
    page = phone.post(f"/r/{receipt}/rate", {"comment": "字" * 501})
    assert page.status_code == 422
    assert "字" * 501 in read(page)
    assert "Please choose one of the three." in read(page)
    concern.refresh_from_db()
    assert concern.state == "answered"


def test_what_is_said_of_one_answer_does_not_fall_on_a_newer_one(cast: Cast, phone: Client) -> None:
    token = "rated-late"
    concern = cast.concern(state="answered", token=token)
    receipt = receipt_for(token)
    read = re.search(r'name="answer" value="(\d+)"', phone.get(f"/r/{receipt}").content.decode())[1]  # type: ignore
    office = cast.actor("office")
    door.perform(concern, "reopen", office, {"reason": "又坏了"})
    for move, told in (
        ("help", {"note": "再去看看"}),
        ("settle", {"result": "resolved", "text": "换了新灯。"}),
        ("answer", {"way": "page", "text": "换了新灯，请再看看。", "delivery": ""}),
    ):
        door.perform(concern, move, office, told)
    said = {"value": "not", "comment": "还是不亮", "answer": read}
    late = phone.post(f"/r/{receipt}/rate", said)
    assert late.status_code == 409
    page = late.content.decode()
    assert "换了新灯，请再看看。" in page
    assert "还是不亮" in page
    assert not concern.ratings.exists()
    newest = re.search(r'name="answer" value="(\d+)"', page)[1]  # type: ignore[index]
    assert phone.post(f"/r/{receipt}/rate", said | {"answer": newest}).status_code == 303
    assert concern.ratings.get().answer.text == "换了新灯，请再看看。"


@pytest.mark.parametrize("name", ["office", "station", "member"])
def test_staff_cannot_rate_or_erase(cast: Cast, name: str) -> None:
    concern, receipt = held(cast, "answered", speaker_name="刘女士", consent=True)
    client = cast.client(name)
    client.cookies["django_language"] = "en"
    for act in ("rate", "erase"):
        page = client.post(f"/r/{receipt}/{act}", {"value": "satisfied", "comment": "很好"})
        assert page.status_code == 403
        assert "Only the person who holds the receipt can do this." in read(page)
    concern.refresh_from_db()
    assert (concern.state, concern.rating, concern.speaker_name) == ("answered", "", "刘女士")


def test_erasing_name_and_number(cast: Cast, phone: Client) -> None:
    told = {"speaker_name": "刘女士", "speaker_phone": "13912342261", "consent": True}
    concern, receipt = held(cast, "referred", **told)
    assert "Have my name and number erased" in read(phone.get(f"/r/{receipt}"))
    assert phone.post(f"/r/{receipt}/erase").status_code == 303
    concern.refresh_from_db()
    assert (concern.speaker_name, concern.speaker_phone, concern.phone_index, concern.consent_at) == ("", "", "", None)
    page = read(phone.get(f"/r/{receipt}"))
    assert "erased, as you wished" in page
    assert "Have my name and number erased" not in page


def test_pictures_of_the_outcome_after_the_answer_only(cast: Cast, phone: Client) -> None:
    concern, receipt = held(cast, "referred")
    files = MultiValueDict({"pictures": [photo()]})
    door.perform(concern, "reply", cast.actor("body"), {"result": "resolved", "text": "修好了"}, files)
    pk = concern.files.get().pk
    assert phone.get(f"/r/{receipt}/files/{pk}").status_code == 404
    door.perform(concern, "answer", cast.actor("office"), {"way": "page", "text": "修好了", "delivery": ""})
    picture = phone.get(f"/r/{receipt}/files/{pk}")
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert phone.get(f"/r/{receipt}/files/{pk}?small=1").status_code == 200
    _other, others = held(cast, "recorded")
    assert phone.get(f"/r/{others}/files/{pk}").status_code == 404


def mistyped(receipt: str) -> str:
    return receipt[:-1] + ALPHABET[(ALPHABET.index(receipt[-1]) + 1) % len(ALPHABET)]


def test_one_neutral_answer_to_every_wrong_receipt(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "answered")
    wrong = [receipt_for("never given out"), mistyped(receipt), "nonsense", "AAAA", "7K2M-9QXA-4TWPH" * 3, "%00", "😀"]
    answers = [phone.get(f"/r/{each}") for each in wrong]
    answers += [phone.post(f"/r/{each}/rate", {"value": "satisfied"}) for each in wrong[:2]]
    answers += [phone.get(f"/r/{each}/files/1") for each in wrong[:2]]
    assert {answer.status_code for answer in answers} == {404}
    texts = {read(a).split("<form class")[0].split("</form>")[-1] for a in answers}
    assert len(texts) == 1
    assert "We find nothing under this receipt" in read(answers[0])


def test_mistyped_and_unknown_take_the_same_way(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "answered")
    phone.get(f"/r/{receipt}")
    counted = []
    for wrong in (receipt_for("never given out"), mistyped(receipt)):
        with CaptureQueriesContext(connection) as seen:
            phone.get(f"/r/{wrong}")
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_guessing_is_slowed_down(cast: Cast, phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt_pages, "MISSES", receipt_pages.Throttle("test.receipt", 3, 600))
    _concern, receipt = held(cast, "answered")
    assert [phone.get(f"/r/{receipt_for(str(n))}").status_code for n in range(4)] == [404, 404, 404, 429]
    slowed = phone.get(f"/r/{receipt}")
    assert slowed.status_code == 429
    assert "Retry-After" in slowed
    assert Client(REMOTE_ADDR="192.0.2.77").get(f"/r/{receipt}").status_code == 200


@pytest.mark.parametrize("write", [str.lower, lambda r: r.replace("-", " "), lambda r: f" {r.replace('0', 'O')} "])
def test_the_receipt_box_forgives(cast: Cast, phone: Client, write: Any) -> None:
    _concern, receipt = held(cast, "answered")
    sent = phone.post("/r/", {"receipt": write(receipt)})
    assert sent["Location"] == f"/r/{receipt}"
    assert phone.get(f"/r/{receipt.lower()}")["Location"] == f"/r/{receipt}"


@pytest.mark.parametrize("typed", ["abc/../desk", "///", "?x=1", "\x00", ""])
def test_the_receipt_box_survives_anything(cast: Cast, phone: Client, typed: str) -> None:
    sent = phone.post("/r/", {"receipt": typed}, follow=True)
    assert sent.status_code in (200, 404)


def test_the_receipt_is_read_aloud_symbol_by_symbol(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "recorded")
    page = read(phone.get(f"/r/{receipt}?new=1"))
    assert f'aria-label="{receipts.spoken(receipt)}"' in page


def test_few_queries(cast: Cast, phone: Client) -> None:
    _concern, receipt = held(cast, "answered")
    phone.get(f"/r/{receipt}")
    with CaptureQueriesContext(connection) as seen:
        phone.get(f"/r/{receipt}")
    assert len(seen) <= 7, [query["sql"][:120] for query in seen]
