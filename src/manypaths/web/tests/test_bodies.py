"""Bodies come whole or not at all."""

from io import BytesIO
from typing import Any

from manypaths.web.bodies import whole_bodies


class Trickle:
    """A stream that hands out a little at a time, and breaks off after some of it."""

    def __init__(self, sent: bytes, *, breaks: bool = False) -> None:
        self._sent, self._breaks = BytesIO(sent), breaks

    def read(self, size: int) -> bytes:
        piece = self._sent.read(min(size, 7))
        if not piece and self._breaks:
            raise ConnectionResetError
        return piece


def answered(stream: object, announced: int | str, *, most: int = 10_000) -> tuple[str, bytes]:
    """Return the status and what the application read, as a server would call it."""
    said: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(most + 1)]

    app = whole_bodies(application, most_bytes=most)
    environ = {"CONTENT_LENGTH": announced, "wsgi.input": stream}
    body = b"".join(app(environ, lambda status, headers: said.append(status)))  # type: ignore[arg-type]
    return said[0], body


def test_a_body_is_handed_on_as_it_was_sent() -> None:
    text = b"a half is two quarters " * 40
    assert answered(Trickle(text), len(text)) == ("200 OK", text)
    assert answered(BytesIO(b"ignored"), "") == ("200 OK", b"ignored")


def test_half_a_body_is_not_heard() -> None:
    for stream in (Trickle(b"text=a half is"), Trickle(b"text=a half", breaks=True)):
        status, said = answered(stream, 400)
        assert status == "400 Bad Request"
        assert b"Nothing was changed" in said


def test_what_is_too_large_is_left_for_the_page_that_says_so() -> None:
    stream = BytesIO(b"x" * 50)
    answered(stream, 50, most=40)
    assert stream.tell() == 41  # read by the application alone
