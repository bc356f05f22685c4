"""Makes objects fit CASE 1.1 without losing anything, and gives them back as they were.

What a class has no place for, or does not take, goes under `extensions` with our key, as `fields`.
A field that the class must have, and that nobody gave, is filled in, and named there in `filled`.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from manypaths.frameworks.draft import JsonObject
from manypaths.frameworks.identifiers import minted, uri_of
from manypaths.interop.case_shapes import OURS, Shape, is_list_of, is_object, is_text
from manypaths.interop.json_text import under

_NOT_IN_EXTENSION = re.compile(r"[^A-Za-z0-9._-]+")
# Claims of ours about a whole framework.
SETTINGS = {"self_ratings_move", "is_from_log"}


@dataclass
class Fitting:
    """Fits objects of one package to their classes, and counts what that took."""

    # When what has no date of its own was changed last.
    changed: str
    n_set_aside: int = 0
    n_left_empty: int = 0

    def fit(
        self,
        given: JsonObject,
        shape: Shape,
        place: str,
        *,
        known: Collection[str] | None = None,
        kept: JsonObject | None = None,
    ) -> JsonObject:
        """Return the object as its class wants it.

        `known` are the fields that its publisher gave, all unless said otherwise. `kept` goes
        under our key as well. `place` names the object in its package: ids are minted from it.
        """
        fitting = {name: value for name, value in given.items() if shape.fits(name, value)}
        aside = {name: value for name, value in given.items() if name not in fitting}
        for name in shape.parts.keys() & fitting.keys():
            part, here = shape.parts[name], f"{place}/{name}"
            fitting[name] = [
                self.fit(one, part, f"{here}/{at}") for at, one in enumerate(fitting[name])
            ]
        for name in shape.required:
            if name not in fitting:
                fitting[name] = self._filling(name, given, fitting, place)
        self.n_set_aside += len(aside)
        from_publisher = given if known is None else known
        filled = [name for name in fitting | aside if name not in from_publisher]
        ours = {**(kept or {}), "fields": aside, "filled": filled}
        return _with_ours(fitting, {name: value for name, value in ours.items() if value}, shape)

    def _filling(self, name: str, given: JsonObject, fitting: JsonObject, place: str) -> object:
        match name:
            case "identifier":
                return minted(place)
            case "uri":
                return uri_of(fitting["identifier"])
            case "lastChangeDateTime":
                return self.changed
            case "associationType":
                return "ext:" + (_NOT_IN_EXTENSION.sub("-", given[name]).strip("-") or "other")
            case "originNodeURI" | "destinationNodeURI":
                return _strict_node(given[name])
        self.n_left_empty += 1
        return ""


@dataclass(frozen=True)
class Opened:
    """An object that may have been fitted: all that it says, what its publisher gave, our part."""

    says: JsonObject
    source: JsonObject
    ours: JsonObject


def opened(given: JsonObject, shape: Shape) -> Opened:
    """Return an object of a package without our part. Our part must be whole: see `misfits`."""
    ours, says = _without_ours(given, shape)
    for name, part in shape.parts.items():
        if is_list_of(says.get(name), is_object):
            says[name] = [opened(one, part).source for one in says[name]]
    says |= ours.get("fields", {})
    filled = ours.get("filled", [])
    return Opened(says, {name: says[name] for name in says if name not in filled}, ours)


def misfits(given: JsonObject, shape: Shape, place: str) -> Iterator[tuple[str, object]]:
    """Yield where our key holds what we would not have written, in the object or its parts."""
    ours, _ = _without_ours(given, shape)
    if not _is_ours(ours, shape):
        yield under(under(place, "extensions"), OURS), ours
    for name, part in shape.parts.items():
        if is_list_of(given.get(name), is_object):
            for at, one in enumerate(given[name]):
                yield from misfits(one, part, under(under(place, name), at))


def _is_ours(value: object, shape: Shape) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= {"fields", "filled", *shape.ours}
        and value.get("retired", True) is True
        and _are_set_aside(value.get("fields", {}), shape)
        and _are_settings(value.get("settings", {}))
        and is_list_of(value.get("filled", []), is_text)
    )


def _are_set_aside(fields: object, shape: Shape) -> bool:
    return isinstance(fields, dict) and not any(
        value and shape.fits(name, value) for name, value in fields.items()
    )


def _are_settings(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= SETTINGS
        and all(isinstance(claim, bool) for claim in value.values())
    )


def _with_ours(fitting: JsonObject, ours: JsonObject, shape: Shape) -> JsonObject:
    if not ours:
        return fitting
    given = fitting.get("extensions")
    if given is not None and not given:
        ours = {**ours, "fields": {**ours.get("fields", {}), "extensions": given}}
    if shape.extensions_are_listed:
        return {**fitting, "extensions": [*(given or []), {OURS: ours}]}
    return {**fitting, "extensions": {**(given or {}), OURS: ours}}


def _without_ours(given: JsonObject, shape: Shape) -> tuple[JsonObject, JsonObject]:
    """Return our part of the object and the rest of it."""
    extensions = given.get("extensions")
    rest = {name: value for name, value in given.items() if name != "extensions"}
    if shape.extensions_are_listed and isinstance(extensions, list) and extensions:
        *before, last = extensions
        if is_object(last) and last.keys() == {OURS}:
            return last[OURS], rest | ({"extensions": before} if before else {})
    elif isinstance(extensions, dict) and OURS in extensions:
        others = {name: value for name, value in extensions.items() if name != OURS}
        return extensions[OURS], rest | ({"extensions": others} if others else {})
    return {}, dict(given)


def _strict_node(given: JsonObject) -> JsonObject:
    """Return a node that leads to the same place, with the three fields that it must have."""
    title, uri = given.get("title"), given.get("uri")
    return {
        "title": title if is_text(title) else "",
        "identifier": given["identifier"],
        "uri": uri if is_text(uri) else uri_of(given["identifier"]),
    }
