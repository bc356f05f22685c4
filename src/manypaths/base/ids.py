"""Two kinds of id: an integer inside, a random public one wherever a URL or badge names a row.

Public ids say nothing about order or number; integers keep the rows that come in millions small.
"""

import uuid

from django.db import models


class PublicId(models.Model):
    """Gives a row the id by which pages, answers and badges name it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        """Only a part of other models."""

        abstract = True


def as_public_id(text: str) -> uuid.UUID | None:
    """Return the public id that `text` spells, or None where it spells none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
