"""Saying something: nothing typed is lost, nothing is said twice, nothing harmful gets in."""

from __future__ import annotations

import html
import threading
import uuid
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.rooms.kernel.test_files import bomb_png
from tongxin.hear.concerns.models import Concern
from tongxin.hear.stations.models import Station
from tongxin.portal import queries, speaking

from .conftest import TEXT, photo, receipt_of

pytestmark = pytest.mark.django_db
Say = Callable[..., Any]


def test_a_station_hears_it_and_gives_a_receipt(cast: Cast, phone: Client, say: Say) -> None:
    sent = say(topic="road", speaker_name="刘女士", speaker_phone="139 1234 2261", pictures=[photo(), photo("b.jpg")])
    assert sent.status_code == 303
    concern = Concern.objects.get()
    assert (concern.text, concern.topic, concern.source, concern.state) == (TEXT, "road", "code", "recorded")
    assert (concern.station, concern.county, concern.sector) == (cast.door_station, cast.county, cast.sector)
    assert (concern.speaker_name, concern.speaker_phone) == ("刘女士", "+8613912342261")
    assert concern.consent_at
    assert concern.files.count() == 2
    given = phone.get(sent["Location"])
    assert given.status_code == 200
    assert "".join(f"<span>{group}</span>" for group in receipt_of(sent).split("-")[:1]) in given.content.decode()
    assert "What happens next" in given.content.decode()


def test_only_the_text_is_needed(say: Say) -> None:
    assert say().status_code == 303
    concern = Concern.objects.get()
    assert not concern.speaker_phone
    assert concern.consent_at is None


def test_without_a_station(cast: Cast, say: Say) -> None:
    assert say("/say/", county=cast.county.pk).status_code == 303
    concern = Concern.objects.get()
    assert (concern.station, concern.county, concern.source) == (None, cast.county, "portal")


def test_nobody_chooses_assembly_station_or_receipt_by_hand(cast: Cast, say: Say) -> None:
    say(assembly=cast.elsewhere.pk, station="", receipt_index="0" * 64, county=cast.elsewhere.pk)
    concern = Concern.objects.get()
    assert (concern.assembly, concern.station, concern.county) == (cast.city, cast.door_station, cast.county)
    assert concern.receipt_index != "0" * 64


KEPT = ("𠮷野家旁边 👩\u200d👩\u200d👧 㐂", "  第一行\n\n  第二行\t尾", "<script>alert(1)</script> & <b>粗</b>")


@pytest.mark.parametrize("text", KEPT)
def test_words_are_kept_exactly_and_shown_as_words(phone: Client, say: Say, text: str) -> None:
    page = phone.get(say(text=text)["Location"].removesuffix("?new=1"))
    assert Concern.objects.get().text == text
    shown = page.content.decode()
    assert html.escape(text.strip().splitlines()[0]) in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "required"),
        (" \u200b\n", "required"),
        ("灯\x07坏了", "cannot be shown"),
        ("abc\u202egnp.exe", "reverses the reading direction"),
        ("字" * 2001, "at most 2000"),
    ],
)
def test_bad_text_is_refused_in_words_and_kept(say: Say, text: str, why: str) -> None:
    page = say(text=text, topic="road", speaker_name="老赵", speaker_phone="13912342261")
    assert page.status_code == 422
    assert not Concern.objects.exists()
    shown = page.content.decode()
    assert why in shown
    for typed in ("老赵", "13912342261", 'value="road"'):
        assert typed in shown
    if len(text) > 10:
        assert text in html.unescape(shown)


def test_a_wrong_number_keeps_the_text(say: Say) -> None:
    page = say(speaker_phone="1391234226").content.decode()
    assert TEXT in page
    assert "11 digits" in page


def big_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("huge.jpg", b"\xff\xd8\xff" + bytes(30 * 1024 * 1024), "image/jpeg")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (lambda: [big_photo()], "“huge.jpg” is too large (30.0 MB)"),
        (lambda: [SimpleUploadedFile("holiday.jpg", b"MZ\x90\x00" + bytes(3000), "image/jpeg")], "“holiday.jpg”"),
        (lambda: [SimpleUploadedFile("bomb.png", bomb_png(), "image/png")], "“bomb.png”"),
        (lambda: [photo(f"{n}.jpg") for n in range(7)], "At most 6 files"),
    ],
    ids=["30 MB", "program", "bomb", "seven"],
)
def test_bad_pictures_are_refused_in_words(say: Say, files: Callable[[], list], why: str) -> None:
    page = say(pictures=files())
    assert page.status_code == 422
    shown = html.unescape(page.content.decode())
    assert why in shown
    assert TEXT in shown
    assert "Pictures must be chosen again" in shown
    assert not Concern.objects.exists()


def test_far_too_much_is_not_even_read(phone: Client) -> None:
    page = phone.post("/s/A001", {"text": TEXT}, CONTENT_LENGTH=str(settings.REQUEST_LIMIT + 1))
    assert page.status_code == 413
    assert "larger than the 100 MB" in page.content.decode()


def test_the_same_form_twice_is_one_concern_with_one_receipt(say: Say) -> None:
    token = str(uuid.uuid4())
    first, second = say(token=token, pictures=[photo()]), say(token=token, pictures=[photo()])
    assert first["Location"] == second["Location"]
    assert Concern.objects.count() == 1
    assert Concern.objects.get().files.count() == 1


def test_other_words_from_the_same_page_are_another_matter(say: Say) -> None:
    """Whoever goes back and writes something new must not lose it to the first receipt."""
    token = str(uuid.uuid4())
    assert say(token=token)["Location"] != say(token=token, text="还有一件事：井盖也松了。")["Location"]
    assert Concern.objects.count() == 2


@pytest.mark.parametrize("more", [{"speaker_phone": "13912342261"}, {"speaker_name": "刘女士"}, {"pictures": 2}])
def test_what_was_added_since_is_not_dropped_in_silence(say: Say, more: dict[str, Any]) -> None:
    def added() -> dict[str, Any]:
        return more | ({"pictures": [photo(), photo("b.jpg")]} if "pictures" in more else {"pictures": [photo()]})

    token = str(uuid.uuid4())
    first = say(token=token, pictures=[photo()])
    page = say(token=token, **added())
    assert page.status_code == 409
    assert receipt_of(first) in page.content.decode()
    assert TEXT in page.content.decode()
    assert Concern.objects.count() == 1
    assert say(token=page.context["token"], **added()).status_code == 303
    assert Concern.objects.count() == 2


def test_other_faults_of_the_database_are_not_taken_for_a_repetition(say: Say) -> None:
    from django.db import IntegrityError

    with patch.object(speaking.door, "begin", side_effect=IntegrityError):
        answer = say()
    assert answer.status_code == 409
    assert TEXT in answer.content.decode()  # to be copied and sent again


def test_while_the_database_takes_nothing_the_text_is_kept(say: Say) -> None:
    """A long import holds the lock of an SQLite file."""
    from django.db import OperationalError

    with patch.object(speaking.door, "begin", side_effect=OperationalError("database is locked")):
        answer = say()
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")
    assert TEXT in answer.content.decode()
    assert Concern.objects.count() == 0
    assert say().status_code == 303


@pytest.mark.django_db(transaction=True)
def test_double_tap_at_the_same_moment(cast: Cast) -> None:
    token, answers = str(uuid.uuid4()), []

    def tap() -> None:
        try:
            answers.append(Client().post("/s/A001", {"text": TEXT, "token": token}))
        finally:
            connection.close()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for each in taps:
        each.start()
    for each in taps:
        each.join()
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer["Location"] for answer in answers}) == 1
    assert Concern.objects.count() == 1


def test_too_many_from_one_place_wait_and_keep_their_text(say: Say) -> None:
    with patch.object(speaking, "SENDING", speaking.Throttle("test.speak", 2, 600)):
        assert [say().status_code for _ in range(2)] == [303, 303]
        page = say(text="第三件事", speaker_name="老赵")
    assert page.status_code == 429
    assert int(page["Retry-After"]) <= 600
    shown = page.content.decode()
    assert "In 10 minutes you can send it" in shown
    assert "第三件事" in shown
    assert "老赵" in shown
    assert Concern.objects.count() == 2


def test_an_unknown_code_leads_on(phone: Client) -> None:
    page = phone.get("/s/Z999")
    assert page.status_code == 404
    assert 'href="/say/"' in page.content.decode()
    assert 'href="/stations/"' in page.content.decode()


@pytest.mark.parametrize("code", ["a001", "Ａ００１", "A001%20"])
def test_the_code_may_be_typed_otherwise(phone: Client, code: str) -> None:
    assert phone.get(f"/s/{code}").status_code == 200


@pytest.mark.parametrize("state", ["planned", "suspended", "closed"])
def test_a_station_that_is_not_open(cast: Cast, phone: Client, say: Say, state: str) -> None:
    Station.objects.update(state=state)
    assert phone.get("/s/A001").status_code == 404
    # The form was open when the station closed: what was typed is taken all the same.
    assert say().status_code == 303
    concern = Concern.objects.get()
    assert (concern.station, concern.county) == (None, cast.county)


def test_a_page_open_for_days_still_sends(cast: Cast) -> None:
    phone = Client(enforce_csrf_checks=True)
    page = phone.get("/s/A001")
    assert page.cookies["csrftoken"]["max-age"] > 300 * 24 * 3600
    token = page.context["csrf_token"]
    assert phone.post("/s/A001", {"text": TEXT, "csrfmiddlewaretoken": str(token)}).status_code == 303


def test_without_cookies_the_text_comes_back(cast: Cast) -> None:
    phone = Client(enforce_csrf_checks=True, headers={"cookie": "django_language=en"})
    page = phone.post("/s/A001", {"text": TEXT})
    assert page.status_code == 403
    assert "cookies" in page.content.decode()
    assert TEXT in page.content.decode()
    assert not Concern.objects.exists()


def test_the_page_works_without_javascript(phone: Client) -> None:
    page = phone.get("/s/A001").content.decode()
    form = page[page.index("data-keep=") - 80 : page.index("</form>", page.index("data-keep="))]
    assert 'enctype="multipart/form-data"' in form
    assert form.count('type="radio"') == 13
    assert form.count('type="file" name="pictures"') == 2
    assert 'capture="environment"' in form
    for forbidden in ("onclick", "onsubmit", "style="):
        assert forbidden not in page


def test_few_queries(cast: Cast, phone: Client, say: Say) -> None:
    phone.get("/s/A001")
    with CaptureQueriesContext(connection) as seen:
        phone.get("/s/A001")
    assert len(seen) <= 3, [query["sql"] for query in seen]
    say()  # the first of a year begins the numbers
    with CaptureQueriesContext(connection) as seen:
        assert say(topic="road", speaker_phone="13912342261").status_code == 303
    assert len(seen) <= 15, [query["sql"][:150] for query in seen]


def test_nothing_is_set_up(db: None, client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/say/").status_code == 404
    assert client.get("/stations/").status_code == 200
    assert client.get("/guide/").status_code == 200
    assert queries.home() is None
