"""Somebody with a telephone, without an account, reading English so that the tests can be read too."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import Cast

TEXT = "八马路小学门口的路灯坏了半个多月。"


@pytest.fixture
def phone(cast: Cast) -> Client:
    client = cast.client()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def say(phone: Client) -> Callable[..., Any]:
    """Send the form of a station (or `at` another address): each time a page opened anew, unless `token` is given."""

    def send(at: str = "/s/A001", client: Client | None = None, **told: Any) -> Any:
        return (client or phone).post(at, {"text": TEXT, "token": str(uuid.uuid4()), **told})

    return send


def photo(name: str = "lamp.jpg", size: tuple[int, int] = (60, 40)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def receipt_of(response: Any) -> str:
    """The receipt in the address one is sent to."""
    found = re.search(r"/r/([0-9A-Z-]{15})", response["Location"])
    assert found, response["Location"]
    return found[1]
