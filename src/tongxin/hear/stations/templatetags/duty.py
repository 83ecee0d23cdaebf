"""How duty is said on its pages: days with their weekday, lateness, and why nobody can take a turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.kernel.text import joined

from ..rota import sentences
from ..workflow.duty import in_time as in_time_

register = template.Library()


@register.simple_tag
def day_name(day: date) -> SafeString:
    """今天, 明天, 12月3日 周三; with the year when it is not this one."""
    today = timezone.localdate()
    near = {0: _("Today"), 1: _("Tomorrow")}.get((day - today).days)
    pattern = "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT"
    named = f"{date_format(day, pattern)} {sentences.SHORT[day.weekday()]}"
    return format_html('<time datetime="{}" title="{}">{}</time>', day.isoformat(), named, near or named)


@register.simple_tag
def weekday(day: date) -> str:
    """周三."""
    return str(sentences.SHORT[day.weekday()])


@register.simple_tag
def weekday_names(days: list[int]) -> str:
    """周二、周四."""
    return sentences.weekdays(days)


@register.simple_tag
def in_time(minutes: int) -> str:
    """迟到 12 分钟."""
    return in_time_(minutes)


@register.simple_tag
def conflict_words(why: list[dict[str, Any]], rule: Any) -> SafeString:
    """Which wishes and rules together leave a turn open."""
    return conditional_escape(joined(sentences.conflict(why, rule)))


@register.filter
def is_today(day: date) -> bool:
    return day == timezone.localdate()


@register.filter
def before(days: Iterable[Any], day: date) -> list[Any]:
    """The days of a month that are over on `day`."""
    return [each for each in days if each.day < day]


@register.filter
def since(days: Iterable[Any], day: date) -> list[Any]:
    """`day` and the days after it."""
    return [each for each in days if each.day >= day]
