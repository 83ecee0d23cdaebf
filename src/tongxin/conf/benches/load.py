"""A small load generator: a few keep-alive connections that ask as fast as they are answered.

It speaks just enough HTTP/1.1 for our own server and costs little, so that the machine's time goes to the server.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil

TIMEOUT = 60.0  # seconds for one answer
CHUNK = 65536

Make = Callable[[], bytes]
"""Makes the bytes of the next request; called by several threads."""


class Unexpected(Exception):
    """An answer that is not what the benchmark measures; its message shows the beginning of it."""


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers by lower-case name (the last of each), and the body as it came over the line."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Sample:
    """What was measured: the seconds each request took, and the seconds of the whole run."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __add__(self, other: Sample) -> Sample:
        return Sample([*self.times, *other.times], self.seconds + other.seconds)

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """The milliseconds within which so many per cent of the requests were answered."""
        return 1000 * percentile(self.times, percent)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `percent` per cent do not exceed."""
    if not values:
        raise ValueError("no values")
    ranked = sorted(values)
    return ranked[max(1, ceil(len(ranked) * percent / 100)) - 1]


class Connection:
    """One keep-alive connection; opened anew when the server closed it."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)
        self.socket: socket.socket | None = None

    def ask(self, request: bytes) -> Reply:
        """Send a request and read its whole answer. Raises `OSError` when the server does not answer."""
        fresh = self.socket is None
        if self.socket is None:
            self.socket = socket.create_connection(self.address, TIMEOUT)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        head, rest = self._head()
        if not head:
            self.close()
            if fresh:
                raise ConnectionError("the server closed the connection without an answer")
            return self.ask(request)
        reply = self._read(head, rest)
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def close(self) -> None:
        if self.socket:
            self.socket.close()
            self.socket = None

    def _head(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            if not (piece := self._receive()):
                return b"", b""
            received += piece
        head, _end, rest = received.partition(b"\r\n\r\n")
        return head, rest

    def _read(self, head: bytes, body: bytes) -> Reply:
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self._rest()
        else:
            length = int(headers.get("content-length", 0))
            while len(body) < length:
                body += self._rest()
        return Reply(int(first.split()[1]), headers, body)

    def _rest(self) -> bytes:
        if not (piece := self._receive()):
            raise ConnectionError("the answer ended before its end")
        return piece

    def _receive(self) -> bytes:
        assert self.socket is not None  # noqa: S101 - `ask` opened it
        try:
            return self.socket.recv(CHUNK)
        except ConnectionResetError:
            return b""


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    length = {"Content-Length": str(len(body))} if method == "POST" else {}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**headers, **length}.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def run(address: tuple[str, int], make: Make, seconds: float, expected: int, connections: int = 4) -> Sample:
    """Ask for `seconds` over several connections at once. Raises `Unexpected` at the first answer of another status.

    Every connection makes at least one request, however long it takes.
    """
    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        futures = [threads.submit(_keep_asking, address, make, begun + seconds, expected) for _ in range(connections)]
        times = [taken for future in futures for taken in future.result()]
    return Sample(times, time.perf_counter() - begun)


def _keep_asking(address: tuple[str, int], make: Make, until: float, expected: int) -> list[float]:
    connection = Connection(*address)
    times: list[float] = []
    try:
        while not times or time.perf_counter() < until:
            wanted = make()
            begun = time.perf_counter()
            reply = connection.ask(wanted)
            times.append(time.perf_counter() - begun)
            if reply.status != expected:
                line = wanted.split(b"\r\n", 1)[0].decode()
                raise Unexpected(f"{line}: status {reply.status}, not {expected}: {reply.body[:300]!r}")
    finally:
        connection.close()
    return times
