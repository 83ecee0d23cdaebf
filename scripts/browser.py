"""The one place that knows how to find and start a browser: for the browser tests and the screenshots."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# Nothing leaves the machine: a closed network must not slow a page, and pictures must not depend on the day.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
MISSING = "no Chromium, Chrome or Edge found: install one (Debian: apt install chromium) or name it in TONGXIN_BROWSER"


def find() -> str | None:
    """The browser's path: TONGXIN_BROWSER, or the first known name on the path, or None."""
    named = os.environ.get("TONGXIN_BROWSER")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or next(filter(os.path.exists, ELSEWHERE), None)


def has_chinese_font() -> bool:
    """Whether Chinese would be drawn as characters and not as boxes (always true where fontconfig is not used)."""
    lister = shutil.which("fc-list")
    if not lister:
        return not Path("/etc/debian_version").exists()
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


@contextmanager
def launched() -> Iterator[Browser]:
    """A running headless browser; RuntimeError in plain words when there is none."""
    path = find()
    if not path:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS), headless=True)
        try:
            yield browser
        finally:
            browser.close()
