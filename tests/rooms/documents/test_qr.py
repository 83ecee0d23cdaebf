"""QR codes that a strict content security policy shows."""

import xml.etree.ElementTree as ET

import pytest

from tongxin.documents.qr import svg


def test_svg_has_no_style_and_a_name() -> None:
    drawn = svg("https://example.org/s/A001", title="扫码 <说话>", size=240, error="Q")
    root = ET.fromstring(drawn)  # noqa: S314
    assert "style" not in drawn
    assert root.get("role") == "img"
    assert (root.get("width"), root.get("height")) == ("240", "240")
    assert root.get("viewBox")
    assert "扫码 &lt;说话&gt;" in drawn


def test_without_title_it_is_decoration() -> None:
    root = ET.fromstring(svg("A001"))  # noqa: S314
    assert root.get("aria-hidden") == "true"
    assert root.get("width") is None


def test_different_content_gives_different_codes() -> None:
    assert svg("https://example.org/s/A001") != svg("https://example.org/s/A002")


def test_too_much_content_is_an_error() -> None:
    with pytest.raises(ValueError, match="too large"):
        svg("长" * 3000)
