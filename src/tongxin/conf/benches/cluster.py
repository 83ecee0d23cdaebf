"""A PostgreSQL of our own for as long as it is needed: for benchmarks and for the test suite. Knows no Django."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
MISSING = "no PostgreSQL server found: install one (Debian: apt install postgresql; macOS: brew install postgresql)"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL, or None."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [folder for pattern in PLACES for folder in Path("/").glob(pattern[1:])]
    usable = [folder for folder in folders if (folder / "initdb").exists()]
    return max(usable, key=lambda folder: [int(n) for n in folder.parent.name.split("-") if n.isdigit()], default=None)


@contextmanager
def cluster(folder_of_programs: Path, settings: str = FORGETFUL) -> Iterator[str]:
    """A PostgreSQL that listens on a socket in a temporary folder only; yields the address of a database `tongxin`,
    which is not made yet.

    `settings` are options of the server; the default forgets everything in a crash. Raises `RuntimeError` with what
    the program said.
    """
    account: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="tongxin-pg-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
            account = {"user": "postgres", "group": "postgres", "extra_groups": []}

        def call(program: str, *arguments: str) -> None:
            done = subprocess.run(  # noqa: S603 - the programs of the database
                [folder_of_programs / program, "-D", f"{folder}/data", *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **account,
            )
            if done.returncode:
                raise RuntimeError(f"{program}: {done.stdout.strip()}")

        call("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        call("pg_ctl", "-w", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses='' {settings}", "start")
        try:
            yield f"postgres://postgres@{folder.replace('/', '%2F')}/tongxin"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
