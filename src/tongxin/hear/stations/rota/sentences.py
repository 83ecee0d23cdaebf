"""Sentences of the room that are put together from facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from .rule_words import said

SHORT = (
    pgettext_lazy("weekday", "Mon"), pgettext_lazy("weekday", "Tue"), pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"), pgettext_lazy("weekday", "Fri"), pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)  # fmt: skip


def weekdays(days: list[int]) -> str:
    """周二、周四."""
    return _(", ").join(str(SHORT[day]) for day in days)


def conflict(why: list[dict[str, Any]], rule: Any) -> list[str]:
    """Why a turn stays open, with names and dates: a minimal conflict, so each of its parts could resolve it."""
    if not why:
        return [_("For the same reasons as the others.")]
    if why[0]["kind"] == "nobody":
        asks = said(rule) if rule else ""
        return [
            _("The rule “%(rule)s” cannot be kept: there are not as many people as it asks for on one day.")
            % {"rule": asks}
        ]
    parts = [_part(reason) for reason in why]
    if len(parts) == 1:
        return [_("Ruled out by this alone: %(what)s.") % {"what": parts[0]}]
    return [
        _("These rule it out together: %(what)s. If one of them gives way, the turn can be filled.")
        % {"what": _("; ").join(parts)}
    ]


def _part(reason: dict[str, Any]) -> str:
    kind = reason["kind"]
    if kind == "wish":
        return _("%(who)s cannot come (%(when)s)") % {"who": reason["who"], "when": _absence(reason)}
    if kind == "settled":
        told = {"who": reason["who"], "day": _day(reason["on"]), "station": reason["station"]}
        return _("%(who)s is on duty on %(day)s at %(station)s already") % told
    if kind == "cap":
        n = reason["per_month"]
        return ngettext("at most %(n)d turn a month for each", "at most %(n)d turns a month for each", n) % {"n": n}
    return _("only members who fit the station come into question")


def _absence(reason: dict[str, Any]) -> str:
    if reason["from"] == reason["to"]:
        return _day(reason["from"])
    when = f"{_day(reason['from'])}–{_day(reason['to']) if reason['to'] else ''}"
    return f"{when} {weekdays(reason['weekdays'])}" if reason["weekdays"] else when


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")
