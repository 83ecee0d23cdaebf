"""What every frame shows: navigation, counts, assembly, language. Found lazily: a page pays for what it draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from tongxin.kernel import actor as actors
from tongxin.kernel import navigation
from tongxin.kernel.actor import Actor
from tongxin.kernel.web import person_mark
from tongxin.people import queries, roles
from tongxin.people.models import Assembly, Term

HOME = "home"
LARGE_COOKIE = "large"
TABS = 5  # more would be too narrow for a thumb
LANGUAGES = {"zh-hans": "中文", "en": "English"}  # each in its own words
COUNTS_KEPT = 10  # seconds


@dataclass(frozen=True)
class Item:
    """One line of the navigation; `count` None shows no number."""

    label: Any
    url: str
    icon: str
    active: bool
    count: int | None
    tab: bool


@dataclass(frozen=True)
class Group:
    """Lines of the navigation under one heading."""

    label: Any
    items: list[Item]


@dataclass(frozen=True)
class Language:
    """A language one can switch to, named in itself."""

    code: str
    name: str
    active: bool


class Shell:
    """What the frames ask for, each found on first use."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", None) or actors.public()

    @cached_property
    def frame(self) -> str:
        """The frame of a page that both the signed-in and the public may reach, an error page say."""
        return "shell/desk.html" if self.actor.is_user else "shell/public.html"

    @cached_property
    def assembly(self) -> Assembly | None:
        """The actor's assembly, on public pages the one they speak for."""
        return self.actor.assembly or queries.known_home()

    @property
    def other_assemblies(self) -> list[Assembly]:
        """Where else the actor holds a role and can switch to."""
        return [one for one in self.actor.facts.get("assemblies", ()) if one.pk != self.actor.assembly_id]

    @cached_property
    def term(self) -> Term | None:
        """The term in force where the actor works."""
        number = self.actor.facts.get("term")
        return Term(number=number) if number else None

    @cached_property
    def role(self) -> Any:
        """In which capacity the actor is here: the first role held, in the order in which roles are declared."""
        held = self.actor.roles
        return next((role.label for role in roles.every() if role.code in held), "")

    @property
    def person(self) -> str:
        """The mark under which the device keeps what this person writes without a line."""
        return person_mark(self.actor)

    @property
    def offline_pages(self) -> list[str]:
        """The addresses of the pages that the device keeps for this person."""
        return [reverse(name) for name in navigation.offline_pages(self.actor)]

    @cached_property
    def nav(self) -> list[Group]:
        """The navigation in its groups; empty for somebody who is not signed in."""
        if not self.actor.is_user:
            return []
        entries = navigation.entries(self.actor)
        urls = {entry.url_name: reverse(entry.url_name) for entry in entries}
        here = _nearest(self.request.path, list(urls.values()))
        groups: dict[str, list[Item]] = {}
        for entry in entries:
            url = urls[entry.url_name]
            count = self.counts.get(entry.url_name)
            item = Item(entry.label, url, entry.icon, url == here, count, entry.tab)
            groups.setdefault(entry.group, []).append(item)
        return [Group(navigation.GROUPS[name], items) for name, items in groups.items()]

    @cached_property
    def tabs(self) -> list[Item]:
        """The phone's bottom bar: what is marked for it, with room left for “more” when there is more."""
        items = [item for group in self.nav for item in group.items]
        tabs = [item for item in items if item.tab]
        return tabs[: TABS if len(items) <= TABS else TABS - 1]

    @cached_property
    def has_more(self) -> bool:
        """Whether there are pages that the bottom bar does not hold."""
        return sum(len(group.items) for group in self.nav) > len(self.tabs)

    @cached_property
    def counts(self) -> dict[str, int]:
        """The numbers of the navigation by `url_name`, at most `COUNTS_KEPT` seconds old."""
        return _kept(_counts_key(self.actor), COUNTS_KEPT, lambda: navigation.counts(self.actor))

    @cached_property
    def inbox_count(self) -> int:
        """How much waits for the actor."""
        return self.counts.get(HOME, 0) if self.actor.is_user else 0

    @cached_property
    def large_text(self) -> bool:
        return self.request.COOKIES.get(LARGE_COOKIE) == "1"

    @cached_property
    def languages(self) -> list[Language]:
        now = get_language()
        return [Language(code, name, code == now) for code, name in LANGUAGES.items()]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` holds everything; the names pages use most stand beside it."""
    shell = Shell(request)
    return {
        "shell": shell,
        "actor": SimpleLazyObject(lambda: shell.actor),
        "assembly": SimpleLazyObject(lambda: shell.assembly),
        "inbox_count": SimpleLazyObject(lambda: shell.inbox_count),
        "large_text": shell.large_text,
    }


def forget_counts(actor: Actor) -> None:
    """Count anew on the actor's next page."""
    if actor.is_user:
        caches["local"].delete(_counts_key(actor))


def remember_counts(actor: Actor, counts: dict[str, int]) -> None:
    """A page has just counted what the navigation shows."""
    caches["local"].set(_counts_key(actor), counts, COUNTS_KEPT)


def _counts_key(actor: Actor) -> str:
    return f"shell.counts.{actor.user_id}.{actor.assembly_id}"


def _kept(key: str, seconds: int, make: Any) -> Any:
    """What this process remembers for some seconds. None is remembered too."""
    cache = caches["local"]
    found = cache.get(key, _kept)
    if found is _kept:
        found = make()
        cache.set(key, found, seconds)
    return found


def _nearest(path: str, urls: list[str]) -> str:
    """The navigation's page that a path belongs to: the longest address it begins with; home only when it is home."""
    home = reverse(HOME)
    fitting = [url for url in urls if path == url or (url != home and path.startswith(url))]
    return max(fitting, key=len, default="")
