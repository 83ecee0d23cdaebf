"""From an earlier version to this one: all is there and found, and bringing it up to date twice changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests import production
from tests.upgrade.releases import ANSWER, ENTRIES, NAME, OTHER, PHONE, RELEASES, SAID, Release

pytestmark = pytest.mark.django_db(transaction=True)

ADVICE = "没有备份"
INDEXING = "正在重建搜索索引"
#: What became of a rule of one weekday: one of several, in words; and who came to its turns.
RULES = {"before-search": ([], []), "before-rule-words": ([["每月第二个星期三", [2]]], [3])}


@dataclass(frozen=True)
class Installation:
    """A database and a data folder of its own, and what the programs in it say."""

    environment: dict[str, str]
    release: str = ""

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, cwd=production.ROOT, capture_output=True, text=True, timeout=300
        )

    def tongxin(self, *command: str) -> str:
        done = self.run(str(production.TONGXIN), *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, module: str, *arguments: str) -> str:
        done = self.run(sys.executable, "-m", module, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def look(self) -> dict[str, Any]:
        return json.loads(self.python("tests.upgrade.looking"))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """An empty database beside the tests' own."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_old"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield production.database().replace(f"/{connection.settings_dict['NAME']}", f"/{name}", 1)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty(address: str, tmp_path: Path) -> Installation:
    """An installation before its first start."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text("{}")  # gathered already: another matter, and slow
    told = production.variables(tmp_path, DATABASE_URL=address, DJANGO_SETTINGS_MODULE="tests.upgrade.settings")
    path = os.pathsep.join([str(production.ROOT), os.environ.get("PYTHONPATH", "")])
    return Installation(told | {"PYTHONPATH": path})


@pytest.fixture(params=RELEASES, ids=lambda release: release.name)
def old(request: pytest.FixtureRequest, empty: Installation) -> Installation:
    """An installation as it was at the release."""
    release: Release = request.param
    empty.python("tests.upgrade.releases", release.name)
    return replace(empty, release=release.name)


def test_an_old_installation_is_brought_up_to_date(old: Installation) -> None:
    said = old.tongxin("prepare")
    assert ADVICE in said
    assert INDEXING in said
    found = old.look()
    assert found["members"] == ["周岩"]
    assert found["people"] == sorted([[NAME, PHONE], [OTHER, ""]])
    assert (found["links"], found["met"], found["speaker"]) == (2, [OTHER], NAME)
    assert found["concern"] == [SAID, "closed"]
    assert found["station"] == [["八马路联络站", "A001", 1]]
    assert found["chain"] == [ANSWER, "现场.jpg", "fair", "fair"]
    assert (found["clocks"], found["notices"]) == (["2025-03-08"], 1)
    assert found["entries"] == ENTRIES
    assert found["lacking"] == []
    assert found["found"] == [1, 1, 2], "a concern, a contact; the member and his contact"
    assert NAME not in found["kept"]
    assert found["refused"] == [True, True, True]
    assert f"{ENTRIES}" in old.tongxin("journal", "verify")
    assert (found["rules"], found["visits"]) == RULES[old.release]
    changes_nothing_a_second_time(old, found["tables"])


def changes_nothing_a_second_time(old: Installation, before: dict[str, Any]) -> None:
    said = old.tongxin("prepare")
    assert ADVICE not in said
    assert INDEXING not in said
    assert old.look()["tables"] == before


def test_a_new_installation_is_told_of_no_backup(empty: Installation) -> None:
    """There is nothing yet that could be lost."""
    assert ADVICE not in empty.tongxin("prepare")
