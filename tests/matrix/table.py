"""Reads the permission table, and knows every route of the running address map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, get_resolver

from tests.cast import ROLES

FILE = Path(__file__).with_name("permissions.txt")
HEAD = ("method", "route", "record")
EVERYBODY = ("public", *ROLES)
#: What a heading stands for that is no single role: those who get the same throughout the part it heads.
TOGETHER = {
    "leaders": ("leader", "secretary_general"),
    "offices": ("supervision", "proposals", "info_editor", "info_reviewer", "info_signer", "instructions"),
}
WORDS = {"login", "go", *map(str, (200, 403, 404, 405, 409, 422))}


@dataclass(frozen=True)
class Row:
    """One line: what each of `EVERYBODY` gets when they ask for the route with the record."""

    method: str
    route: str
    record: str
    answers: dict[str, str]
    line: int

    def __str__(self) -> str:
        return " ".join((self.method, self.route, self.record))


def read() -> list[Row]:
    """The rows of the file. Raises `ValueError` for a line that is not one."""
    rows, columns = [], ()
    for number, line in enumerate(FILE.read_text("utf-8").splitlines(), 1):
        cells = line.split("#")[0].split()
        if not cells:
            continue
        if cells[0] == HEAD[0]:
            columns = tuple(cells)
            named = [role for heading in columns[3:] for role in asked(heading)]
            if columns[:3] != HEAD or sorted(named) != sorted(EVERYBODY):
                wrong = ", ".join(sorted(set(EVERYBODY) ^ set(named))) or "one stands twice"
                raise ValueError(f"line {number}: the columns are not those of everybody ({wrong})")
            continue
        if len(cells) != len(columns):
            raise ValueError(f"line {number}: {len(cells)} cells, {len(columns)} columns")
        told = zip(columns[3:], cells[3:], strict=True)
        answers = {role: answer for heading, answer in told for role in asked(heading)}
        if wrong := set(answers.values()) - WORDS:
            raise ValueError(f"line {number}: {', '.join(wrong)} is no answer")
        rows.append(Row(cells[0], cells[1], cells[2], answers, number))
    return rows


def asked(heading: str) -> tuple[str, ...]:
    """Whose answers stand under a heading."""
    return TOGETHER.get(heading, (heading,))


def routes(resolver: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address of the running map. A nameless one is told by its pattern: it cannot have a row."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else str(entry.pattern)
        else:
            yield from routes(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
