"""What a telephone loads after scanning a code, from the production server: little, and all from our own host."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.journeys.conftest import new_context
from tests.journeys.people import TEXT
from tests.journeys.window import Edition, Watch, Window
from tests.production import TONGXIN, free_port, variables, wait_for
from tongxin.hear.concerns.models import Concern

BUDGET = 60 * 1024  # bytes over the line, headers included


@pytest.fixture
def production(transactional_db: None, cast: Cast, tmp_path: Path) -> Iterator[str]:
    """The address of the production server over the test's own database, with static files gathered and packed."""
    port, environment = free_port(), variables(tmp_path)
    subprocess.run([TONGXIN, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([TONGXIN, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        connection.close()


def measure(tab: Any, address: str) -> dict[str, int]:
    """Bytes over the line for each address asked, as the browser counts them."""
    wire = tab.context.new_cdp_session(tab)
    wire.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    wire.on("Network.responseReceived", lambda each: names.update({each["requestId"]: each["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda each: sizes.update({each["requestId"]: each["encodedDataLength"]}))
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    wire.detach()
    return {names.get(request, request): round(size) for request, size in sizes.items()}


def test_first_load_of_a_scanned_code(browser: Browser, production: str, record_property: Any) -> None:
    edition = Edition("phone")
    context = new_context(browser, production, edition)
    watch = Watch(production)
    watch.over(context)
    try:
        person = Window(context, watch, edition, "public")
        sizes = measure(person.tab, f"{production}/s/A001")
        record_property("first_load_bytes", sum(sizes.values()))
        assert len(sizes) > 3, sizes  # the page, its styles and its script were all counted
        assert all(url.startswith((production, "data:")) for url in sizes), sizes
        assert sum(sizes.values()) <= BUDGET, sizes
        again = measure(person.tab, f"{production}/s/A001")
        assert sum(again.values()) <= BUDGET / 4, again  # the second visit brings only the page
        person.write(text=TEXT).press("Send it and get a receipt").reads("We have it.")
        person.tab.wait_for_timeout(0)
        assert Concern.objects.get().text == TEXT
        assert not watch.troubles, watch.troubles
    finally:
        context.close()
