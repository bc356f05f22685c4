"""Objects of a JSON file, read field by field; what is wrong is noted with its place."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Model

from manypaths.base.errors import Fault
from manypaths.base.worded import worded
from manypaths.frameworks.checks import (
    is_storable_number,
    longest_text,
    shortened,
    text_faults,
)
from manypaths.frameworks.draft import JsonObject
from manypaths.interop.json_text import under


@dataclass
class FaultSheet:
    """Where faults are noted while a file is read to its end."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def note(self, place: str, value: object, allowed: str, index: int | None = None) -> None:
        """Note one fault; `index` counts the list that the object stands in from 0."""
        row = None if index is None else index + 1
        self.faults.append(Fault(self.file, row, place, shortened(value), allowed))

    def take_in(self, faults: Iterable[Fault]) -> None:
        """Note faults that were found by rules which know nothing of the file."""
        self.faults.extend(replace(fault, file=self.file) for fault in faults)


@dataclass(frozen=True)
class CheckedObject:
    """One object and its place: each field is given as its column takes it, or noted."""

    sheet: FaultSheet
    says: JsonObject
    place: str
    index: int | None = None

    def text(self, name: str, model: type[Model], column: str, *, needed: bool = False) -> str:
        """Return the text of a field, empty where there is none."""
        value = self.says.get(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            self._note(
                name,
                value,
                worded("a text") if name in self.says else worded("a text; it must be there"),
            )
            return ""
        self.sheet.take_in(
            text_faults(
                value,
                under(self.place, name),
                self.index,
                longest=longest_text(model, column),
                may_be_empty=not needed,
            )
        )
        return value

    def whole(self, name: str) -> int | None:
        """Return the whole number of a field, or None where there is none."""
        value = self.says.get(name)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and is_storable_number(value):
            return int(value)
        self._note(name, value, worded("a whole number of 32 bits"))
        return None

    def part(self, name: str) -> "CheckedObject":
        """Return the object that stands in a field; an empty one where it is missing."""
        value = self.says.get(name)
        if not isinstance(value, dict):
            self._note(name, value, worded("an object; it must be there"))
            value = {}
        return CheckedObject(self.sheet, value, under(self.place, name), self.index)

    def _note(self, name: str, value: object, allowed: str) -> None:
        self.sheet.note(under(self.place, name), value, allowed, self.index)
