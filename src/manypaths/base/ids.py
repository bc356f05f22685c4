"""Two kinds of id: an integer inside, a random public one wherever a URL or badge names a row.

Public ids say nothing about order or number; integers keep the rows that come in millions small.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random

from django.db import models

_maker: ContextVar[Callable[[], uuid.UUID]] = ContextVar("public_id_maker", default=uuid.uuid4)


def new_public_id() -> uuid.UUID:
    """Return an id that nobody can guess, or the next of those that are to be the same again."""
    return _maker.get()()


@contextmanager
def repeatable_ids(seed: str) -> Iterator[None]:
    """Make the same ids for a seed each time: for invented people, whose records are no secret."""
    chance = Random(seed)  # noqa: S311  # guessable on purpose
    token = _maker.set(lambda: uuid.UUID(int=chance.getrandbits(128), version=4))
    try:
        yield
    finally:
        _maker.reset(token)


class PublicId(models.Model):
    """Gives a row the id by which pages, answers and badges name it."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)

    class Meta:
        """Only a part of other models."""

        abstract = True


def as_public_id(text: str) -> uuid.UUID | None:
    """Return the public id that `text` spells, or None where it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
