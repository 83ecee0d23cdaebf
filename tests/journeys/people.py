"""What the people of the stories do, step by step, as they do it in life."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

from PIL import Image

from tests.cast import PASSWORD
from tests.journeys.window import Window

TEXT = "四马路早市东口的排水井盖塌了一角，雨天积水没过脚面。老人买菜绕不开，已有人崴脚，半个多月没人修。𠮷"
TITLE = "四马路早市东口的排水井盖塌了一角"
REPLY = "井盖已经更换，排水口清了淤，现场照片附后。"
ALBUM = tempfile.TemporaryDirectory()  # the browser reads a chosen file only when it is sent
ANSWER = "您说的井盖换好了，排水口也清了，下雨不会再积水。谢谢您告诉我们。"


def photo(side: int = 640) -> bytes:
    """A picture as a telephone takes it: it cannot be packed much."""
    noise = random.Random(side).randbytes(side * side * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(out, "JPEG", quality=60)
    return out.getvalue()


def attach(window: Window, content: bytes, name: str = "现场.jpg") -> Window:
    """Choose a picture from the album."""
    place = Path(ALBUM.name) / name
    place.write_bytes(content)
    window.tab.set_input_files("#chosen", place)
    return window


def say(window: Window, text: str = TEXT, phone: str = "13812345678", picture: bool = True) -> str:
    """Scan the code, say it, keep the receipt; returns the receipt."""
    window.open("/s/A001").write(text=text)
    if picture:
        attach(window, photo())
    if phone:
        window.write(speaker_name="王大姐", speaker_phone=phone)
    window.picture("speak").press("Send it and get a receipt")
    return receipt_of(window.reads("We have it.").picture("receipt"))


def receipt_of(window: Window) -> str:
    """The receipt that stands on the page."""
    return "".join(window.tab.locator("#code").inner_text().split())


def sign_in(window: Window, name: str, password: str = PASSWORD) -> Window:
    """Sign in through the form, as people do."""
    window.open("/accounts/login/").picture("login").write(login=name, password=password)
    window.press("Sign in", "#content")
    window.tab.wait_for_url(lambda url: "/login/" not in url)
    return window


def find(window: Window, title: str = TITLE) -> Window:
    """Open the concern that waits in the inbox."""
    window.open("/desk/").picture(f"inbox-{window.who}")
    row = window.tab.locator("#waiting a.row-title").filter(has_text=title)
    row.tap() if window.is_phone else row.click()
    return window.at(r"/desk/concerns/\d+/").sees(title, within=".reading-title")


def move(window: Window, name: str, choices: dict[str, object] | None = None, **texts: str) -> Window:
    """Make a move of the process: its button, its form, and the button that does it."""
    window.press(name, "#decide")
    form = window.tab.locator("#move-form")
    form.wait_for()
    for field, value in (choices or {}).items():
        form.locator(f"select[name={field}]").select_option(str(value))
    for field, text in texts.items():
        form.locator(f"[name={field}]").fill(text)
    window.picture(f"move-{name.split()[0].rstrip('…').lower()}")
    window.tab.locator("#move-form button.btn-seal").click()
    return window


def rate(window: Window, receipt: str, value: str, comment: str = "") -> Window:
    """Open the receipt's page, read, and say what one thinks of it."""
    window.open(f"/r/{receipt}").picture("track-answered")
    pick = window.tab.locator(".pick-tiles label").filter(has=window.tab.locator(f"[value={value}]"))
    pick.tap() if window.is_phone else pick.click()
    return window.write(comment=comment).press("Give my opinion")
