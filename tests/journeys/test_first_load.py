"""What a telephone loads after scanning a code, from the production server: little, and all from our own host."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.journeys.conftest import new_context
from tests.journeys.people import TEXT
from tests.journeys.window import Edition, Watch, Window
from tongxin.hear.concerns.models import Concern

BUDGET = 60 * 1024  # bytes over the line, headers included
TONGXIN = Path(sys.executable).parent / "tongxin"
ATTEMPTS = 240  # of a quarter of a second


def database() -> str:
    """The test database's address for another process."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{kept['NAME']}"
    host = {"host": kept["HOST"]} if str(kept["HOST"]).startswith("/") else {}
    place = "" if host else f"{kept['HOST']}:{kept['PORT'] or 5432}"
    query = f"?host={kept['HOST']}&port={kept['PORT'] or 5432}" if host else ""
    return f"postgresql://{kept['USER']}:{kept['PASSWORD']}@{place}/{kept['NAME']}{query}"


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    for _attempt in range(ATTEMPTS):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("the server does not answer")


@pytest.fixture
def production(transactional_db: None, cast: Cast, tmp_path: Path) -> Iterator[str]:
    """The address of the production server over the test's own database, with static files gathered and packed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tongxin.conf.settings",
        "DATABASE_URL": database(),
        "TONGXIN_DATA_DIR": str(tmp_path),
        "TONGXIN_SECRET_KEY": settings.SECRET_KEY,
        "TONGXIN_FIELD_KEYS": ",".join(settings.FIELD_KEYS),
    }
    subprocess.run([TONGXIN, "prepare"], env=variables, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([TONGXIN, "serve", "--port", str(port)], env=variables, stdout=subprocess.DEVNULL)
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
