"""Objects of CASE as each version of the standard has them, out of what a package holds.

A package has CASE 1.1's form. What 1.0 has no place for is left out there: extensions, and the
fields that 1.1 added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from manypaths.frameworks.draft import JsonObject

_ADDED = {
    "CFDocument": {"frameworkType", "caseVersion"},
    "CFItem": {"subject", "subjectURI"},
    "CFAssociation": {"notes"},
}
_ADDED_TYPES = {"isTranslationOf"}


@dataclass(frozen=True)
class Edition:
    """A version of the standard: the step in addresses, and how its objects are made."""

    name: str
    form: Callable[[str, JsonObject], JsonObject]

    def package(self, package: JsonObject) -> JsonObject:
        """Return a whole package in the form of this edition."""
        lists = {"CFItems": "CFItem", "CFAssociations": "CFAssociation", "CFRubrics": "CFRubric"}
        made: JsonObject = {"CFDocument": self.form("CFDocument", package["CFDocument"])}
        for name, kind in lists.items():
            if name in package:
                made[name] = [self.form(kind, one) for one in package[name]]
        if "CFDefinitions" in package:
            made["CFDefinitions"] = self.form("CFDefinitions", package["CFDefinitions"])
        if "extensions" in package:
            made |= self.form("CFPackage", {"extensions": package["extensions"]})
        return made


def _as_it_is(kind: str, given: JsonObject) -> JsonObject:
    return given


def _older(kind: str, given: JsonObject) -> JsonObject:
    """Return an object of CASE 1.0: without extensions, and without what 1.1 added."""
    dropped = _ADDED.get(kind, set()) | {"extensions"}
    made = {name: _part(value) for name, value in given.items() if name not in dropped}
    if kind == "CFAssociation":
        for end in ("originNodeURI", "destinationNodeURI"):
            made[end] = {name: v for name, v in made[end].items() if name != "targetType"}
        named = made["associationType"]
        if named in _ADDED_TYPES or named.startswith("ext:"):
            made["associationType"] = "isRelatedTo"
    return made


def _part(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Return a part without extensions, however deep they lie."""
    if isinstance(value, list):
        return [_part(one) for one in value]
    if isinstance(value, dict):
        return {name: _part(one) for name, one in value.items() if name != "extensions"}
    return value


EDITIONS = {"v1p1": Edition("v1p1", _as_it_is), "v1p0": Edition("v1p0", _older)}
