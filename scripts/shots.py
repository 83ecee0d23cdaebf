"""Draw docs/shots/<page>.<language>.<width>.png from a fresh demo, in a real browser.

python scripts/shots.py [page …]        (paper: a sheet as LibreOffice prints it)
"""

import io
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

import browser
import office

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SHOTS = ROOT / "docs" / "shots"
COLOURS = 128  # enough for calm pages, and a third of the size


class Page(NamedTuple):
    """A page to draw: its name, its address ({receipt} is filled in), who is signed in, if anybody, and the words to
    press in a wide window before it is drawn. `first` is a list whose first row's address stands for {first}."""

    name: str
    path: str
    account: str | None = None
    press: str = ""
    first: str = ""


class Size(NamedTuple):
    """A window in CSS pixels, the pixels drawn for each, and the languages drawn at this size."""

    width: int
    height: int
    scale: int
    languages: tuple[str, ...]


PAGES = (
    Page("portal", "/"),
    Page("speak", "/s/A001"),
    Page("track", "/r/{receipt}"),
    Page("figures", "/figures/"),
    Page("inbox", "/desk/", "office"),
    Page("desk", "/desk/concerns/", "office", "铁西早市都摆到小区门口了"),
    Page("circle", "/desk/circle/", "leader"),
    Page("check", "/desk/contact/check/", "leader"),
    Page("member", "/desk/", "member"),
    Page("duty", "/desk/duty/mine/", "member"),
    Page("rota", "/desk/duty/", "office"),
    Page("search", "/desk/search/?q=路灯", "office"),
    Page("poster", "/desk/stations/1/poster/", "office"),
    Page("editor", "{first}text/", "editor", first="/desk/briefs/?group=editing&mine=1"),
    Page("diff", "{first}versions/", "editor", first="/desk/briefs/?group=out"),
    Page("sign", "{first}sign/", "signer", first="/desk/briefs/?group=signing"),
    Page("issue", "{first}papers/issue/", "editor", first="/desk/briefs/?group=out"),
    Page("research", "/desk/research/", "office"),
)
SIZES = (Size(390, 844, 2, ("zh",)), Size(1440, 900, 1, ("zh", "en")))
EDITIONS = [(size, language) for size in SIZES for language in size.languages]
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo_server(password: str) -> Iterator[tuple[str, str]]:
    """A demo in a temporary folder, served; yields its address and the receipt of a concern that can be followed."""
    with tempfile.TemporaryDirectory(prefix="tongxin-shots-", ignore_cleanup_errors=True) as data:
        variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        variables |= {"TONGXIN_DATA_DIR": data, "TONGXIN_DEMO_PASSWORD": password}
        subprocess.run([BIN / "tongxin", "prepare"], env=variables, check=True)
        built = subprocess.run([BIN / "tongxin", "demo"], env=variables, stdout=subprocess.PIPE, text=True, check=True)
        receipt = re.search(r"/r/([\w-]+)", built.stdout)
        port = free_port()
        server = subprocess.Popen([BIN / "tongxin", "serve", "--port", str(port)], env=variables)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz", server)
            yield address, receipt.group(1) if receipt else ""
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the address answers; RuntimeError when the server ends or a minute has passed."""
    for _attempt in range(120):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"{address} does not answer")


def sign_in(context: BrowserContext, address: str, account: str, password: str) -> None:
    """Sign the context in as one of the demo's accounts."""
    tab = context.new_page()
    tab.goto(f"{address}/accounts/login/")
    tab.fill("[name=login]", account)
    tab.fill("[name=password]", password)
    tab.press("[name=password]", "Enter")
    tab.wait_for_url(lambda url: "/login/" not in url)
    tab.close()


def contexts(
    chromium: Browser, size: Size, language: str, address: str, password: str
) -> dict[str | None, BrowserContext]:
    """A stranger's window and one for each account that some page needs."""
    found = {}
    for account in dict.fromkeys(page.account for page in PAGES):
        context = chromium.new_context(
            viewport={"width": size.width, "height": size.height},
            device_scale_factor=size.scale,
            locale="zh-CN" if language == "zh" else "en",
            timezone_id="Asia/Shanghai",
        )
        context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": address}])
        if account:
            sign_in(context, address, account, password)
        found[account] = context
    return found


def first_of(tab: Tab, address: str) -> str:
    """The address that the list's first row leads to."""
    tab.goto(address, wait_until="networkidle")
    return tab.locator(".queue a.row-title").first.get_attribute("href", timeout=5000).partition("?")[0]


def draw(tab: Tab, address: str, path: Path, press: str = "") -> bool:
    """Open the address and store what the window shows, with few colours; says so when it does not open."""
    answer = tab.goto(address, wait_until="networkidle")
    if answer is None or not answer.ok:
        print(f"{address} does not open: {answer.status if answer else 'no answer'}", file=sys.stderr)
        return False
    if press:
        tab.get_by_text(press).first.click()
        tab.get_by_role("heading", name=press).first.wait_for()
        tab.wait_for_timeout(2000)  # what is alike comes after the page
    store(Image.open(io.BytesIO(tab.screenshot())).convert("RGB"), path, COLOURS)
    return True


def draw_paper() -> bool:
    """Store the pages of the tests' sample sheet side by side; says so when nothing here can render it."""
    sys.path.insert(0, str(ROOT))
    from tests.rooms.documents.papers import SHEET
    from tongxin.documents.official import FREE_FONTS, to_word

    if office.lacking():
        print(office.MISSING, file=sys.stderr)
        return False
    with tempfile.TemporaryDirectory(prefix="tongxin-paper-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(to_word(SHEET, FREE_FONTS))
        office.to_pdf([folder / "paper.docx"], folder)
        subprocess.run(["pdftoppm", "-r", "84", "-png", str(folder / "paper.pdf"), str(folder / "page")], check=True)
        pages = [Image.open(file).convert("RGB") for file in sorted(folder.glob("page-*.png"))]
    width, height = pages[0].size
    picture = Image.new("RGB", (len(pages) * (width + 16) + 16, height + 32), (225, 225, 222))
    for i, page in enumerate(pages):
        picture.paste(page, (16 + i * (width + 16), 16))
    store(picture, SHOTS / "paper.zh.png", 16)
    return True


def store(picture: Image.Image, path: Path, colours: int) -> None:
    """Save with few colours."""
    picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB", flush=True)


def main() -> int:
    """Draw the pages named on the command line, or all; 1 when a page does not open."""
    wanted = [page for page in PAGES if not sys.argv[1:] or page.name in sys.argv[1:]]
    password = os.environ.get("TONGXIN_DEMO_PASSWORD") or secrets.token_urlsafe(12)
    SHOTS.mkdir(parents=True, exist_ok=True)
    drawn = [draw_paper()] if not sys.argv[1:] or "paper" in sys.argv[1:] else []
    if not wanted:
        return 0 if drawn and all(drawn) else 1
    with demo_server(password) as (address, receipt), browser.launched() as chromium:
        for size, language in EDITIONS:
            windows = contexts(chromium, size, language, address, password)
            for page in wanted:
                tab = windows[page.account].new_page()
                picture = SHOTS / f"{page.name}.{language}.{size.width}.png"
                press = page.press if size.width > 1000 else ""
                path = page.path.format(
                    receipt=receipt, first=first_of(tab, address + page.first) if page.first else ""
                )
                drawn.append(draw(tab, address + path, picture, press))
                tab.close()
            for window in windows.values():
                window.close()
    return 0 if all(drawn) else 1


if __name__ == "__main__":
    sys.exit(main())
