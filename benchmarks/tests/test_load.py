"""The load generator counts from when a request was due, and says when a server fell behind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from benchmarks.load import Outcome, Target, fetch, offer

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


def answering(answer: bytes) -> Serve:
    """Return a server that answers everything with the same bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readline():
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
        finally:
            writer.close()

    return serve


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.read()
    finally:
        writer.close()


def run(serve: Serve, n: int, n_clients: int = 2) -> Outcome:
    async def load() -> Outcome:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            target = Target("127.0.0.1", port)
            found = await offer(
                target, ["/a", "/b"], rate=n / 0.1, n_clients=n_clients, seconds=0.1
            )
            await asyncio.sleep(0)  # lets the server see that its clients went
            return found

    return asyncio.run(load())


def test_every_request_that_was_due_is_counted() -> None:
    outcome = run(answering(PAGE), 40)
    assert (outcome.offered, len(outcome.times), outcome.n_failed) == (40, 40, 0)
    assert not outcome.is_saturated
    assert outcome.percentile(0.5) <= outcome.percentile(0.95)


def test_a_server_that_never_answers_is_saturated() -> None:
    assert run(silent, 4).is_saturated


def test_waiting_for_a_free_connection_is_waiting() -> None:
    async def one_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)
        writer.write(PAGE)
        await answering(PAGE)(reader, writer)

    outcome = run(one_late, 10, n_clients=1)
    # All ten were due within a tenth of a second and stood behind the first.
    assert outcome.percentile(0.5) > 0.2


def test_an_answer_in_chunks_is_read_whole() -> None:
    async def load() -> bytes:
        server = await asyncio.start_server(answering(CHUNKED), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return (await fetch(Target("127.0.0.1", port), "/")).body

    assert asyncio.run(load()) == b"abcde"


def test_percentiles_are_times_that_were_seen() -> None:
    outcome = Outcome(offered=4, seconds=1, times=[0.4, 0.1, 0.3, 0.2])
    assert [outcome.percentile(share) for share in (0.01, 0.5, 0.95)] == pytest.approx(
        [0.1, 0.2, 0.4]
    )
