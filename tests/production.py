"""The product as processes of its own, over the database of the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
TONGXIN = Path(sys.executable).parent / "tongxin"
ATTEMPTS = 240  # of a quarter of a second


def database() -> str:
    """The test database's address for another process."""
    kept = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{kept['NAME']}"
    host = {"host": kept["HOST"]} if str(kept["HOST"]).startswith("/") else {}
    place = "" if host else f"{kept['HOST']}:{kept['PORT'] or 5432}"
    query = f"?host={kept['HOST']}&port={kept['PORT'] or 5432}" if host else ""
    return f"postgresql://{kept['USER']}:{kept['PASSWORD']}@{place}/{kept['NAME']}{query}"


def variables(folder: Path, **more: Any) -> dict[str, str]:
    """The environment of a process that works on the test's database with the test's keys; its files go to `folder`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tongxin.conf.settings",
        "DATABASE_URL": database(),
        "TONGXIN_DATA_DIR": str(folder),
        "TONGXIN_SECRET_KEY": settings.SECRET_KEY,
        "TONGXIN_FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        **{name: str(value) for name, value in more.items()},
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    for _attempt in range(ATTEMPTS):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("the server does not answer")
