"""What a call says, read strictly: JSON in UTF-8, no parameter twice, all of it storable."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.http.request import QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser
from ninja.types import DictStrAny

from manypaths.api.problems import Problem
from manypaths.base.errors import Fault
from manypaths.interop.json_text import read_json

MOST_BYTES = 1_000_000


class StrictParser(Parser):
    """Reads bodies and queries for the calls."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the value of a JSON body; raise Problem for every other."""
        kind = request.headers.get("Content-Type", "").partition(";")
        if kind[0].strip().lower() != "application/json":
            raise Problem(415, "Send the body as JSON, with Content-Type: application/json.")
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise Problem(413, f"A body has at most {MOST_BYTES:,} bytes. Send several.")
        reading = read_json(request.body, file="")
        if reading.faults:
            raise Problem(400, "The body is no JSON that we can read.", reading.faults)
        value: DictStrAny = reading.value  # or whatever else it holds: the shapes tell
        return value

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> DictStrAny:
        """Return the parameters of an address or a form, each once."""
        repeated = sorted(name for name in data if len(data.getlist(name)) > 1)
        if repeated:
            faults = [Fault("", None, name, None, "this parameter once") for name in repeated]
            raise Problem(422, "A parameter stands there twice.", faults)
        return dict(data.items())


def require_known(query: QueryDict, known: Collection[str]) -> None:
    """Raise Problem for a parameter that the address does not have."""
    strange = sorted(set(query) - set(known))
    if strange:
        allowed = ", ".join(sorted(known)) or "no parameter"
        faults = [Fault("", None, name[:100], None, allowed) for name in strange]
        raise Problem(422, "The address has no such parameter.", faults)
