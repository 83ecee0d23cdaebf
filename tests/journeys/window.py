"""A browser window as one person uses it: finds things by their words, in the window's language."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

# Name a folder in TONGXIN_PICTURES and the stories leave a picture of every state they pass.
PICTURES = os.environ.get("TONGXIN_PICTURES", "")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


class Edition(NamedTuple):
    """How a story is lived through: on what, and in which language."""

    size: str = "desktop"
    language: str = "zh"


EDITIONS = [Edition(size, language) for size in SIZES for language in LANGUAGES]


def label(edition: Edition) -> str:
    """The edition in a test's name."""
    return f"{edition.size}-{edition.language}"


def words(message: str, language: str, **values: object) -> str:
    """The sentence a page shows for a message id."""
    with translation.override(LANGUAGES[language]):
        found = translation.gettext(message)
    return found % values if values else found


@dataclass
class Watch:
    """Everything that goes wrong in a window without anybody noticing. `met` are the statuses of whole pages."""

    home: str
    troubles: list[str] = field(default_factory=list)
    met: list[int] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 is meant; the statuses of its parts are looked at in `_response`.
        # htmx tells of every request that gave way to a newer one.
        expected = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
        if message.type == "error" and not message.text.startswith(expected):
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.troubles.append(f"asks another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was still loading; and a story may break the line on purpose.
        if request.failure not in {"net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"}:
            self.troubles.append(f"{request.failure}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.met.append(response.status)
        elif response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")
        if response.status >= 500:
            self.troubles.append(f"{response.status}: {response.url}")


class Window:
    """One person's window. `tab` is the page itself, for what has no words."""

    def __init__(self, context: BrowserContext, watch: Watch, edition: Edition, who: str) -> None:
        self.context, self.watch, self.edition, self.who = context, watch, edition, who
        self.tab: Page = context.new_page()

    @property
    def is_phone(self) -> bool:
        return self.edition.size == "phone"

    def words(self, message: str, **values: object) -> str:
        return words(message, self.edition.language, **values)

    def open(self, path: str) -> Window:
        """Go to an address of the product."""
        self.tab.goto(path if path.startswith("http") else self.watch.home + path)
        return self

    def one(self, message: str, within: str = "body", **values: object) -> Locator:
        """The button, link or chip with these words that is in sight."""
        text = self.words(message, **values)
        if within == "form":
            text = text.removesuffix("…")
        place = self.tab.locator(within)
        found = place.get_by_role("button", name=text, exact=True)
        # A link may carry a number behind its words: how many wait there.
        found = found.or_(place.get_by_role("link", name=re.compile(rf"^{re.escape(text)}(\s*[\d,]+\+?)?$")))
        found = found.or_(place.locator("summary, label").filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$")))
        return found.filter(visible=True).first

    def press(self, message: str, within: str = "body", **values: object) -> Window:
        """Tap or click what bears these words; what sends a form bears them without the “…” that leads to it."""
        target = self.one(message, within, **values)
        if self.is_phone:
            target.tap()
        else:
            target.click()
        return self

    def write(self, **texts: str) -> Window:
        """Fill fields by their names."""
        for name, text in texts.items():
            self.tab.locator(f"[name={name}]").filter(visible=True).first.fill(text)
        return self

    def choose(self, **choices: str) -> Window:
        """Choose in lists by their names."""
        for name, value in choices.items():
            self.tab.locator(f"select[name={name}]").first.select_option(value)
        return self

    def sees(self, *texts: str, within: str = "body") -> Window:
        """The texts stand on the page."""
        for text in texts:
            expect(self.tab.locator(within).first).to_contain_text(text)
        return self

    def reads(self, message: str, within: str = "body", **values: object) -> Window:
        """A sentence of the product stands on the page."""
        return self.sees(self.words(message, **values), within=within)

    def says(self, message: str) -> Window:
        """A sentence of the product is in sight; some stand ready on a page unseen."""
        expect(self.tab.get_by_text(self.words(message)).filter(visible=True).first).to_be_visible()
        return self

    def misses(self, *texts: str) -> Window:
        """The texts do not stand on the page."""
        for text in texts:
            expect(self.tab.locator("body")).not_to_contain_text(text)
        return self

    def at(self, pattern: str) -> Window:
        """The address matches the pattern."""
        expect(self.tab).to_have_url(re.compile(re.escape(self.watch.home) + pattern))
        return self

    def picture(self, name: str) -> Window:
        """A picture of the whole page, when pictures are wanted."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            path = Path(PICTURES) / f"{name}.{self.edition.language}.{self.edition.size}.png"
            self.tab.screenshot(path=path, full_page=True)
        return self
