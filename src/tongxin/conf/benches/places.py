"""Where a benchmark runs: a temporary data folder and database of its own, thrown away afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from . import cluster, floor

#: Runs our command line with this Python, wherever the script of that name is installed.
TONGXIN = (sys.executable, "-c", "from tongxin.conf.cli import main; main()")
DATABASES = ("sqlite", "postgresql")


class Unavailable(Exception):
    """There is no such database here; the message says how to get one."""


@contextmanager
def place(database: str, static: Path | None) -> Iterator[dict[str, str]]:
    """The environment of an empty installation on one of `DATABASES`. `static` holds its static files, which are
    gathered when they are not there; None for a benchmark that draws no page. Raises `Unavailable`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="tongxin-bench-", ignore_cleanup_errors=True) as folder,
        _server(database) as address,
    ):
        floors = Path(folder) / "floors"
        floors.mkdir()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tongxin.conf.benches.settings",
            "TONGXIN_DATA_DIR": folder,
            # Every request comes from an address of its own, as in life, so that no throttle holds it up.
            "TONGXIN_PROXIES": "1",
            floor.FOLDER: str(floors),
        }
        environment.pop("DATABASE_URL", None)
        if address:
            environment["DATABASE_URL"] = address
        if static:
            environment["TONGXIN_BENCH_STATIC"] = str(static)
            _run([*TONGXIN, "prepare"], environment)
        else:
            _run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], environment)
            _run([sys.executable, "-m", "django", "createcachetable", "--verbosity=0"], environment)
        yield environment


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run a command of ours; what it says goes beside the results, not among them."""
    subprocess.run(command, env=environment, check=True, stdout=sys.stderr)  # noqa: S603


@contextmanager
def _server(database: str) -> Iterator[str]:
    """The address of an empty database: on the server of DATABASE_URL, else on one of our own; "" for SQLite."""
    if database == "sqlite":
        yield ""
        return
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres:", "postgresql:")):
        with _fresh(given) as address:
            yield address
        return
    programs = cluster.programs()
    if programs is None:
        raise Unavailable(cluster.MISSING)
    with cluster.cluster(programs, settings="") as own, _fresh(own) as address:
        yield address


@contextmanager
def _fresh(server: str) -> Iterator[str]:
    """A database of its own on a PostgreSQL server."""
    import psycopg

    name = f"tongxin_bench_{secrets.token_hex(4)}"
    whole = urlsplit(server)
    with psycopg.connect(whole._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield whole._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
