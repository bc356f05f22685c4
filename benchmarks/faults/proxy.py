"""What stands between two programs on a bad day: it loses, repeats, holds up or cuts off."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.faults.asking import Address
from benchmarks.load import read_answer


@dataclass
class LossyProxy:
    """Hands requests on, and now and then loses the reply to one that was carried out.

    `loses` is asked once a POST; `repeats` sends a POST a second time, as a network does that
    believes the first one lost.
    """

    upstream: Address
    loses: Callable[[], bool] = lambda: False
    repeats: Callable[[], bool] = lambda: False
    n_lost: int = 0
    n_repeated: int = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which asks once."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read_request(reader)
            reply = await self._carried_out(request)
            is_deed = request.startswith(b"POST")
            if is_deed and self.repeats():
                self.n_repeated += 1
                await self._carried_out(request)
            if is_deed and self.loses():
                self.n_lost += 1
            else:
                writer.write(reply)
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _carried_out(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.upstream.host, self.upstream.port)
        writer.write(request)
        answer = await read_answer(reader)
        writer.close()
        return answer.head + answer.body


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    mark = lower.find(b"\r\ncontent-length:")
    if mark < 0:
        return head
    length = int(lower[mark:].split(b":", 1)[1].split(b"\r\n", 1)[0])
    return head + await reader.readexactly(length)


@dataclass
class StubbornProxy:
    """Stands before a database: passes all on, until it is told to hang or to cut off."""

    upstream: Address
    _passes: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._passes.set()

    def hang(self) -> None:
        """Take everything, and hand nothing on: neither here nor there hears of it."""
        self._passes.clear()

    def go_on(self) -> None:
        self._passes.set()

    def cut(self) -> None:
        """Cut all connections that are open."""
        for writer in list(self._open):
            writer.transport.abort()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        await self._passes.wait()
        with contextlib.suppress(OSError):
            there = await asyncio.open_connection(self.upstream.host, self.upstream.port)
            both = {writer, there[1]}
            self._open |= both
            ways = [
                asyncio.create_task(self._pass_on(reader, there[1])),
                asyncio.create_task(self._pass_on(there[0], writer)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            self._open -= both
            there[1].close()
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65_536):
                await self._passes.wait()
                writer.write(piece)
                await writer.drain()
