"""What is wrong with a page as it stands: what axe finds, and what makes it scroll sideways."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from playwright.sync_api import Page

from tests.journeys.window import SIZES

AXE = (settings.NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8")
GRAVE = ("serious", "critical")


def faults(tab: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands now."""
    if not tab.evaluate("() => 'axe' in window"):
        tab.evaluate(AXE)
    found = tab.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{each['impact']} {each['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()[:140]})"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]


def wider_than_the_screen(tab: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return tab.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(e).position !== "fixed")
        .slice(-2).map((e) => e.outerHTML.slice(0, 140))"""
    )


# The parts of a page that come later are there: the queue beside a concern, what was said before.
SETTLED = """() => document.readyState === "complete" && !document.querySelector("[hx-trigger=load], .htmx-request")
  && (!document.querySelector(".desk3.is-list .queue a.row-title") || innerWidth < 1200
      || document.querySelector("[data-record]"))"""


def look(window: Any, path: str) -> list[str]:
    """The faults of one page: at the desk, on the phone, and on the phone in large text."""
    tab, found = window.tab, []
    tab.set_viewport_size(dict(zip(("width", "height"), SIZES["desktop"], strict=True)))
    window.open(path)
    tab.wait_for_function(SETTLED)
    found += [f"desktop {fault}" for fault in faults(tab)]
    tab.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    found += [f"phone {fault}" for fault in faults(tab)]
    if "poster" not in path:  # a sheet of paper
        found += [f"scrolls sideways: {fault}" for fault in wider_than_the_screen(tab)]
        tab.evaluate("() => document.documentElement.classList.add('large')")
        found += [f"large text scrolls sideways: {fault}" for fault in wider_than_the_screen(tab)]
    return [f"{path} ({window.who}): {fault}" for fault in dict.fromkeys(found)]
