"""Reads for the figures pages, exports and the command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.kernel import figures as kernel
from tongxin.kernel.actor import Actor, public
from tongxin.kernel.figures import NONE, REST, WHOLE, Answer, Dimension, Figure, Group, Part, Scope
from tongxin.kernel.rules import matches
from tongxin.people import queries as people
from tongxin.people.models import Assembly

from . import policy

DRAWN_PARTS = 6  # more would be slivers in a bar
REMEMBERED_SECONDS = 60


@dataclass(frozen=True)
class Asked:
    """What one page is about: an assembly and year, and whether the actor sees it from the inside."""

    scope: Scope
    is_inside: bool
    is_home: bool  # the assembly that is meant when the address names none
    actor: Actor = field(default_factory=public)

    def figures(self) -> list[Figure]:
        return [figure for figure in kernel.every() if policy.shown(figure, self.is_inside)]

    def least(self, figure: Figure) -> int:
        """How many records a number needs to be told to the actor; 0 when the actor may see the records themselves."""
        return 0 if figure.least and kernel.reads(figure, self.actor, self.scope) else figure.least

    def address(self, name: str, *args: str, **more: Any) -> str:
        """The address of a page about the same assembly and year."""
        query = {"assembly": "" if self.is_home else self.scope.assembly.code, **more}
        query["year"] = query.get("year") or ("" if self.scope.year == self.scope.today.year else self.scope.year)
        if query["year"] == self.scope.today.year:
            query["year"] = ""
        kept = {key: value for key, value in query.items() if value != ""}
        return reverse(f"figures:{name}", args=args) + (f"?{urlencode(kept)}" if kept else "")


def asked(actor: Actor, code: str, year: int | None, today: date | None = None) -> Asked | None:
    """The assembly with this code (the actor's own, or the portal's, when empty), if the actor sees its figures."""
    home = actor.assembly or people.known_home()
    if home is None:
        return None
    assembly = home if code in ("", home.code) else Assembly.objects.select_related("parent").filter(code=code).first()
    if assembly is None:
        return None
    is_inside = policy.inside.allows(actor, assembly)
    if not is_inside and not matches(policy.open_to_all(people.known_home()), assembly):
        return None
    return Asked(kernel.scope(assembly, year, today), is_inside, assembly.pk == home.pk, actor)


def assemblies(actor: Actor) -> list[Assembly]:
    """The assemblies whose figures the actor sees, the upper ones first."""
    every = {each.pk: each for each in Assembly.objects.all()}  # all of a province are a hundred
    for each in every.values():
        each.parent = every.get(each.parent_id or 0)
    open_ = policy.inside.rows(actor), policy.open_to_all(people.home_of(every.values()))
    found = [each for each in every.values() if any(matches(rows, each) for rows in open_)]
    order = list(Assembly.Level.values)
    return sorted(found, key=lambda each: (order.index(each.level), each.code))


def years(about: Asked) -> list[int]:
    """The years from the first with data to the running one, the newest first."""
    key = f"since.{about.scope.assembly.pk}"
    first = _remembered(key, lambda: kernel.first_year(kernel.every(), kernel.scope(about.scope.assembly)))
    return list(range(about.scope.today.year, min(first, about.scope.year) - 1, -1))


# The sheet: the year on one page


@dataclass(frozen=True)
class Line:
    """One figure of the sheet with the addresses of its records."""

    answer: Answer
    url: str
    whole_url: str = ""
    rest_url: str = ""

    @property
    def figure(self) -> Figure:
        return self.answer.figure

    @property
    def rest(self) -> int:
        return (self.answer.denominator or 0) - self.answer.numerator


@dataclass(frozen=True)
class Drawing:
    """A figure divided: pieces (label, count, address, colour) for one bar."""

    line: Line
    dimension: Dimension
    pieces: list[tuple[str, int, str, str]]


@dataclass(frozen=True)
class Section:
    """A group of the sheet: counts, then the rates that only make sense together."""

    key: str
    group: Group
    counts: list[Line]
    rates: list[Line]
    drawings: list[Drawing]


def sheet(about: Asked) -> list[Section]:
    """All figures of the year in their groups. Two queries: the numbers, and the parts of those that are drawn."""
    lines = [line(about, answer) for answer in answers(about)]
    drawn = drawings(
        about, [each for each in lines if each.figure.drawn and each.answer.numerator and not each.answer.least]
    )
    sections = []
    for key, group in kernel.GROUPS.items():
        mine = [each for each in lines if each.figure.group == key]
        if mine:
            counts = [each for each in mine if not each.figure.is_ratio]
            rates = [each for each in mine if each.figure.is_ratio]
            sections.append(Section(key, group, counts, rates, [each for each in drawn if each.line in mine]))
    return sections


def answers(about: Asked) -> list[Answer]:
    """All figures counted; for those who see it from the outside at most a minute old, so that nobody can keep the
    database counting. Only numbers are remembered: a figure itself cannot be kept in a cache."""
    figures = about.figures()
    if about.is_inside:
        return [replace(a, least=about.least(a.figure)) for a in kernel.answer_all(figures, about.scope)]

    def count() -> dict[str, tuple[int, int | None, int | None]]:
        return {a.figure.code: (a.numerator, a.denominator, a.made) for a in kernel.answer_all(figures, about.scope)}

    known = _remembered(f"sheet.{about.scope.assembly.pk}.{about.scope.year}", count)
    found = [Answer(figure, about.scope, *known[figure.code]) for figure in figures if figure.code in known]
    return [replace(answer, least=about.least(answer.figure)) for answer in found]


def divided(about: Asked, asked: Sequence[tuple[Figure, Dimension]]) -> list[list[Part]]:
    """Figures divided, remembered like their numbers; one query."""
    if about.is_inside or not asked:
        return kernel.divide_all(asked, about.scope)
    names = ".".join(f"{figure.code}-{dimension.key}" for figure, dimension in asked)
    key = f"parts.{names}.{about.scope.assembly.pk}.{about.scope.year}.{get_language()}"
    return _remembered(key, lambda: kernel.divide_all(asked, about.scope))


def line(about: Asked, answer: Answer) -> Line:
    code = answer.figure.code
    if answer.denominator is None or answer.is_few:
        return Line(answer, about.address("records", code))
    whole, rest = (about.address("records", code, of=part) for part in (WHOLE, REST))
    return Line(answer, about.address("records", code), whole, rest)


def drawings(about: Asked, of: list[Line]) -> list[Drawing]:
    """The figures divided as they are drawn."""
    asked = [(each.figure, each.figure.drawing) for each in of]
    found = divided(about, asked)
    return [_drawing(about, *each) for each in zip(of, (dimension for _figure, dimension in asked), found, strict=True)]


def _drawing(about: Asked, of: Line, dimension: Dimension, parts: list[Part]) -> Drawing:
    """The parts in their order; of many the largest, while the others together lead to the page that shows all."""
    code, key = of.figure.code, dimension.key
    found = [part for part in parts if part.counted]
    if len(found) > DRAWN_PARTS:
        found.sort(key=lambda part: (part.key == NONE, -part.counted))
    shown = found if len(found) <= DRAWN_PARTS else found[: DRAWN_PARTS - 1]
    pieces = [
        (
            part.label,
            part.counted,
            about.address("records", code, by=key, value=part.key),
            dimension.tones.get(part.value, ""),
        )
        for part in shown
    ]
    if left := sum(part.counted for part in found[len(shown) :]):
        pieces.append((_("others"), left, about.address("records", code, by=key), ""))
    return Drawing(of, dimension, pieces)


def sheet_rows(about: Asked) -> tuple[list[str], list[list[Any]]]:
    """The whole sheet as a table: header and rows."""
    header = [
        _("Figure code"),
        _("Figure"),
        _("Value"),
        _("Unit"),
        _("Numerator"),
        _("Denominator"),
        _("Counted"),
        _("Until"),
    ]
    header += [_("Way of counting"), _("Phrase of the report")]
    rows = []
    for answer in answers(about):
        figure = answer.figure
        parts = [answer.numerator, answer.denominator]
        if answer.denominator is None or answer.is_few:
            parts = [None, None]
        value = str(answer.told) if answer.is_few else as_number(answer.value)
        explained = [kernel.PERIODS[figure.period], about.scope.last_day, figure.note, figure.source]
        rows.append([figure.code, figure.label, value, figure.unit, *parts, *explained])
    return header, rows


def as_number(value: Decimal | int | None) -> float | int | None:
    """A plain number for tables and JSON; whole ones without a decimal point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _remembered(key: str, make: Callable[[], Any]) -> Any:
    return caches["local"].get_or_set(f"figures.{key}", make, REMEMBERED_SECONDS)
