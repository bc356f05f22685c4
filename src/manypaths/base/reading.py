"""One reading: a stretch in which nothing changes, so that no question has to be asked twice."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_remembered: ContextVar[dict[Hashable, object] | None] = ContextVar("remembered", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let queries remember their answers until the block ends: for looks, which change nothing."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def remembered() -> dict[Hashable, object] | None:
    """Return what queries remember within one reading, None outside of any."""
    return _remembered.get()
