"""Sentences that are made in one language and read in another: a report keeps what they say.

A fault in a file is noted in English, whoever brings the file in, and read by somebody later, in
their language. Making one costs no look into a catalog, for an import may note very many.
"""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext

Place = str | int | float


class Worded(str):
    """A sentence in English that knows its wording and what stands in its places."""

    wording: str
    places: Mapping[str, Place]

    @classmethod
    def of(cls, wording: str, places: Mapping[str, Place]) -> Self:
        """Return the sentence with its places filled."""
        made = cls(wording.format(**places) if places else wording)
        made.wording, made.places = wording, places
        return made

    def as_json(self) -> list[Any]:
        """Return what `reworded` takes, in a form that JSON holds."""
        return [self.wording, dict(self.places)]


def worded(wording: str, **places: object) -> Worded:
    """Return a sentence in English that can be said again in a reader's language."""
    kept = {name: p if isinstance(p, int | float) else str(p) for name, p in places.items()}
    return Worded.of(wording, kept)


def reworded(wording: str, places: Mapping[str, Any]) -> str:
    """Return a sentence in the reader's language."""
    said = gettext(wording)
    return said.format(**places) if places else said


def in_readers_words(text: str) -> str:
    """Return a text in the reader's language where it knows its wording, else as it is."""
    return reworded(text.wording, text.places) if isinstance(text, Worded) else text
