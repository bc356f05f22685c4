"""The published frameworks of a district as CASE has them, looked up by identifier.

A package is made once a process while nobody changes a framework.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from manypaths.api.case.forms import Edition
from manypaths.base.audit import newest_deed_on
from manypaths.base.scope import current_owner
from manypaths.frameworks.draft import JsonObject
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import published_frameworks
from manypaths.interop.case import to_case, to_case_document

_KEPT = 8
# What comes as a list, for those under it come along.
_SETS = {"CFConcepts", "CFSubjects", "CFItemTypes"}
_JOINTS = (".", "-", "/", " ")


@dataclass(frozen=True)
class Library:
    """What one edition of CASE gives out in the present scope; `base` is where it is served."""

    edition: Edition
    base: str

    def documents(self) -> list[JsonObject]:
        """Return the document of each framework."""
        return [self._document(to_case_document(one)) for one in published_frameworks()]

    def find(self, kind: str, identifier: str) -> JsonObject | None:
        """Return what an address of this kind gives out for an identifier, None for nothing."""
        for package in _packages(kind, identifier):
            found = self._found(package, kind, identifier)
            if found is not None:
                return found
        return None

    def _found(self, package: JsonObject, kind: str, identifier: str) -> JsonObject | None:
        if kind == "CFPackages":
            same = package["CFDocument"]["identifier"] == identifier
            return self.edition.package(package) if same else None
        if kind == "CFDocuments":
            same = package["CFDocument"]["identifier"] == identifier
            return self._document(package["CFDocument"]) if same else None
        if kind == "CFItemAssociations":
            return self._with_ties(package, identifier)
        if kind in _SETS:
            return self._with_parts(package, kind, identifier)
        found = _named(_rows(package, kind), identifier)
        if found is None:
            return None
        made = self.edition.form(kind.removesuffix("s"), found)
        return made | self._home(package) if kind in ("CFItems", "CFAssociations") else made

    def _document(self, document: JsonObject) -> JsonObject:
        identifier = document["identifier"]
        link = {
            "title": document["title"],
            "identifier": identifier,
            "uri": f"{self.base}/CFPackages/{identifier}",
        }
        return self.edition.form("CFDocument", document) | {"CFPackageURI": link}

    def _home(self, package: JsonObject) -> JsonObject:
        document = package["CFDocument"]
        link = {name: document[name] for name in ("title", "identifier", "uri")}
        return {"CFDocumentURI": link}

    def _with_ties(self, package: JsonObject, identifier: str) -> JsonObject | None:
        item = _named(package["CFItems"], identifier)
        ties = [
            self.edition.form("CFAssociation", tie)
            for tie in package["CFAssociations"]
            if identifier
            in (tie["originNodeURI"]["identifier"], tie["destinationNodeURI"]["identifier"])
        ]
        if item is None or not ties:
            return None  # a set of ties has one or more
        made = self.edition.form("CFItem", item) | self._home(package)
        return {"CFItem": made, "CFAssociations": ties}

    def _with_parts(self, package: JsonObject, kind: str, identifier: str) -> JsonObject | None:
        rows = _rows(package, kind)
        found = _named(rows, identifier)
        if found is None:
            return None
        code = found["hierarchyCode"]
        below = [
            row
            for row in rows
            if row is not found and code and row["hierarchyCode"].startswith(_under(code))
        ]
        return {kind: [self.edition.form(kind, row) for row in (found, *below)]}


def _under(code: str) -> tuple[str, ...]:
    return tuple(f"{code}{joint}" for joint in _JOINTS)


def _rows(package: JsonObject, kind: str) -> Sequence[JsonObject]:
    held = package if kind in package else package.get("CFDefinitions", {})
    rows: Sequence[JsonObject] = held.get(kind, ())
    return rows


def _named(rows: Sequence[JsonObject], identifier: str) -> JsonObject | None:
    return next((row for row in rows if row["identifier"] == identifier), None)


# What a row of ours names; everything else lies inside a framework's own columns.
_HELD_IN_ROWS = {"CFPackages", "CFDocuments", "CFItems", "CFItemAssociations", "CFAssociations"}


def _packages(kind: str, identifier: str) -> Iterator[JsonObject]:
    holding = identifier if kind in _HELD_IN_ROWS else None
    for framework in published_frameworks(holding):
        yield _package(framework)


def _package(framework: Framework) -> JsonObject:
    if connection.in_atomic_block:  # what a transaction shows may never come to be
        return to_case(framework).package
    return _kept(_Key(framework.pk, current_owner(), newest_deed_on("framework"), framework))


@dataclass(frozen=True)
class _Key:
    """Which framework, as of which deed; the row itself comes along and tells nothing apart."""

    pk: int
    owner: int | None
    newest_deed: int
    framework: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and hash(self) == hash(other)

    def __hash__(self) -> int:
        return hash((self.pk, self.owner, self.newest_deed))


@lru_cache(maxsize=_KEPT)
def _kept(key: _Key) -> JsonObject:
    return to_case(key.framework).package
