"""The first page, the list of stations, the guide; and how much the page behind a scanned code weighs."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.stations.models import Station

pytestmark = pytest.mark.django_db
PAGES = ("/", "/stations/", "/say/", "/s/A001", "/guide/")


def test_the_numbers_are_those_of_the_year_and_open(cast: Cast, phone: Client) -> None:
    cast.concern(state="recorded")
    cast.concern("同一天说的另一件事，已经办完。", state="closed")
    page = phone.get("/")
    year = page.context["year"]
    told = [(line.figure.code, line.answer.told) for line in year.chain]
    assert told == [("C01", 2), ("C03", 1), ("C06", "少于 3 件")]
    assert 'href="/figures/C01/"' in page.content.decode()
    codes = {line.figure.code for _group, lines in year.parts for line in lines}
    assert {"F01", "F02", "F06"} <= codes
    for line in [*year.chain, *(line for _group, lines in year.parts for line in lines)]:
        assert phone.get(line.url).status_code == 200


def test_the_numbers_are_counted_once_a_minute(cast: Cast, phone: Client) -> None:
    phone.get("/")
    cast.concern()
    with CaptureQueriesContext(connection) as seen:
        phone.get("/")
    assert len(seen) == 0, [query["sql"][:120] for query in seen]


def test_find_a_station(cast: Cast, phone: Client) -> None:
    usual = {"assembly": cast.city, "functions": []}
    Station.objects.create(code="A002", name="二马路联络站", state="active", street="二马路街道", **usual)
    Station.objects.create(code="A003", name="老站", state="closed", **usual)
    everything = phone.get("/stations/").content.decode()
    assert "八马路联络站" in everything
    assert "二马路联络站" in everything
    assert "老站" not in everything
    found = phone.get("/stations/", {"q": "二马路街道"}).content.decode()
    assert 'href="/s/A002"' in found
    assert "八马路" not in found
    assert "八马路" in phone.get("/stations/", {"county": cast.county.pk}).content.decode()
    assert "No station found" in phone.get("/stations/", {"q": "没有这条街"}).content.decode()
    assert phone.get("/stations/", {"county": "x" * 30, "page": "-3"}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("large", [False, True])
def test_language_and_large_text_everywhere(cast: Cast, path: str, large: bool) -> None:
    client = Client()
    if large:
        client.cookies["large"] = "1"
    page = client.get(path).content.decode()
    assert 'lang="zh-Hans"' in page
    assert 'action="/language/"' in page
    assert 'action="/large/"' in page
    assert ('<html lang="zh-Hans" class="large"' in page) == large


@pytest.mark.parametrize("path", PAGES)
def test_nothing_comes_from_elsewhere(cast: Cast, phone: Client, path: str) -> None:
    page = phone.get(path).content.decode()
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+"', page)


def test_first_load_weighs_at_most_60_kb(cast: Cast) -> None:
    """All that a telephone fetches after scanning, compressed as it is sent: page, styles, script, icon."""
    page = Client(headers={"accept-encoding": "gzip"}).get("/s/A001")
    assert page["Content-Encoding"] == "gzip"
    text = gzip.decompress(page.content).decode()
    head = text[: text.index("</head>")]
    wanted = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    assert len(wanted) == len(re.findall(r"<link |<script ", head)) <= 7
    weight = len(page.content)
    for path in wanted:
        found = finders.find(path.removeprefix("/static/"))
        assert found, path
        with open(found, "rb") as file:
            content = file.read()
        assert b"@import" not in content
        weight += len(gzip.compress(content))
    assert weight <= 60 * 1024, f"{weight / 1024:.1f} KB"


def test_days_in_the_guide_are_the_assemblys_own(cast: Cast, phone: Client) -> None:
    from tongxin.kernel.models import Parameter

    Parameter.objects.create(assembly=cast.city, key="concerns.triage_days", value=3)
    assert "Within 3 days the office" in phone.get("/guide/").content.decode()


def test_promised_days_are_the_clocks(cast: Cast, phone: Client) -> None:
    from tongxin.kernel.receipts import receipt_for

    cast.concern(token="promise")
    page = phone.get(f"/r/{receipt_for('promise')}?new=1").content.decode()
    by = timezone.localdate() + timedelta(days=7)
    assert f"{by.day}" in page
    assert "within 30 days" in page


@pytest.mark.parametrize(
    "address",
    [
        "/stations/?county=" + "9" * 30,
        "/stations/?page=" + "9" * 30,
        "/figures/?year=0202600000",
        "/figures/C01/?by=month&value=0001-01",
        "/figures/C01/?by=month&value=9999-12",
        "/figures/C01/records.csv?by=county&value=" + "9" * 30,
    ],
)
def test_no_number_in_an_address_breaks_a_page(cast, address):
    cast.concern()
    assert cast.client().get(address).status_code in (200, 404)


@pytest.mark.parametrize("address", ["/s/%00", "/r/%00", "/figures/?assembly=%00", "/stations/?q=%00"])
def test_an_address_that_no_database_reads_is_refused(cast, address):
    assert cast.client().get(address).status_code in (400, 404)
