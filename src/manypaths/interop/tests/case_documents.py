"""CASE packages of our own, for the tests: one strict with every field, one as lax as they come."""

import copy
import json
from typing import Any

from manypaths.frameworks.draft import JsonObject

SITE = "https://example.org/ims/case/v1p1"
WHEN = "2026-09-01T08:00:00Z"
DOCUMENT = "0a6f1c2d-0001-4a00-8a00-000000000001"
NUMBER, FRACTION, DECIMAL = (f"0a6f1c2d-0002-4a00-8a00-00000000000{n}" for n in (1, 2, 3))


def identifier(n: int) -> str:
    return f"0a6f1c2d-0003-4a00-8a00-{n:012d}"


def link(kind: str, identifier: str, title: str) -> JsonObject:
    return {"title": title, "identifier": identifier, "uri": f"{SITE}/{kind}/{identifier}"}


def item(identifier: str, statement: str, **fields: Any) -> JsonObject:
    return {
        "identifier": identifier,
        "uri": f"{SITE}/CFItems/{identifier}",
        "lastChangeDateTime": WHEN,
        "fullStatement": statement,
        **fields,
    }


def association(n: int, kind: str, origin: str, destination: str, **fields: Any) -> JsonObject:
    return {
        "identifier": identifier(n),
        "uri": f"{SITE}/CFAssociations/{identifier(n)}",
        "lastChangeDateTime": WHEN,
        "associationType": kind,
        "originNodeURI": link("CFItems", origin, "from"),
        "destinationNodeURI": link("CFItems", destination, "to"),
        **fields,
    }


def small_package() -> JsonObject:
    """Return a strict package with only what CASE wants: an area with two items below it."""
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": f"{SITE}/CFDocuments/{DOCUMENT}",
            "creator": "Hill School",
            "title": "Numbers",
            "lastChangeDateTime": WHEN,
        },
        "CFItems": [
            item(NUMBER, "Knows numbers."),
            item(DECIMAL, "Reads decimals."),
            item(FRACTION, "Reads fractions."),
        ],
        "CFAssociations": [
            association(1, "isChildOf", NUMBER, DOCUMENT, sequenceNumber=1),
            association(2, "isChildOf", FRACTION, NUMBER, sequenceNumber=1),
            association(3, "isChildOf", DECIMAL, NUMBER, sequenceNumber=2),
        ],
    }


def full_package() -> JsonObject:
    """Return a strict package with every field of CASE 1.1, and extensions wherever they may be."""
    package = small_package()
    package["extensions"] = _extension("package")
    package["CFDocument"] |= _full_document()
    package["CFItems"][2] |= _full_item()
    package["CFAssociations"] += [
        association(4, "precedes", FRACTION, DECIMAL, notes="Mostly."),
        association(
            5,
            "ext:inspires",
            DECIMAL,
            "any name at all",
            CFAssociationGroupingURI=link("CFAssociationGroupings", identifier(26), "Ideas"),
            extensions=_extension("association"),
        ),
    ]
    package["CFAssociations"][4]["destinationNodeURI"]["targetType"] = "ext:blog"
    package["CFDefinitions"] = _full_definitions()
    package["CFRubrics"] = [_full_rubric()]
    return package


def lax_package() -> JsonObject:
    """Return a package as systems write them: nothing fatal, but much that CASE forbids."""
    package = small_package()
    package["CFPackageVersion"] = 2
    package["CFDocument"] |= {
        "CFPackageURI": link("CFPackages", DOCUMENT, "Numbers"),
        "caseVersion": "1.0",
        "description": None,
    }
    del package["CFDocument"]["creator"]
    number, decimal, fraction = package["CFItems"]
    number |= {"CFDocumentURI": link("CFDocuments", DOCUMENT, "Numbers"), "notes": None}
    decimal |= {"identifier": "DEC-1", "uri": "local:DEC-1", "educationLevel": "06"}
    fraction |= {"statusEndDate": "2026-09-01T00:00:00Z", "rating": {"stars": 5}}
    del fraction["lastChangeDateTime"]
    package["CFAssociations"][2]["originNodeURI"] = {"identifier": "DEC-1", "uri": "urn:dec:1"}
    package["CFAssociations"].append(association(4, "is the aim of", FRACTION, "elsewhere"))
    return package


SCALE: JsonObject = {
    "title": "Levels",
    "levels": [{"code": c, "name": c.title(), "meaning": ""} for c in ("low", "mid", "high")],
    "target_level": 1,
    "cut_points": [0.5, 0.8],
}


def criterion(identifier: str, *levels: JsonObject) -> JsonObject:
    return {"CFItemURI": {"identifier": identifier}, "CFRubricCriterionLevels": list(levels)}


def with_scale(scale: object, *criteria: object) -> JsonObject:
    """Return the small package with a scale as Manypaths writes it, or as somebody changed it."""
    rubric = {"extensions": {"manypaths": {"scale": scale}}, "CFRubricCriteria": list(criteria)}
    return {**small_package(), "CFRubrics": [rubric]}


def scaled_package() -> JsonObject:
    """Return a package with all that Manypaths puts under its own key."""
    low, high = {"position": 0, "description": "Some."}, {"position": 2, "description": "All."}
    package = with_scale(SCALE, criterion(DECIMAL, low, high))
    settings = {"self_ratings_move": True, "is_from_log": True}
    package["CFDocument"]["extensions"] = {"manypaths": {"settings": settings}}
    package["CFItems"][0]["extensions"] = {"manypaths": {"fields": {"x": 1}, "filled": ["uri"]}}
    package["CFItems"][2]["extensions"] = {"manypaths": {"retired": True}}
    return package


def written(package: object) -> bytes:
    return json.dumps(package).encode()


def without(package: JsonObject, *path: str | int) -> JsonObject:
    """Return the package without what stands at the path."""
    changed = copy.deepcopy(package)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return changed


def with_value(package: JsonObject, value: object, *path: str | int) -> JsonObject:
    """Return the package with a value put at the path."""
    changed = copy.deepcopy(package)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return changed


def _extension(name: str) -> JsonObject:
    return {"org.example": {"of": name, "numbers": [1, 2.5, None, True], "deep": {"er": []}}}


def _full_document() -> JsonObject:
    return {
        "frameworkType": "Standards",
        "caseVersion": "1.1",
        "officialSourceURL": "https://example.org/numbers",
        "publisher": "Hill School",
        "description": "All about **numbers**.",
        "subject": ["Mathematics"],
        "subjectURI": [link("CFSubjects", identifier(22), "Mathematics")],
        "language": "en",
        "version": "3",
        "adoptionStatus": "Adopted",
        "statusStartDate": "2026-08-01",
        "statusEndDate": "2030-07-31",
        "licenseURI": link("CFLicenses", identifier(23), "Open"),
        "notes": "Checked twice.",
        "extensions": _extension("document"),
    }


def _full_item() -> JsonObject:
    return {
        "alternativeLabel": "Fractions!",
        "CFItemType": "Standard",
        "CFItemTypeURI": link("CFItemTypes", identifier(24), "Standard"),
        "humanCodingScheme": "N.F",
        "listEnumeration": "b",
        "abbreviatedStatement": "Fractions",
        "conceptKeywords": ["part", "whole"],
        "conceptKeywordsURI": link("CFConcepts", identifier(21), "Part"),
        "notes": "Read $\\frac{1}{2}$ as *a half*.\r\n",
        "subject": ["Mathematics"],
        "subjectURI": [link("CFSubjects", identifier(22), "Mathematics")],
        "language": "en",
        "educationLevel": ["05", "06"],
        "licenseURI": link("CFLicenses", identifier(23), "Open"),
        "statusStartDate": "2026-08-01",
        "statusEndDate": "2030-07-31",
        "extensions": _extension("item"),
    }


def _definition(n: int, title: str, **fields: Any) -> JsonObject:
    return {
        "identifier": identifier(n),
        "uri": f"{SITE}/definitions/{identifier(n)}",
        "title": title,
        "description": f"What {title} means.",
        "lastChangeDateTime": WHEN,
        "extensions": _extension(title),
        **fields,
    }


def _full_definitions() -> JsonObject:
    return {
        "CFConcepts": [_definition(21, "Part", keywords="part, whole", hierarchyCode="1")],
        "CFSubjects": [_definition(22, "Mathematics", hierarchyCode="1.1")],
        "CFLicenses": [_definition(23, "Open", licenseText="Use it and say whose it is.")],
        "CFItemTypes": [_definition(24, "Standard", hierarchyCode="1", typeCode="STD")],
        "CFAssociationGroupings": [_definition(26, "Ideas")],
        "extensions": _extension("definitions"),
    }


def _full_rubric() -> JsonObject:
    rubric, criterion, level = identifier(31), identifier(32), identifier(33)
    return {
        "identifier": rubric,
        "uri": f"{SITE}/CFRubrics/{rubric}",
        "title": "Reading fractions",
        "description": "How well somebody reads them.",
        "lastChangeDateTime": WHEN,
        "extensions": _extension("rubric"),
        "CFRubricCriteria": [
            {
                "identifier": criterion,
                "uri": f"{SITE}/CFRubricCriteria/{criterion}",
                "category": "Reading",
                "description": "Reads them aloud.",
                "CFItemURI": link("CFItems", FRACTION, "Fractions"),
                "weight": 1.5,
                "position": 1,
                "rubricId": rubric,
                "lastChangeDateTime": WHEN,
                "extensions": _extension("criterion"),
                "CFRubricCriterionLevels": [
                    {
                        "identifier": level,
                        "uri": f"{SITE}/CFRubricCriterionLevels/{level}",
                        "description": "Reads all of them.",
                        "quality": "Secure",
                        "score": 3.5,
                        "feedback": "Read some to a friend.",
                        "position": 1,
                        "rubricCriterionId": criterion,
                        "lastChangeDateTime": WHEN,
                        "extensions": [_extension("level")],
                    }
                ],
            }
        ],
    }
