"""What is sent goes to the public internet, encrypted, or nowhere; nobody keeps us waiting."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from manypaths.base import outgoing
from manypaths.base.outgoing import NoReply, NotAllowedOut, is_public, post, target_of

REFUSED = [
    "http://example.org/",
    "ftp://example.org/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://0.0.0.0/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://224.0.0.1/",
    "https://user:word@1.1.1.1/",
    "https://user@1.1.1.1/",
    "https://1.1.1.1/#part",
    "https://1.1.1.1:99999/",
    "https://1.1.1.1 /",
    "https://1.1.1.1/\r\nHost: x",
    "https:///path",
    "//1.1.1.1/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://exämple.org/",
    "https://" + "a" * 500,
    "https://1.1.1.1/" + "a" * 500,
    "",
]


@pytest.mark.parametrize("address", REFUSED)
def test_nothing_is_sent_to_what_is_not_public_and_encrypted(address: str) -> None:
    with pytest.raises(NotAllowedOut):
        target_of(address)


def test_a_public_address_is_sent_to() -> None:
    target = target_of("https://1.1.1.1:8443/hook?a=b")
    assert (target.ip, target.port, target.path) == ("1.1.1.1", 8443, "/hook?a=b")
    assert is_public("2606:4700:4700::1111")


def answer_with(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let names lead to these addresses, one look-up after the other; return who was asked for."""
    asked: list[str] = []
    left = iter(rounds)

    def look_up(host: str, port: int, **kwargs: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(NotAllowedOut):
        target_of("https://two.example/")


def test_a_name_is_looked_up_once_and_connected_to_as_it_was_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answer_with(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    connected: list[tuple[str, int]] = []

    def connect(place: tuple[str, int], seconds: float) -> None:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NoReply):
        post("https://rebinding.example/", b"", {})
    assert asked == ["rebinding.example"]
    assert connected == [("1.1.1.1", 443)]


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says, and notes what was asked."""

    asked: list[str]

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/private")
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            for _ in range(100):
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.05)
            return
        elif self.path == "/silent":
            time.sleep(1)
            return
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            for _ in range(10_000):
                try:
                    self.wfile.write(b"x" * 1000)
                except OSError:
                    return
            return
        else:
            self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"asked": asked}))
    server.handle_error = lambda *args: None  # type: ignore[method-assign]  # who hangs up is meant to
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        scheme = "http" if context is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_this_machine_is_sent_to_only_where_that_is_set() -> None:
    with serving() as (place, asked):
        with pytest.raises(NotAllowedOut):
            post(place, b"{}", {})
        assert post(place, b"{}", {}, allow_loopback=True).status == 200
    assert asked == ["/"]


def test_where_it_is_set_other_machines_are_still_refused() -> None:
    for address in ("http://1.1.1.1/", "http://10.0.0.1/", "https://10.0.0.1/"):
        with pytest.raises(NotAllowedOut):
            target_of(address, allow_loopback=True)


def test_no_redirect_is_followed() -> None:
    with serving() as (place, asked):
        assert post(f"{place}/redirect", b"{}", {}, allow_loopback=True).status == 302
    assert asked == ["/redirect"]


def test_a_reply_is_read_for_so_long_and_so_far_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    with serving() as (place, _):
        reply = post(f"{place}/endless", b"{}", {}, allow_loopback=True)
        assert len(reply.beginning) == outgoing.MOST_BYTES
        reply = post(f"{place}/slow", b"{}", {}, allow_loopback=True)
        assert 0 < len(reply.beginning) < 100
        with pytest.raises(NoReply):
            post(f"{place}/silent", b"{}", {}, allow_loopback=True)


def test_nobody_there_is_no_reply() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(NoReply):
            post(address, b"{}", {}, allow_loopback=True)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a key and a certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "own.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as (place, asked):
        with pytest.raises(NoReply):
            post(place, b"{}", {}, allow_loopback=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert post(place, b"{}", {}, allow_loopback=True).status == 200
    assert asked == ["/"]
