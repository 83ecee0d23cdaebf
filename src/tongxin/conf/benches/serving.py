"""The production server as a process of its own, and the memory its workers take."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .load import Connection, Unexpected, request
from .places import TONGXIN

HOST = "127.0.0.1"
PATIENCE = 60  # seconds until the server must answer
LAST_WORDS = 4000  # characters of its log shown when an answer is not as expected


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    process: subprocess.Popen

    @property
    def address(self) -> tuple[str, int]:
        return HOST, self.port

    @property
    def host(self) -> str:
        """What a browser sends as `Host`."""
        return f"{HOST}:{self.port}"


@contextmanager
def serving(workers: int) -> Iterator[Served]:
    """Run `tongxin serve` in this process's environment on a free port; stopped at the end.

    Raises `RuntimeError` with the server's words when it does not come up.
    """
    with tempfile.TemporaryFile() as log:
        port = _free_port()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*TONGXIN, "serve", "--host", HOST, "--port", str(port), "--workers", str(workers)],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _comes_up(port, process):
                log.seek(0)
                raise RuntimeError(f"the server does not come up: {log.read().decode(errors='replace')}")
            yield Served(port, process)
        except Unexpected as error:
            log.seek(0)
            raise Unexpected(
                f"{error}\nThe server says:\n{log.read().decode(errors='replace')[-LAST_WORDS:]}"
            ) from None
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _comes_up(port: int, process: subprocess.Popen) -> bool:
    question = request("GET", "/healthz", {"Host": f"{HOST}:{port}"})
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = Connection(HOST, port)
        try:
            if connection.ask(question).status == 200:
                return True
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    return False


@dataclass(frozen=True)
class Memory:
    """One worker's memory in bytes: resident, and its proportional share of what processes share (None: unknown)."""

    resident: int
    proportional: int | None


def memory(server: subprocess.Popen) -> list[Memory]:
    """The memory of each web worker, from /proc where there is one, else from `ps`. Empty when neither tells."""
    if not Path("/proc/self/stat").exists():
        return _memory_by_ps(server.pid)
    found = []
    for pid in _children(server.pid):
        command = (Path("/proc") / str(pid) / "cmdline").read_bytes()
        if b"resource_tracker" in command:
            continue
        found.append(_memory_of(pid))
    return found


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(errors="replace")
            except OSError:  # it has just ended
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return sorted(found)


def _memory_of(pid: int) -> Memory:
    try:
        told = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
        sizes = {name: 1024 * int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB", told, re.M)}
        return Memory(sizes["Rss"], sizes["Pss"])
    except (OSError, KeyError):
        told = (Path("/proc") / str(pid) / "status").read_text()
        size = re.search(r"^VmRSS:\s+(\d+) kB", told, re.M)
        return Memory(1024 * int(size[1]) if size else 0, None)


def _memory_by_ps(parent: int) -> list[Memory]:
    try:
        listed = subprocess.run(["ps", "-A", "-o", "ppid=,rss=,args="], capture_output=True, text=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return []
    lines = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [
        Memory(1024 * int(line[1]), None)
        for line in lines
        if len(line) == 3 and int(line[0]) == parent and "resource_tracker" not in line[2]
    ]
