"""One request over a connection of its own, as a browser sends it, and its answer."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.load import read_answer

# The token of forms stands in a cookie and in the form, and needs to be the same in both.
_TOKEN = "manypathsmanypathsmanypathsmanyp"  # noqa: S105  # no secret
PATIENCE_SECONDS = 40.0
# What happens to somebody who asks while the machine breaks.
TROUBLE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError)


@dataclass(frozen=True)
class Address:
    """Where a server, or what stands in front of it, listens."""

    port: int
    host: str = "127.0.0.1"


@dataclass(frozen=True)
class Reply:
    """A status, where it leads, and its body."""

    status: int
    location: str
    body: str


async def ask(
    address: Address,
    path: str,
    *,
    cookie: str = "",
    form: Mapping[str, str] | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Reply:
    """Ask once: a POST where there is a form, else a GET. Raises one of TROUBLE without answer."""
    kind = "application/x-www-form-urlencoded"
    body = None if form is None else urlencode({**form, "csrfmiddlewaretoken": _TOKEN}).encode()
    cookies = "; ".join(filter(None, (cookie, f"csrf={_TOKEN}")))
    return await _sent(address, path, {"Cookie": cookies, "Content-Type": kind}, body, patience)


async def call(
    address: Address,
    path: str,
    content: object,
    *,
    secret: str,
    key: str,
    patience: float = PATIENCE_SECONDS,
) -> Reply:
    """Call the API once, as a program does. Raises one of TROUBLE without answer."""
    headers = {
        "Authorization": f"Bearer {secret}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    return await _sent(address, path, headers, json.dumps(content).encode(), patience)


async def _sent(
    address: Address, path: str, headers: Mapping[str, str], body: bytes | None, patience: float
) -> Reply:
    """Send a request over a connection of its own, and wait for the answer."""
    async with asyncio.timeout(patience):
        reader, writer = await asyncio.open_connection(address.host, address.port, limit=1 << 20)
        try:
            writer.write(_request(address, path, headers, body))
            await writer.drain()
            answer = await read_answer(reader)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    return Reply(answer.status, _header(answer.head, b"location"), answer.body.decode())


def _request(address: Address, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    lines = (
        f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        "Connection: close",
        "Accept: text/html, application/json",
        "Accept-Encoding: identity",
        "Accept-Language: en",
        *(f"{name}: {value}" for name, value in headers.items()),
        *(() if body is None else (f"Content-Length: {len(body)}",)),
        "",
        "",
    )
    return "\r\n".join(lines).encode() + (body or b"")


def _header(head: bytes, name: bytes) -> str:
    for line in head.split(b"\r\n")[1:]:
        known, _, value = line.partition(b":")
        if known.lower() == name:
            return value.strip().decode()
    return ""
