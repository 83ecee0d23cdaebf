"""How a benchmark tells what it measured: a table for people, one JSON object per line for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDTH = 130  # characters of a table that goes to a file


@dataclass(frozen=True)
class Measure:
    """One measured thing: `value` in `unit`, what it is compared with, and their quotient (None: nothing to compare).

    `more` holds what else was measured beside it.
    """

    name: str
    value: float
    unit: str
    yardstick: float | None
    ratio: float | None
    database: str
    more: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """The measure as one line of JSON."""
        told = asdict(self)
        return json.dumps({**{name: _short(value) for name, value in told.items() if name != "more"}, **self.more})


def _short(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


class Report:
    """Gathers measures; as JSON each is printed when it is known."""

    def __init__(self, database: str, *, as_json: bool) -> None:
        self.database, self.as_json = database, as_json
        self.measures: list[Measure] = []
        self.console = Console(stderr=True)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        yardstick: float | None = None,
        ratio: float | None = None,
        **more: Any,
    ) -> None:
        if ratio is None and yardstick:
            ratio = value / yardstick
        shortened = {key: _short(each) for key, each in more.items()}
        self.measures.append(Measure(name, value, unit, yardstick, ratio, self.database, shortened))
        if self.as_json:
            click.echo(self.measures[-1].line())

    def say(self, text: str) -> None:
        """Tell people what goes on; never among the JSON."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def table(self, title: str, *columns: str) -> Table:
        """A table whose first column is words and whose others are numbers."""
        made = Table(title=title, title_justify="left")
        for place, column in enumerate(columns):
            made.add_column(column, justify="right" if place else "left", no_wrap=True)
        return made

    def show(self, made: Table) -> None:
        """Print a table for people."""
        if not self.as_json:
            console = Console()
            Console(width=None if console.is_terminal else WIDTH).print(made)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Any]:
        """A bar on a terminal, silence elsewhere; yields a function that takes how many more are done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=self.console, disable=not self.console.is_terminal, transient=True)
        task = bar.add_task(label, total=total)
        with bar:
            yield lambda n: bar.advance(task, n)
