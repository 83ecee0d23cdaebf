"""What the desks share that show a queue beside the record being read: the queue's chips, and the address of a filtered
queue, which is kept while leafing through it. Drawn by `shell/parts/queue_chips.html`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from .request import Request
from .web import address


def head(
    request: Request, route: str, piles: Iterable[Any], counted: Mapping[str, int], shown: Any,
    active: Iterable[Any], *, seldom: tuple[str, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """The head of a queue at `route`: its piles as chips, and the filters that are on (`active`), each with the address
    that takes it away. Piles that are `seldom` filled are shown while they are. `shown` are the queue's filters."""
    return {
        "chips": list(_chips(request, route, piles, counted, shown, seldom)),
        "active": [(one.words, address(request, route, **{one.key: ""})) for one in active],
        "without_words": address(request, route, q=""),
        "query": kept(request),
    }


def _chips(
    request: Request, route: str, piles: Iterable[Any], counted: Mapping[str, int], shown: Any,
    seldom: tuple[str, ...],
) -> Iterable[dict[str, Any]]:  # fmt: skip
    for pile in piles:
        on = shown.group == pile.key
        if counted[pile.key] or on or pile.key not in seldom:
            url = address(request, route, group=pile.key, overdue="", q="")
            yield {"label": pile.label, "n": counted[pile.key], "url": url, "on": on}
    if counted["overdue"] or shown.overdue:
        url = address(request, route, overdue="1", group="", q="")
        yield {"label": _("Overdue"), "n": counted["overdue"], "url": url, "on": shown.overdue, "tone": "seal"}


def kept(request: Request) -> str:
    """The queue's filters in the address, to be kept while leafing through it."""
    get = request.GET.copy()
    for name in ("page", "current", "done"):
        get.pop(name, None)
    return f"?{get.urlencode()}" if get else ""


def with_query(request: Request, url: str, **more: str) -> str:
    """An address with the queue's filters, and more behind them."""
    query = kept(request)
    return url + query + (("&" if query else "?") + urlencode(more) if more else "")
