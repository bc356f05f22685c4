"""The official documents of CASE, as validators of what single addresses give out."""

import json
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator

from manypaths.frameworks.draft import JsonObject
from manypaths.interop.tests.conformance import conformance_file

FILES = {
    "v1p1": "schemas/case/imscasev1p1_openapi3_v1p0.json",
    "v1p0": "schemas/case/case-v1p0-swagger.json",
}
# What each address gives out, by the last step of the name of its class.
CLASSES = {
    "CFPackages": "CFPackage",
    "CFDocuments": "CFDocument",
    "CFItems": "CFItem",
    "CFItemAssociations": "CFAssociationSet",
    "CFAssociations": "CFAssociation",
    "CFAssociationGroupings": "CFAssociationGrouping",
    "CFConcepts": "CFConceptSet",
    "CFItemTypes": "CFItemTypeSet",
    "CFLicenses": "CFLicense",
    "CFSubjects": "CFSubjectSet",
    "CFRubrics": "CFRubric",
    "all": "CFDocumentSet",
    "failure": "imsx_StatusInfo",
}


def official(edition: str) -> JsonObject:
    """Return the official document of an edition, or skip the test where it is not there."""
    document: JsonObject = json.loads(conformance_file(FILES[edition]).read_text("utf-8"))
    return document


def faults_of(edition: str, kind: str, given: object) -> list[str]:
    """Return what the official document has against what an address gave out."""
    document, name = official(edition), CLASSES[kind]
    validator: Any
    if edition == "v1p1":
        schema = {
            "$ref": f"#/components/schemas/{name}DType",
            "components": document["components"],
        }
        validator = Draft202012Validator(schema)
    else:
        definitions = {
            name: _joined(shape, document["definitions"])
            for name, shape in document["definitions"].items()
        }
        schema = {"$ref": f"#/definitions/{name}.Type", "definitions": definitions}
        validator = Draft4Validator(schema)
    return [f"{one.json_path}: {one.message[:200]}" for one in validator.iter_errors(given)]


def _joined(shape: JsonObject, definitions: JsonObject) -> JsonObject:
    """Return a class with what it inherits as one object.

    CASE 1.0 says allOf two objects of which each refuses the fields of the other, and means one.
    """
    if "allOf" not in shape:
        return shape
    made: JsonObject = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    for part in shape["allOf"]:
        known = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        made["properties"] |= known.get("properties", {})
        made["required"] += known.get("required", [])
    return made
