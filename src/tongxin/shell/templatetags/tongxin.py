"""The components that templates use. Built in: no {% load %} needed. /desk/style/ shows them all while debugging.

Small ones that stand in every row of a list are made here; larger ones have a template in shell/parts/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import phonenumbers
from django import forms, template
from django.forms.utils import flatatt
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.insight.passages import Piece
from tongxin.kernel.figures import Answer
from tongxin.kernel.models import Deadline
from tongxin.shell import icons, parts, phrases

register = template.Library()
_CHOSEN = re.compile(r"[a-z_.-]{1,40}|\d{1,6}")
register.simple_tag(icons.svg, name="icon")


@register.simple_tag
def tag(text: Any, tone: str = "", icon: str = "", title: Any = "") -> SafeString:
    """A small label that never wraps. Tones: seal (mine to do, late), amber (time), jade (good end), indigo."""
    picture = icons.svg(icon) if icon else ""
    hint = format_html(' title="{}"', title) if title else ""
    return format_html('<span class="tag {}"{}>{}{}</span>', tone, hint, picture, text)


@register.simple_tag
def due(deadline: Deadline | date | None, what: Any = "") -> SafeString:
    """还剩 6 天, 今天要研判, 超时 1 天; how the date came about on hover. Empty when there is none or it is met."""
    if deadline is None:
        return mark_safe("")
    explained = ""
    if isinstance(deadline, Deadline):
        if deadline.met_at or deadline.dropped_at:
            return mark_safe("")
        from tongxin.kernel import deadlines

        explained, deadline = deadlines.explain(deadline), deadline.due_on
    words, tone = phrases.due(deadline, what)
    explained = explained or _("Due %(day)s") % {"day": phrases.full(deadline)}
    return format_html('<span class="tag {}" title="{}">{}</span>', tone, explained, words)


@register.simple_tag
def when(value: datetime | date | None, how: str = "since") -> SafeString:
    """2 小时前, 昨天, 11月2日 (`how` "exact": 11月2日 17:20); the whole date on hover."""
    if value is None:
        return mark_safe("–")
    words = phrases.moment(value) if how == "exact" else phrases.since(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat(),
        phrases.full(value),
        words,
    )


@register.simple_tag
def number(value: Any) -> str:
    """A number with thousands marked."""
    return parts.number(value)


@register.inclusion_tag("shell/parts/figure.html")
def figure(
    value: Any,
    unit: Any = "",
    label: Any = "",
    url: str = "",
    numerator: Any = None,
    denominator: Any = None,
    note: Any = "",
    size: str = "",
) -> dict[str, Any]:
    """A number that opens. `value` may be a figure's `Answer`, which brings unit, label and the parts of a ratio."""
    if isinstance(value, Answer):
        unit, label = "" if value.is_few else unit or value.figure.unit, label or value.figure.label
        if value.denominator is not None and not value.is_few:
            numerator, denominator = value.numerator, value.denominator
        value = value.told
    return {
        "value": parts.number(value),
        "unit": "" if value is None else unit,
        "label": label,
        "url": url,
        "note": note,
        "size": size,
        "numerator": parts.number(numerator),
        "denominator": parts.number(denominator),
        "ratio": denominator is not None,
    }


@register.simple_tag
def ratio(numerator: int, denominator: int) -> SafeString:
    """117/118, kept together."""
    return format_html('<span class="out-of">{}/{}</span>', parts.number(numerator), parts.number(denominator))


@register.inclusion_tag("shell/parts/timeline.html")
def timeline(entries: Any, waiting: Any = "") -> dict[str, Any]:
    """A story, oldest first: events of the journal (at, who, title, note) or steps. `waiting` is what comes next."""
    return {"entries": [parts.as_step(e) if isinstance(e, tuple) else e for e in entries], "waiting": waiting}


@register.inclusion_tag("shell/parts/strip.html")
def strip(steps: Any) -> dict[str, Any]:
    """The process as a strip: steps (title, note, state) with state done, now or next."""
    return {"steps": [parts.as_step(step) for step in steps]}


@register.simple_tag
def gap() -> str:
    """The space between two sentences, which Chinese does not have."""
    return " " if (get_language() or "").startswith("en") else ""


@register.filter
def telephone(number: str) -> str:
    """A number as people here read it: 139 1234 2261, without the country's prefix."""
    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        return number
    ours = parsed.country_code == 86
    form = phonenumbers.PhoneNumberFormat.NATIONAL if ours else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@register.inclusion_tag("shell/parts/bar.html")
def bar(pieces: Any, label: Any = "") -> dict[str, Any]:
    """One bar divided in proportion, with its legend: parts (label, count, url, tone)."""
    return {"slices": parts.slices([parts.as_part(piece) for piece in pieces]), "label": label}


@register.simple_tag
def meter(part: int, whole: int, tone: str = "indigo") -> SafeString:
    """A thin bar for a ratio that stands beside its number; hidden from screen readers, which read the number."""
    width = round(1000 * part / whole, 1) if whole else 0
    return format_html(
        '<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="fill-rest" width="1000" height="8"/><rect class="fill-{}" width="{}" height="8"/></svg>',
        tone,
        width,
    )


@register.inclusion_tag("shell/parts/empty.html")
def empty(icon: str, title: Any, text: Any = "", url: str = "", action: Any = "") -> dict[str, Any]:
    """What would stand here and how to begin."""
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with changes; None or "" takes a key away. Paging starts anew unless given."""
    return _changed(context, changes)


@register.simple_tag(takes_context=True)
def chip(context: Context, label: Any, count: Any = None, **filters: Any) -> SafeString:
    """A filter that lives in the address: pressed when the address already holds it; pressing again takes it away.

    With empty filters (`chip _("All") n state=""`) it is pressed while none is set.
    """
    get = context["request"].GET
    on = all(get.get(key, "") == ("" if value is None else str(value)) for key, value in filters.items())
    unset = dict.fromkeys(filters)
    href = _changed(context, unset if on and any(filters.values()) else filters)
    shown = format_html(' <span class="n">{}</span>', parts.number(count)) if count is not None else ""
    current = mark_safe(' aria-current="true"') if on else ""
    return format_html('<a class="chip" href="{}"{}>{}{}</a>', href, current, label, shown)


def _changed(context: Context, changes: dict[str, Any]) -> str:
    request = context["request"]
    kept = {key: values for key, values in request.GET.lists() if key != "page" and key not in changes}
    for key, value in changes.items():
        if isinstance(value, list | tuple):
            kept[key] = [str(item) for item in value]
        elif value is not None and value != "":
            kept[key] = [str(value)]
    return f"?{urlencode(kept, doseq=True)}" if kept else request.path


@register.inclusion_tag("shell/parts/pager.html", takes_context=True)
def pager(context: Context, page: Any) -> dict[str, Any]:
    """Older and newer; the address keeps its filters. `page` is Django's `Page` or anything with its four methods."""
    back = _changed(context, {"page": page.previous_page_number()}) if page.has_previous() else ""
    on = _changed(context, {"page": page.next_page_number()}) if page.has_next() else ""
    paginator = getattr(page, "paginator", None)
    return {
        "page": page,
        "back": back,
        "on": on,
        "pages": getattr(paginator, "num_pages", None),
        "total": parts.number(getattr(paginator, "count", None)),
    }


@register.simple_tag
def pieces(passage: Iterable[Piece]) -> SafeString:
    """A passage with what was looked for marked."""
    shown = (format_html("<mark>{}</mark>", piece.text) if piece.found else piece.text for piece in passage)
    return format_html_join("", "{}", ((piece,) for piece in shown))


@register.filter
def device(agent: str) -> str:
    """A browser's own description in two words: Chrome · Windows."""
    found = [next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or _("Unknown device")


# The first mark found names it: browsers also claim to be those they descend from.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ Browser"),
    ("Firefox", "Firefox"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

# Forms


@register.inclusion_tag("shell/parts/field.html")
def field(bound: Any, label: Any = "", help: Any = "", look: str = "", **attributes: Any) -> dict[str, Any]:
    """A form's field with label, help and error, told to screen readers. Further words become attributes of the input.

    `look` "chips" draws radio buttons and checkboxes as chips, "tiles" as tiles; "bare" hides the label from sight.
    """
    help_text = help or bound.help_text
    described = " ".join(
        name
        for name, there in ((f"{bound.auto_id}_help", help_text), (f"{bound.auto_id}_error", bound.errors))
        if there
    )
    kind = _kind(bound)
    attrs = {key.replace("_", "-"): value for key, value in attributes.items()}
    attrs["class"] = " ".join(filter(None, [_CLASSES.get(kind, ""), str(attrs.get("class", ""))]))
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    if described and kind != "choices":
        attrs["aria-describedby"] = described
    if kind == "hidden":
        attrs = {}
    optional = not bound.field.required and not getattr(bound.field, "at_times", False)
    _name_empty(bound.field, optional)
    return {
        "bound": bound,
        "kind": kind,
        "look": look,
        "label": label or bound.label,
        "help": help_text,
        "described": described,
        "optional": optional,
        "input": "" if kind == "choices" else bound.as_widget(attrs=attrs),
        "limit": getattr(bound.field, "max_length", None) if "data-count" in attrs else None,
        "choices": [_pick(choice.data) for choice in bound.subwidgets] if kind == "choices" else [],
    }


def _name_empty(asked: Any, optional: bool) -> None:
    """What a select says while nothing is chosen, where its form left a dash: the same words on every page."""
    if not isinstance(asked.widget, forms.Select):
        return
    words = _("not chosen") if optional else _("Please choose")
    if getattr(asked, "empty_label", None) in _DASHES:  # of records: asked for when it is drawn
        asked.empty_label = words
    elif isinstance(rows := asked.widget.choices, list) and rows and rows[0][0] == "" and rows[0][1] in _DASHES:
        asked.widget.choices = [("", words), *rows[1:]]


def _pick(choice: dict[str, Any]) -> dict[str, Any]:
    """One radio button or checkbox. Drawn here: Django's widget would render three templates for each."""
    there, attrs = (choice["type"], choice["name"], choice["value"]), choice["attrs"]
    drawn = format_html('<input type="{}" name="{}" value="{}"{}>', *there, flatatt(attrs))
    empty = choice["value"] in ("", None)  # 0 is a choice: Monday, say
    return {
        "value": choice["value"],
        "empty": empty,
        "id": attrs.get("id", ""),
        "label": choice["label"],
        "input": drawn,
    }


_CLASSES = {"check": "form-check-input", "select": "form-select", "text": "form-control", "file": "form-control"}

_DASHES = ("—", "---------", "- - - - - - - - -")


def _kind(bound: Any) -> str:
    """How a field is drawn: text, select, check, choices, file or hidden."""
    widget = bound.field.widget
    name = getattr(widget, "input_type", "")
    if bound.is_hidden:
        return "hidden"
    if name in ("radio", "checkbox") and hasattr(widget, "optgroups"):
        return "choices"
    return {"checkbox": "check", "select": "select", "file": "file"}.get(name, "text")


@register.inclusion_tag("shell/parts/form_fields.html")
def form_fields(form: Any) -> dict[str, Any]:
    """All fields of a form in their order, after a list of what is wrong as a whole."""
    return {"form": form}


@register.inclusion_tag("shell/parts/typed.html")
def typed_text(pairs: Any) -> dict[str, Any]:
    """What somebody had typed when the change was refused, to be copied. Chosen codes and ids are not text."""
    return {"pairs": [(name, value) for name, value in pairs or () if not _CHOSEN.fullmatch(value)]}
