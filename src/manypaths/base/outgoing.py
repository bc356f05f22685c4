"""The only way out: a call to an address that somebody else chose, so that it harms nobody here.

Encrypted; to public addresses of the internet alone, looked up once and connected to as looked up;
no redirect is followed; five seconds in all; of the reply no more is read than a word of it.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 5.0
MOST_BYTES = 2_000
LONGEST = 500
_PLAIN = frozenset(range(0x21, 0x7F))


class NotAllowedOut(ValueError):
    """An address that nothing is sent to; its text says which ones are allowed."""


class NoReply(OSError):
    """Nobody took it: no connection, no answer in time, or one that is none."""


@dataclass(frozen=True)
class Reply:
    """What came back: its status, and the beginning of what it said."""

    status: int
    beginning: bytes


@dataclass(frozen=True)
class Target:
    """An address that may be sent to, as it was looked up."""

    host: str
    port: int
    path: str
    ip: str
    is_encrypted: bool


def target_of(address: str, *, allow_loopback: bool = False) -> Target:
    """Return where an address leads, looked up once; raise NotAllowedOut for what is not allowed.

    `allow_loopback` is for tests and demonstrations: then this machine may be sent to, and plainly.
    """
    if len(address) > LONGEST or not set(address.encode("utf-8", "replace")) <= _PLAIN:
        raise NotAllowedOut("an https:// address of up to 500 plain letters")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowedOut("an https:// address") from None
    is_encrypted = parts.scheme == "https"
    if not host or parts.username or parts.password or parts.fragment:
        raise NotAllowedOut("an https:// address without a name, a password or a #")
    if not is_encrypted and not (allow_loopback and parts.scheme == "http"):
        raise NotAllowedOut("an https:// address")
    port = port or (443 if is_encrypted else 80)
    ip = _ip_of(host, port, allow_loopback=allow_loopback)
    if not is_encrypted and not ipaddress.ip_address(ip).is_loopback:
        raise NotAllowedOut("an https:// address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port, path, ip, is_encrypted)


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, allow_loopback: bool = False
) -> Reply:
    """Send a body to an address and return its reply, whatever the status.

    Raises NotAllowedOut where nothing may be sent, NoReply where nobody took it.
    """
    target = target_of(address, allow_loopback=allow_loopback)
    connection = _Connection(target)
    # Each read has its own time, so that many slow ones would take for ever: this ends them all.
    watch = threading.Timer(SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        response = connection.getresponse()
        return Reply(response.status, response.read(MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoReply(type(error).__name__) from error
    finally:
        watch.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was looked up, under the name that was asked for."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target
        # Kept here too: the library lets go of it while the reply is still being read.
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the one address, and speak encrypted where it is so."""
        place = (self._target.ip, self._target.port)
        self._wire = self.sock = socket.create_connection(place, SECONDS)
        if self._target.is_encrypted:
            encrypted = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self._wire = self.sock = encrypted
            encrypted.do_handshake()

    def cut(self) -> None:
        """End whatever is still being waited for."""
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _ip_of(host: str, port: int, *, allow_loopback: bool) -> str:
    """Return the first address of a host; raise NotAllowedOut unless all of them are public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotAllowedOut("the name of a host that is known") from None
    ips = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not ips or not all(is_public(ip) or (allow_loopback and _is_loopback(ip)) for ip in ips):
        raise NotAllowedOut("a host on the public internet")
    return ips[0]


def is_public(ip: str) -> bool:
    """Say whether an address is one of the public internet, also where it stands for another."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inside is not None:
            return is_public(str(inside))
        if address in _TRANSLATED:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


# What stands for addresses of version 4 behind a translator.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def _is_loopback(ip: str) -> bool:
    return ipaddress.ip_address(ip).is_loopback
