"""A rule as the product says it, and what a planner is to know of its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.insight.rota import rules, wording

from ..models import RotaRule
from .rule_days import moves_dates, pure

SHORTEST = 28  # days that every month has


def said(rule: RotaRule) -> str:
    """A rule as the product says it, whatever words it was entered with."""
    whole = replace(pure(rule), hours=(rule.begins, rule.ends))
    return wording.say(whole, (get_language() or "").startswith("en"))


def notes(rule: RotaRule, days: list[date], today: date) -> list[str]:
    """How the days of a rule are counted, where its words leave that open."""
    if rule.kind == rules.MONTHDAY:
        moved = (
            _("Where the date is no working day, duty is on the next working day.")
            if moves_dates(rule.assembly_id)
            else _("Where the date is no working day, there is no duty.")
        )
        found = [moved + " " + _("The assembly's parameters say which.")]
        if missing := [day for day in rule.month_days if day > SHORTEST]:
            words = _("A month without day %(day)s has no duty then; say 每月最后一天 if you mean its end.")
            found.append(words % {"day": missing[0]})
        return found
    if rule.weeks == rules.OTHER and days:
        return [_("Counted from %(day)s.") % {"day": date_format(days[0], "DATE_FORMAT")}]
    if rule.weeks:
        week = today.isocalendar().week
        kind = _("an odd one") if week % 2 else _("an even one")
        return [_("Counted by the weeks of the year: this is week %(n)d, %(kind)s.") % {"n": week, "kind": kind}]
    return []
