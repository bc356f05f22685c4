"""What each model says of people: a declaration beside its fields, walked by a test.

Exports of a person's whole record and erasure read these declarations, so a new field can't be
forgotten: the test fails until somebody has decided what it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.apps import apps
from django.db import models


class Erasure(Enum):
    """What becomes of a personal field when its person is erased."""

    DELETE = "the row goes"
    BLANK = "the field is emptied"
    KEEP = "stays; once the person is erased it identifies nobody"


@dataclass(frozen=True)
class PersonalFields:
    """Whom a row speaks of, and how each of its fields leaves in an export and ends in an erasure.

    `subject` is the path from the row to the person: "" where the row is the person, None where it
    speaks of nobody. `fields` are personal and leave in the person's export; every other field of
    such a row is named in `impersonal`. `secrets` are those of the fields that never leave, for
    whoever has them could sign in as the person.
    """

    subject: str | None
    fields: Mapping[str, Erasure] = field(default_factory=dict)
    impersonal: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


def goes_with(subject: str, *fields: str, secrets: tuple[str, ...] = ()) -> PersonalFields:
    """Return the declaration of a row that is all about one person and goes when they go."""
    decided = dict.fromkeys((*fields, *secrets), Erasure.DELETE)
    return PersonalFields(subject, decided, secrets=frozenset(secrets))


# The declaration of a row that speaks of no person.
OF_NOBODY = PersonalFields(subject=None)


def declared_models() -> Iterator[tuple[type[models.Model], PersonalFields]]:
    """Yield each model of ours with its declaration. Raises AttributeError for one without."""
    for config in apps.get_app_configs():
        if config.name.startswith("manypaths."):
            for model in config.get_models():
                yield model, model.personal  # type: ignore[attr-defined]
