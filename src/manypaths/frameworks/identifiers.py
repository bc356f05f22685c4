"""Identifiers and URIs that we mint for nodes and ties that have none from a publisher."""

import re
import uuid
from urllib.parse import quote

# Fixed for ever: what is minted from the same names is the same everywhere.
_NAMESPACE = uuid.UUID("6f0d5c2e-6a4b-4f0e-9a57-0c1de0b1f7a4")
# CASE takes lower-case UUIDs of the versions 1 to 5 alone.
_CASE_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def minted(*names: str) -> str:
    """Return the identifier that belongs to these names, as a UUID of version 5."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def is_case_uuid(identifier: str) -> bool:
    """Say whether CASE 1.1 takes the identifier for a document, an item or an association."""
    return _CASE_UUID.fullmatch(identifier) is not None


def uri_of(identifier: str) -> str:
    """Return a URI for a node whose publisher gave none: it names the node, and leads nowhere."""
    scheme = "urn:uuid" if is_case_uuid(identifier) else "local"
    return f"{scheme}:{quote(identifier, safe='')}"
