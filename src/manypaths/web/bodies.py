"""Requests come to the pages whole or not at all, however slowly they were sent."""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

# Larger ones wait on the disk.
_IN_MEMORY = 1_000_000
_AT_ONCE = 65_536
_PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]


def whole_bodies(application: "WSGIApplication", *, most_bytes: int) -> "WSGIApplication":
    """Return the application so that it is called once the body is there.

    A sender who gives up half-way is not heard: half a text would else be taken for all of it.
    Bodies of more than `most_bytes` are left where they are, for the application to refuse.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        length = _length(environ)
        if not 0 < length <= most_bytes:
            return application(environ, start_response)
        # Nobody reads on once the application has begun to answer.
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            if not _is_whole(environ["wsgi.input"], length, body):
                start_response("400 Bad Request", _PLAIN)
                return [b"The request did not come whole. Nothing was changed.\n"]
            environ["wsgi.input"] = body
            return application(environ, start_response)

    return answer


def _is_whole(sent: "InputStream", length: int, body: "SpooledTemporaryFile[bytes]") -> bool:
    """Copy what is sent, and say whether it was all that was announced."""
    missing = length
    try:
        while missing:
            piece = sent.read(min(missing, _AT_ONCE))
            if not piece:
                return False
            body.write(piece)
            missing -= len(piece)
        body.seek(0)
    except OSError:  # a sender who is gone, or a disk that is full
        return False
    return True


def _length(environ: "WSGIEnvironment") -> int:
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
