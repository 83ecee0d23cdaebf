"""The progress bar of `tongxin import concerns`: on a terminal it follows the work, elsewhere nothing is drawn."""

import io
import os
import pty
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from django.utils.translation import gettext
from rich.progress import Progress

from tests.cast import Cast
from tongxin.hear.concerns import importing
from tongxin.hear.concerns.commands import import_concerns
from tongxin.hear.concerns.models import Concern

pytestmark = pytest.mark.django_db

ROWS = 1_120
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"  # what hides a terminal's cursor and shows it again


class Terminal:
    """A real one, which remembers all that was written to it."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.file = os.fdopen(slave, "w", encoding="utf-8")
        self.seen = b""
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self.master, 4096)
            except OSError:  # the other end was closed
                return
            if not piece:
                return
            self.seen += piece

    def text(self) -> str:
        """All of it, once nothing more will come."""
        if not self.file.closed:
            self.file.close()
            self.reader.join(10)
            os.close(self.master)
        return self.seen.decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    yield made
    made.text()


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, list[int]]]:
    """Every bar that is made: its label, how much there is to do, and the steps it was told of."""
    found: list[tuple[str, int, list[int]]] = []
    add, advance = Progress.add_task, Progress.advance

    def add_task(self: Progress, label: str, total: int, **more: Any) -> Any:
        found.append((label, total, []))
        return add(self, label, total=total, **more)

    def advanced(self: Progress, task: Any, by: int = 1) -> None:
        found[-1][2].append(by)
        advance(self, task, by)

    monkeypatch.setattr(Progress, "add_task", add_task)
    monkeypatch.setattr(Progress, "advance", advanced)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "留言.csv"
    made.write_text("\n".join(["内容", *(f"第{n}户说楼道灯不亮" for n in range(ROWS))]), "utf-8")
    return made


def run(file: Path, *more: str, on: Any) -> None:
    """The command with what it tells going to `on`."""
    with pytest.MonkeyPatch.context() as patch:  # only now: between fixtures and test pytest puts its own there
        patch.setattr(sys, "stderr", on)
        import_concerns.main([str(file), "--assembly", "2305", *more], standalone_mode=False)


def test_on_a_terminal_it_follows_every_row_and_every_batch(
    cast: Cast, terminal: Terminal, bars: list, file: Path
) -> None:
    run(file, on=terminal.file)
    assert Concern.objects.count() == ROWS
    (first, rows, checked), (second, waiting, taken) = bars
    assert (first, second) == (gettext("Checking"), gettext("Taking in"))
    assert (rows, waiting) == (ROWS, ROWS)
    assert checked == [1] * ROWS
    assert taken == [500, 500, 120]
    drawn = terminal.text()
    assert first in drawn
    assert second in drawn
    assert "100%" in drawn
    assert drawn.rfind(SHOWN) > drawn.rfind(HIDDEN), "the cursor is back"


def test_a_dry_run_only_checks(cast: Cast, terminal: Terminal, bars: list, file: Path) -> None:
    run(file, "--dry-run", on=terminal.file)
    assert [(label, sum(steps)) for label, _total, steps in bars] == [(gettext("Checking"), ROWS)]
    assert not Concern.objects.exists()


def test_a_list_with_faults_leaves_the_terminal_as_it_was(cast: Cast, terminal: Terminal, file: Path) -> None:
    file.write_text("内容,时间\n有内容,去年冬天", "utf-8")
    with pytest.raises(click.ClickException):
        run(file, on=terminal.file)
    drawn = terminal.text()
    assert drawn.rfind(SHOWN) > drawn.rfind(HIDDEN) >= 0


def test_a_failure_in_the_middle_does_too(
    cast: Cast, terminal: Terminal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_told: Any, progress: Any, **_more: Any) -> None:
        progress(500)
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(importing.door, "begin_many", fall)
    with pytest.raises(RuntimeError):
        run(file, on=terminal.file)
    drawn = terminal.text()
    assert gettext("Taking in") in drawn
    assert drawn.rfind(SHOWN) > drawn.rfind(HIDDEN) >= 0


def test_elsewhere_nothing_is_drawn(cast: Cast, file: Path) -> None:
    silent = io.StringIO()
    run(file, on=silent)
    assert Concern.objects.count() == ROWS
    assert silent.getvalue() == ""
