"""Which figures there are: rooms register theirs at start."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from .declaring import GROUPS, PERIODS, Figure

_FIGURES: dict[str, Figure] = {}


def register(*figures: Figure) -> None:
    for figure in figures:
        if figure.code in _FIGURES:
            raise ImproperlyConfigured(f"figure {figure.code} is registered twice")
        if figure.value and not figure.whole:
            raise ImproperlyConfigured(f"figure {figure.code}: a value of its own is made of a whole")
        if figure.period not in PERIODS or figure.group not in GROUPS:
            raise ImproperlyConfigured(f"figure {figure.code}: unknown period or group")
        if figure.drawn and not figure.dimension(figure.drawn):
            raise ImproperlyConfigured(f"figure {figure.code}: no dimension “{figure.drawn}”")
        _FIGURES[figure.code] = figure


def every() -> list[Figure]:
    """All figures, F01… first, then the others as registered."""
    return sorted(_FIGURES.values(), key=lambda f: (not f.code.startswith("F"), f.code if f.code[0] == "F" else ""))


def get(code: str) -> Figure | None:
    return _FIGURES.get(code)
