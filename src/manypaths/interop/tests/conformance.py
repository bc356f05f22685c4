"""Files of standards bodies and of others, which lie outside the repository."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from jsonschema import Draft201909Validator, Draft202012Validator
from jsonschema.protocols import Validator

from manypaths.frameworks.draft import JsonObject

CASE_FILES = (
    "AdoptedTestFramework.json",
    "ItemTypeTestFramework.json",
    "MarkdownFramework.json",
    "Ordering.json",
    "SmartLevelFramework.json",
    "Utf8TestFramework.json",
    "ccss-math.json",
    "smarter-balanced-dok.json",
    "smarter-balanced-performance-tasks.json",
)


def conformance_file(path: str) -> Path:
    """Return a file of others, or skip the test where the folder is missing."""
    file: Path = settings.CONFORMANCE / path
    if not file.exists():
        pytest.skip(f"needs {path} in MANYPATHS_CONFORMANCE, which is not part of the repository")
    return file


def case_file(name: str) -> bytes:
    return conformance_file(f"data/case/{name}").read_bytes()


def faults_by_package_schema(package: JsonObject) -> list[str]:
    """Return what the official JSON Schema of a CASE 1.1 package has against it."""
    schema = _read("schemas/case/official-case-v1p1-cfpackage.json")
    checker = Draft201909Validator.FORMAT_CHECKER
    return _faults(Draft201909Validator(schema, format_checker=checker), package)


def faults_by_service_schema(package: JsonObject) -> list[str]:
    """Return what the official OpenAPI document of CASE 1.1 has against a package."""
    service = _read("schemas/case/imscasev1p1_openapi3_v1p0.json")
    schema = {"$ref": "#/components/schemas/CFPackageDType", "components": service["components"]}
    return _faults(Draft202012Validator(schema), package)


def _faults(validator: Validator, package: JsonObject) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(package)]


def _read(path: str) -> Any:  # a schema
    return json.loads(conformance_file(path).read_text("utf-8"))
