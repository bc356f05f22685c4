"""An open-loop load generator: requests leave when they are due, whether or not others came back.

Readers come by the bell and not when a server is fast, so a request's time is counted from the
moment when it was due. One that waits for a free connection, behind a server that stands still,
has waited all that time. Connections are kept and at most as many as there are clients.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A server, and the cookie of whoever asks."""

    host: str
    port: int
    cookie: str = ""

    def request(self, path: str, *, encoding: str = "gzip") -> bytes:
        """Return the bytes that ask for a page."""
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Accept-Encoding: {encoding}",
            "Accept: text/html",
            "Accept-Language: en",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
            "",
            "",
        )
        return "\r\n".join(lines).encode()


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers' and its body's bytes as they came over the wire."""

    status: int
    head: bytes
    body: bytes

    @property
    def n_bytes(self) -> int:
        return len(self.head) + len(self.body)


@dataclass
class Outcome:
    """What became of all requests of a run; times in seconds from when each was due."""

    offered: int
    seconds: float
    times: list[float] = field(default_factory=list)
    n_failed: int = 0

    def percentile(self, share: float) -> float:
        """Return the time within which this share of the requests came back."""
        ordered = sorted(self.times)
        return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]

    @property
    def is_saturated(self) -> bool:
        """Say whether the server fell behind what it was asked, so that no time means anything."""
        return len(self.times) < 0.99 * self.offered or self.n_failed > 0.01 * self.offered


async def offer(
    target: Target, paths: Sequence[str], *, rate: float, n_clients: int, seconds: float
) -> Outcome:
    """Ask for the paths in turn, `rate` times a second, over at most `n_clients` connections."""
    n = int(rate * seconds)
    due: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    outcome = Outcome(offered=n, seconds=seconds)
    began = time.perf_counter()
    clients = [asyncio.create_task(_client(target, due, outcome)) for _ in range(n_clients)]
    for number in range(n):
        at = began + number / rate
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, paths[number % len(paths)]))
    # What is not back a while after the last was due counts as never.
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(due.join(), timeout=max(1.0, 0.2 * seconds))
    outcome.seconds = time.perf_counter() - began
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    return outcome


async def _client(
    target: Target, due: "asyncio.Queue[tuple[float, str]]", outcome: Outcome
) -> None:
    reader = writer = None
    try:
        while True:
            at, path = await due.get()
            try:
                if writer is None or writer.is_closing():
                    reader, writer = await asyncio.open_connection(target.host, target.port)
                assert reader is not None
                writer.write(target.request(path))
                answer = await read_answer(reader)
                outcome.times.append(time.perf_counter() - at)
                outcome.n_failed += answer.status != 200
            except (OSError, asyncio.IncompleteReadError):
                outcome.n_failed += 1
                writer = None
            finally:
                due.task_done()
    finally:
        if writer is not None:
            await _hang_up(writer)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def fetch(target: Target, path: str, *, encoding: str = "gzip") -> Answer:
    """Ask once, over a connection of its own."""
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        writer.write(target.request(path, encoding=encoding))
        return await read_answer(reader)
    finally:
        await _hang_up(writer)


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer to its end, by its length or by chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    headers = head.lower()
    if b"\r\ntransfer-encoding: chunked" in headers:
        return Answer(status, head, await _read_chunks(reader))
    mark = headers.find(b"\r\ncontent-length:")
    if mark < 0:
        return Answer(status, head, b"")
    length = int(headers[mark:].split(b":", 1)[1].split(b"\r\n", 1)[0])
    return Answer(status, head, await reader.readexactly(length))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        parts.append(await reader.readexactly(size + 2))
        if size == 0:
            return b"".join(part[:-2] for part in parts)
