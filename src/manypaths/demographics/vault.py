"""The district's own key, wrapped by one of the folder of keys, and what it seals."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from manypaths.base.scope import current_district
from manypaths.demographics import keys
from manypaths.demographics.models import DataKey, Demographics
from manypaths.demographics.sealing import new_key, seal, unseal


def data_key(*, at: datetime) -> bytes:
    """Return the district's key, made on first use. Raises Refused where none here opens it."""
    row = DataKey.objects.select_for_update().first()
    if row is not None:
        return unwrapped(row)
    key = new_key()
    row = DataKey(made_at=at, wrapped_by=keys.newest_key() or keys.make_key(at=at))
    row.wrapped = wrapped(key, row, row.wrapped_by)
    row.save()
    return key


def wrapped(key: bytes, row: DataKey, name: str) -> bytes:
    """Return a district's key as it stands in its row, wrapped by a key of the folder."""
    return seal(keys.key_named(name), key, bound_to=_binding_of(row))


def unwrapped(row: DataKey) -> bytes:
    """Return a district's key. Raises Refused where what wraps it is not on this machine."""
    return unseal(keys.key_named(row.wrapped_by), bytes(row.wrapped), bound_to=_binding_of(row))


def sealed(facts: Mapping[str, str], person: UUID, key: bytes) -> bytes:
    """Return facts sealed for one person of the current district."""
    text = json.dumps(dict(facts), sort_keys=True, ensure_ascii=False).encode()
    return seal(key, text, bound_to=_binding(person))


def opened(row: Demographics, key: bytes | None = None) -> dict[str, str]:
    """Return what a row says. Raises Unopened for a row that was changed or put elsewhere."""
    found = unwrapped(DataKey.objects.get()) if key is None else key
    facts: dict[str, str] = json.loads(
        unseal(found, bytes(row.sealed), bound_to=_binding(row.sealed_for))
    )
    return facts


def sealed_file(content: bytes, file: UUID, *, at: datetime) -> bytes:
    """Return a file that may speak of such facts sealed until it is read; `file` is its id."""
    return seal(data_key(at=at), content, bound_to=_binding_of_file(file))


def opened_file(content: bytes, file: UUID) -> bytes:
    """Return what was sealed of a file. Raises Refused where its key is not on this machine."""
    return unseal(unwrapped(DataKey.objects.get()), content, bound_to=_binding_of_file(file))


def _binding_of_file(file: UUID) -> str:
    return f"file {current_district()} {file}"


def _binding(person: UUID) -> str:
    return f"demographics {current_district()} {person}"


def _binding_of(row: DataKey) -> str:
    return f"data key {row.district_id} {row.public_id}"
