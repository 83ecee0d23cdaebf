"""Real browsers: one for the run, a fresh window for everybody in every test, and a watch over what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast
from tests.journeys.window import EDITIONS, LANGUAGES, SIZES, Edition, Watch, Window, label

WAIT = 15_000  # milliseconds: enough for a busy machine, and a test that hangs still ends
Opener = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(params=EDITIONS, ids=label)
def edition(request: pytest.FixtureRequest) -> Edition:
    """On the phone and at the desk, in Chinese and in English: a test that asks for it is lived through four times."""
    return request.param


@pytest.fixture(params=[EDITIONS[0], EDITIONS[3]], ids=label)
def in_turn(request: pytest.FixtureRequest) -> Edition:
    """Both sizes and both languages in two: on the phone in Chinese, at the desk in English."""
    return request.param


@pytest.fixture(params=[EDITIONS[1], EDITIONS[2]], ids=label)
def crosswise(request: pytest.FixtureRequest) -> Edition:
    """The other two: on the phone in English, at the desk in Chinese."""
    return request.param


def new_context(
    chromium: Browser, home: str, edition: Edition, *, js: bool = True, large: bool = False, app: bool = False
) -> BrowserContext:
    """A browser window's own world: size, touch, language and nothing stored.

    Only with `app` it keeps pages for use without a line: other stories shall meet the server, not a copy.
    """
    width, height = SIZES[edition.size]
    phone = edition.size == "phone"
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        has_touch=phone,
        is_mobile=phone,
        java_script_enabled=js,
        locale="zh-CN" if edition.language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        service_workers="allow" if app else "block",
    )
    context.set_default_timeout(WAIT)
    expect.set_options(timeout=WAIT)
    cookies = [{"name": "django_language", "value": LANGUAGES[edition.language], "url": home}]
    if large:
        cookies.append({"name": "large", "value": "1", "url": home})
    context.add_cookies(cookies)
    return context


@pytest.fixture
def window(browser: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Opener]:
    """Opens windows: `window("office", Edition("phone", "en"), js=False)`. Without a name nobody is signed in.

    At the end no window may have met a script error, a breach of the content policy, a failed request, a server
    error, or a request to another host.
    """
    opened: list[tuple[BrowserContext, Window]] = []

    def open_window(who: str = "public", edition: Edition | None = None, **how: bool) -> Window:
        chosen = edition or Edition()
        context = new_context(browser, live_server.url, chosen, **how)
        watch = Watch(live_server.url)
        watch.over(context)
        if who != "public":
            session = cast.client(who).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        made = Window(context, watch, chosen, who)
        opened.append((context, made))
        return made

    yield open_window
    troubles = [f"{made.who}: {trouble}" for _context, made in opened for trouble in made.watch.troubles]
    for context, _made in opened:
        context.close()
    assert not troubles, "\n".join(troubles)
