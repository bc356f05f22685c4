"""The JSON of a whole record, read as one that anybody may have written."""

import re
from typing import Any

from django.utils.translation import gettext as _

from manypaths.base.archives import MOST_BYTES, Files
from manypaths.base.errors import Refused
from manypaths.interop.json_text import read_json
from manypaths.records.whole.kinds import model_called
from manypaths.records.whole.writing import FORM, KIND

_RECORD = "record.json"
_SOMEBODY = re.compile(r"person:[0-9]{1,9}")


def read_document(files: Files, file: str) -> dict[str, Any]:
    """Return what a record says. Raises Refused for what is none, or of a form not known here."""
    try:
        content = _value(files)
        if content["kind"] != KIND or content["form"] != FORM:
            raise Refused(
                _("{file} is of form {form}; this version reads form {ours}.").format(
                    file=file, form=content["form"], ours=FORM
                )
            )
        _require_form(content)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(_("{file} holds no whole record.").format(file=file)) from error
    known = {*content["records"], *content["around"]}
    strange = sorted(kind for kind in known if model_called(kind) is None)
    if strange:
        told = _("{file} holds {kind}, which only newer versions know. Bring this one up to date.")
        raise Refused(told.format(file=file, kind=strange[0][:80]))
    return content


def _value(files: Files) -> dict[str, Any]:
    """Return what the record's file holds. Raises ValueError for what no database keeps."""
    reading = read_json(files.read(_RECORD), file=_RECORD, most_bytes=MOST_BYTES)
    if reading.faults or not isinstance(reading.value, dict):
        raise ValueError(_RECORD)
    return reading.value


def _require_form(content: dict[str, Any]) -> None:
    """Raise one of several errors for what can't be read through as a record."""
    for part in ("records", "around"):
        for rows in content[part].values():
            for row in rows:
                _require_text(row["ref"])
    (person,) = content["records"]["person"]
    district = content["district"]
    if not _SOMEBODY.fullmatch(content["person"]) or person["ref"] != content["person"]:
        raise ValueError
    _require_text(district["name"], district["time_zone"])
    _require_text(*content["files"].values())


def _require_text(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError


def people_in(content: dict[str, Any]) -> list[str]:
    """Return all that the record calls a person, by number."""
    found = {content["person"]}
    for rows in (*content["records"].values(), *content["around"].values()):
        for row in rows:
            found.update(
                value
                for value in row.values()
                if isinstance(value, str) and _SOMEBODY.fullmatch(value)
            )
    return sorted(found, key=lambda ref: int(ref.split(":")[1]))
