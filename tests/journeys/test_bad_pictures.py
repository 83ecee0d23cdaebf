"""What is not a picture, or far too large a one, is refused in words; the text that came with it stays."""

import io
from functools import cache

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import TEXT, attach, photo
from tests.journeys.window import Edition
from tongxin.hear.concerns.models import Concern
from tongxin.kernel.models import StoredFile

MEGABYTE = 1024 * 1024


def huge() -> bytes:
    """A true photo that weighs 30 MB."""
    start = photo()
    return start + bytes(30 * MEGABYTE - len(start))


def program() -> bytes:
    """A Windows program."""
    return b"MZ\x90\x00\x03" + bytes(range(256)) * 400


@cache
def bomb() -> bytes:
    """A few kilobytes that unpack to a hundred million pixels."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()


REFUSED = {
    "too large": (huge, "“%(name)s” is too large (%(size)s MB): at most %(limit)d MB.", {"size": "30.0", "limit": 15}),
    "a program": (program, "“%(name)s” is not a picture. Pictures are JPEG, PNG, WebP, GIF or BMP files.", {}),
    "a bomb": (bomb, "“%(name)s” has too many pixels: at most %(limit)d million.", {"limit": 50}),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", REFUSED)
def test_bad_picture(window: Opener, cast: Cast, kind: str, language: str) -> None:
    make, message, values = REFUSED[kind]
    person = window(edition=Edition("phone", language), js=False)
    person.open("/s/A001").write(text=TEXT, speaker_name="王大姐", speaker_phone="13812345678")
    attach(person, make(), "IMG_0001.jpg").press("Send it and get a receipt")
    person.reads("It was not sent yet: please look at what is marked in red.").picture(f"bad-{kind.split()[-1]}")
    person.reads(message, name="IMG_0001.jpg", **values)
    expect(person.tab.locator("[name=text]")).to_have_value(TEXT)
    expect(person.tab.locator("[name=speaker_phone]")).to_have_value("13812345678")
    assert person.watch.met[-1] == 422
    assert not Concern.objects.exists()
    assert not StoredFile.objects.exists()

    person.press("Send it and get a receipt").reads("We have it.")  # without the picture it goes
    assert Concern.objects.count() == 1


def test_a_program_with_javascript(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    attach(person.open("/s/A001").write(text=TEXT), program(), "通知.jpg").press("Send it and get a receipt")
    person.reads("“%(name)s” is not a picture. Pictures are JPEG, PNG, WebP, GIF or BMP files.", name="通知.jpg")
    expect(person.tab.locator("[name=text]")).to_have_value(TEXT)


def test_a_large_photo_is_made_smaller_before_it_is_sent(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    large = photo(2400) + bytes(17 * MEGABYTE)
    attach(person.open("/s/A001").write(text=TEXT), large, "大照片.jpg").tab.locator(".preview img").wait_for()
    person.picture("preview").press("Send it and get a receipt").reads("We have it.")
    stored = StoredFile.objects.get()
    assert max(stored.width, stored.height) == 2000
    assert stored.size < 5 * MEGABYTE


def test_a_chosen_picture_can_be_taken_away_again(window: Opener, cast: Cast) -> None:
    person = window(edition=Edition("phone"))
    attach(person.open("/s/A001").write(text=TEXT), photo())
    person.tab.locator(".preview button").tap()
    person.press("Send it and get a receipt").reads("We have it.")
    assert not StoredFile.objects.exists()
