"""What CASE 1.1 allows in a package: each class with its fields, and what fits them.

Written from the tables of the standard's information model (see `case`). `fits` is for writing,
which is strict; reading accepts nearly everything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeGuard

from manypaths.frameworks.draft import JsonObject

Fits = Callable[[object], bool]

# The extension under which we keep what CASE has no place for.
OURS = "manypaths"

_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_ASSOCIATION_TYPES = {
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
    "isTranslationOf",
}


@dataclass(frozen=True)
class Shape:
    """One class of CASE: what fits each field, which fields it must have, and its parts.

    `parts` are lists of objects of another class. One class has its `extensions` in a list. `ours`
    names what we keep there for this class, under our key, beside what every class may need.
    """

    fields: Mapping[str, Fits]
    required: tuple[str, ...] = ()
    parts: Mapping[str, "Shape"] = field(default_factory=dict)
    extensions_are_listed: bool = False
    ours: tuple[str, ...] = ()

    def fits(self, name: str, value: object) -> bool:
        """Say whether the class has this field and it takes the value."""
        if name in self.parts:
            return is_list_of(value, is_object)
        if name == "extensions":
            return is_list_of(value, is_object) if self.extensions_are_listed else is_object(value)
        return name in self.fields and self.fields[name](value)

    def knows(self, name: str) -> bool:
        """Say whether the class has a field of this name."""
        return name in self.fields or name in self.parts or name == "extensions"


def is_text(value: object) -> TypeGuard[str]:
    """Say whether the value is a text."""
    return isinstance(value, str)


def is_number(value: object) -> bool:
    """Say whether the value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Say whether the value is a whole number; JSON has 1.0 for one as well."""
    return is_number(value) and value == int(value)  # type: ignore[call-overload]  # a number


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Say whether the value is an object."""
    return isinstance(value, dict)


def is_list_of(value: object, fits: Fits) -> TypeGuard[list[Any]]:
    """Say whether the value is a list of what fits."""
    return isinstance(value, list) and all(map(fits, value))


def _is_date(value: object) -> bool:
    if not isinstance(value, str) or len(value) != len("2026-11-21"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _are_texts(value: object) -> bool:
    return is_list_of(value, is_text)


def _is_link(value: object) -> bool:
    """Say whether the value is a LinkURI."""
    return (
        isinstance(value, dict)
        and value.keys() == {"title", "identifier", "uri"}
        and all(map(is_text, value.values()))
    )


def _are_links(value: object) -> bool:
    return is_list_of(value, _is_link)


def _is_node(value: object) -> bool:
    """Say whether the value is a LinkGenURI, which may name the type of what it leads to."""
    if not isinstance(value, dict):
        return False
    link = {name: part for name, part in value.items() if name != "targetType"}
    target = value.get("targetType", "CASE")
    return _is_link(link) and (target == "CASE" or _is_extension(target))


def _is_extension(value: object) -> bool:
    return isinstance(value, str) and _EXTENSION.fullmatch(value) is not None


def _is_association_type(value: object) -> bool:
    return isinstance(value, str) and (value in _ASSOCIATION_TYPES or _is_extension(value))


_NAMED: dict[str, Fits] = {"identifier": is_text, "uri": is_text, "lastChangeDateTime": _is_moment}
_TITLED: dict[str, Fits] = {**_NAMED, "title": is_text, "description": is_text}
_ALWAYS = ("identifier", "uri", "lastChangeDateTime")

DOCUMENT = Shape(
    {
        **_TITLED,
        "frameworkType": is_text,
        "caseVersion": lambda value: value == "1.1",
        "creator": is_text,
        "officialSourceURL": is_text,
        "publisher": is_text,
        "subject": _are_texts,
        "subjectURI": _are_links,
        "language": is_text,
        "version": is_text,
        "adoptionStatus": is_text,
        "statusStartDate": _is_date,
        "statusEndDate": _is_date,
        "licenseURI": _is_link,
        "notes": is_text,
    },
    ("identifier", "uri", "creator", "title", "lastChangeDateTime"),
    ours=("settings",),
)
ITEM = Shape(
    {
        **_NAMED,
        "fullStatement": is_text,
        "alternativeLabel": is_text,
        "CFItemType": is_text,
        "CFItemTypeURI": _is_link,
        "humanCodingScheme": is_text,
        "listEnumeration": is_text,
        "abbreviatedStatement": is_text,
        "conceptKeywords": _are_texts,
        "conceptKeywordsURI": _is_link,
        "notes": is_text,
        "subject": _are_texts,
        "subjectURI": _are_links,
        "language": is_text,
        "educationLevel": _are_texts,
        "licenseURI": _is_link,
        "statusStartDate": _is_date,
        "statusEndDate": _is_date,
    },
    ("identifier", "fullStatement", "uri", "lastChangeDateTime"),
    ours=("retired",),
)
ASSOCIATION = Shape(
    {
        **_NAMED,
        "associationType": _is_association_type,
        "sequenceNumber": is_whole,
        "originNodeURI": _is_node,
        "destinationNodeURI": _is_node,
        "CFAssociationGroupingURI": _is_link,
        "notes": is_text,
    },
    (*_ALWAYS, "associationType", "originNodeURI", "destinationNodeURI"),
    ours=("retired",),
)
RUBRIC = Shape(
    _TITLED,
    _ALWAYS,
    {
        "CFRubricCriteria": Shape(
            {
                **_NAMED,
                "category": is_text,
                "description": is_text,
                "CFItemURI": _is_link,
                "weight": is_number,
                "position": is_whole,
                "rubricId": is_text,
            },
            _ALWAYS,
            {
                "CFRubricCriterionLevels": Shape(
                    {
                        **_NAMED,
                        "description": is_text,
                        "quality": is_text,
                        "score": is_number,
                        "feedback": is_text,
                        "position": is_whole,
                        "rubricCriterionId": is_text,
                    },
                    _ALWAYS,
                    extensions_are_listed=True,
                )
            },
        )
    },
    ours=("scale",),
)
DEFINITIONS = Shape(
    {},
    parts={
        "CFConcepts": Shape(
            {**_TITLED, "keywords": is_text, "hierarchyCode": is_text},
            (*_ALWAYS, "title", "hierarchyCode"),
        ),
        "CFSubjects": Shape(
            {**_TITLED, "hierarchyCode": is_text}, (*_ALWAYS, "title", "hierarchyCode")
        ),
        "CFLicenses": Shape(
            {**_TITLED, "licenseText": is_text}, (*_ALWAYS, "title", "licenseText")
        ),
        "CFItemTypes": Shape(
            {**_TITLED, "hierarchyCode": is_text, "typeCode": is_text},
            (*_ALWAYS, "title", "description", "hierarchyCode"),
        ),
        "CFAssociationGroupings": Shape(_TITLED, (*_ALWAYS, "title")),
    },
)
PACKAGE = Shape(
    {"CFDocument": is_object, "CFDefinitions": is_object},
    ("CFDocument",),
    {"CFItems": ITEM, "CFAssociations": ASSOCIATION, "CFRubrics": RUBRIC},
)
