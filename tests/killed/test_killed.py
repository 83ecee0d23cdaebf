"""Killed in the middle, by the signal that nobody can answer: nothing is half-done, and trying again does all of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from tests.cast import Cast
from tests.killed.apps import FLAG
from tests.production import ROOT, TONGXIN, free_port, variables, wait_for
from tests.rooms.concerns.pictures import a_picture
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import files, journal
from tongxin.kernel.models import Deadline, JournalEntry, SearchDocument, Sequence

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 1_234  # two batches and a part of a third
PATIENCE = 120  # seconds until the process has come to the point
NO_RECORDS = {"sessions.Session", "kernel.ThrottleCount"}  # who looked in, and how often: written before the move
TEXT = "四马路早市东口的排水井盖塌了一角，雨天积水没过脚面。"
Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `tongxin …` as a family of processes of its own; `still=True`: it stands still in the middle."""
    family: list[subprocess.Popen] = []

    def begin(*command: Any, still: bool = False) -> subprocess.Popen:
        flag = {FLAG: tmp_path / "still"} if still else {}
        search = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        environment = variables(tmp_path, DJANGO_SETTINGS_MODULE="tests.killed.settings", PYTHONPATH=search, **flag)
        command = [str(TONGXIN), *map(str, command)]
        made = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        family.append(made)
        return made

    yield begin
    for process in family:
        kill(process)
    connection.close()


def kill(process: subprocess.Popen) -> None:
    """The process and its children, without a word."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def stands_still(process: subprocess.Popen, folder: Path) -> None:
    """Return when everything is written and nothing committed."""
    until = time.monotonic() + PATIENCE
    while not (folder / "still").exists():
        assert process.poll() is None, "it ended before"
        assert time.monotonic() < until, "it does not come to the point"
        time.sleep(0.05)


def holdings() -> dict[str, int]:
    """How many rows each table of the product has, and what the counters of numbers stand at."""
    models = [model for model in apps.get_models() if model._meta.label not in NO_RECORDS]
    counted = {model._meta.label: model._base_manager.count() for model in models}
    return counted | {f"{row.series} {row.period}": row.value for row in Sequence.objects.all()}


def is_whole(many: int) -> None:
    """So many concerns, each with its number, its entry, its clock and its place in the search."""
    assert Concern.objects.count() == many
    assert sorted(Concern.objects.values_list("serial", flat=True)) == list(range(1, many + 1))
    assert Sequence.objects.get(series="concern").value == many
    entries = JournalEntry.objects.filter(record_type="concerns.concern")
    ids = set(Concern.objects.values_list("pk", flat=True))
    for rows in (entries, Deadline.objects.all(), SearchDocument.objects.filter(record_type="concerns.concern")):
        told = list(rows.values_list("record_id", flat=True))
        assert len(told) == many
        assert set(told) == ids


def is_sound(assembly: int) -> None:
    """The database itself took no harm, and the journal can be sealed and proved."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
            cursor.execute("PRAGMA foreign_key_check")
            assert not cursor.fetchall()
    journal.seal(assembly)
    assert not journal.verify(assembly).broken


def test_an_import_is_killed_after_its_first_batch(cast: Cast, start: Start, tmp_path: Path) -> None:
    file = tmp_path / "留言.csv"
    file.write_text("\n".join(["编号,内容", *(f"{n},第{n}户说楼道灯不亮" for n in range(1, ROWS + 1))]), "utf-8")
    command = ("import", "concerns", file, "--assembly", cast.city.code)
    before = holdings()
    taking = start(*command, still=True)
    stands_still(taking, tmp_path)
    kill(taking)
    assert taking.returncode == -signal.SIGKILL
    assert holdings() == before
    is_sound(cast.city.pk)
    assert start(*command).wait(PATIENCE) == 0
    is_whole(ROWS)
    assert set(Concern.objects.values_list("reference", flat=True)) == {str(n) for n in range(1, ROWS + 1)}
    assert not Concern.objects.filter(repeats=True).exists()
    is_sound(cast.city.pk)


class Telephone:
    """Somebody's telephone at the station's page: opens it once, and sends the same form as often as it likes."""

    def __init__(self, address: str) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.path = "/s/A001"
        page = self.opener.open(address + self.path, timeout=60).read().decode()
        fields = dict(re.findall(r'name="(csrfmiddlewaretoken|token)" value="([^"]+)"', page))
        self.form = {**fields, "text": TEXT, "pictures": _Picture("井盖.jpg", a_picture())}
        self.arrived = ""

    def send(self, address: str) -> None:
        """Keeps where it was led; "" when the line broke."""
        self.arrived = ""
        body = encode_multipart(BOUNDARY, self.form)
        kind = {"Content-Type": MULTIPART_CONTENT}
        request = urllib.request.Request(address + self.path, body, kind)  # noqa: S310 - our own server
        with suppress(urllib.error.URLError, OSError):
            self.arrived = urllib.parse.urlsplit(self.opener.open(request, timeout=PATIENCE).url).path


class _Picture:
    """A file as the test client's encoder takes one."""

    content_type = "image/jpeg"

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    def read(self) -> bytes:
        return self.content


def kept(folder: Path) -> list[Path]:
    """The bytes that lie in the store."""
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_the_server_is_killed_while_somebody_sends(cast: Cast, start: Start, tmp_path: Path) -> None:
    port = free_port()
    address, before = f"http://127.0.0.1:{port}", holdings()
    server = start("serve", "--port", port, still=True)
    wait_for(address, server)
    person = Telephone(address)
    sending = threading.Thread(target=person.send, args=[address])
    sending.start()
    stands_still(server, tmp_path)
    assert kept(tmp_path), "the picture's bytes are written before its row"
    kill(server)
    sending.join(PATIENCE)
    assert person.arrived == "", "nobody was told that it had arrived"
    assert holdings() == before
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    with override_settings(STORAGES={**settings.STORAGES, "default": own}):
        assert files.sweep(timezone.now()) == 0, "they may belong to somebody who is still sending"
        assert files.sweep(timezone.now() + timedelta(days=2)) == 2, "picture and thumbnail, which no row knows"
    assert not kept(tmp_path)
    is_sound(cast.city.pk)

    server = start("serve", "--port", port)
    wait_for(address, server)
    for _twice in range(2):
        person.send(address)
        assert person.arrived.startswith("/r/")
    is_whole(1)
    assert Concern.objects.get().text == TEXT
    assert len(kept(tmp_path)) == 2
    is_sound(cast.city.pk)
