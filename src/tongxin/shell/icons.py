"""Tabler's outline icons as inline SVG: no icon font, no request, the colour of the text around them."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9-]+")
_SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>")
_EMPTY = 'd="M0 0h24v24H0z"'  # Tabler's invisible bounding box


@lru_cache(maxsize=512)
def svg(name: str, extra: str = "") -> SafeString:
    """The icon, hidden from screen readers; `extra` are further classes. Raises LookupError for a name that is none."""
    path = settings.ICONS / f"{name}.svg"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise LookupError(f"there is no icon “{name}”")
    shapes = "".join(
        re.sub(r"\s+", " ", shape).replace(" />", "/>")
        for shape in _SHAPE.findall(path.read_text(encoding="utf-8"))
        if _EMPTY not in shape
    )
    classes = f"icon {extra}".strip()
    return mark_safe(  # shapes come from an installed package, classes from our templates
        f'<svg class="{classes}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{shapes}</svg>'
    )
