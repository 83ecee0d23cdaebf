"""What a log may tell."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from tongxin.kernel.logs import WithoutReceipts
from tongxin.kernel.receipts import receipt_for


def test_no_receipt_stands_in_a_log(cast, caplog: pytest.LogCaptureFixture) -> None:
    receipt = receipt_for("x")
    cast.concern(state="answered", token="x")
    caplog.handler.addFilter(WithoutReceipts())
    with caplog.at_level(logging.WARNING, "django.request"):
        assert Client().post(f"/r/{receipt}/rate", {"value": "nonsense"}).status_code == 422
    assert "/r/…/rate" in caplog.text
    assert receipt not in caplog.text


def test_every_handler_blots_them() -> None:
    assert all("receipts" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
