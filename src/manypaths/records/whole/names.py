"""Names of other people in the texts of a record: they stay behind."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from manypaths.people.models import Person

Value = TypeVar("Value")
_WORD = re.compile(r"[\w'’\-.]+")
_ENDING = re.compile(r"(['’]s)?[.\-'’]*$")


class OthersNames:
    """The full names of everybody else in the district, to be taken out of texts."""

    def __init__(self, names: Iterable[tuple[str, str]], *, own: tuple[str, str]) -> None:
        self._names = {_folded(" ".join(name)) for name in names if all(name) and name != own} - {
            _folded(" ".join(own))
        }
        self._longest = max((name.count(" ") + 1 for name in self._names), default=0)

    @classmethod
    def beside(cls, person: Person) -> "OthersNames":
        """Return the names of everybody in the district but one. One query."""
        rows = Person.objects.exclude(pk=person.pk).values_list("given_name", "family_name")
        return cls(rows.iterator(), own=(person.given_name, person.family_name))

    def without(self, value: Value) -> Value:
        """Return a value with each full name of another in it replaced by words."""
        without: Any = value  # Any: of the same type as before
        if isinstance(value, dict):
            without = {key: self.without(each) for key, each in value.items()}
        elif isinstance(value, list):
            without = [self.without(each) for each in value]
        elif isinstance(value, str) and " " in value:
            without = self._redacted(value)
        found: Value = without
        return found

    def _redacted(self, text: str) -> str:
        words = list(_WORD.finditer(text))
        parts, begin, place = [], 0, 0
        while place < len(words):
            n_words = self._name_at(text, words, place)
            if n_words:
                parts += [text[begin : words[place].start()], _("(another person)")]
                last = words[place + n_words - 1]
                begin = last.start() + len(_ENDING.sub("", last.group()))
            place += max(n_words, 1)
        return "".join((*parts, text[begin:])) if parts else text

    def _name_at(self, text: str, words: list[re.Match[str]], place: int) -> int:
        """Return of how many words the name is that begins here; 0 for none."""
        for n_words in range(min(self._longest, len(words) - place), 1, -1):
            found = text[words[place].start() : words[place + n_words - 1].end()]
            folded = _folded(found)
            if {folded, _ENDING.sub("", folded)} & self._names:
                return n_words
        return 0


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
