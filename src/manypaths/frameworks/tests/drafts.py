"""Small drafts of frameworks, with only what a test talks about."""

from typing import Any

from manypaths.frameworks.draft import (
    AssociationDraft,
    CompetencyDraft,
    FrameworkDraft,
    LevelDraft,
    ScaleDraft,
)
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.services import save_framework
from manypaths.people.tests.cast import AT, OPERATOR

FOUR_LEVELS = ScaleDraft(
    "Our levels",
    tuple(LevelDraft(name.upper(), name) for name in ("Starting", "Growing", "Secure", "Beyond")),
)


def competency(identifier: str, **fields: Any) -> CompetencyDraft:
    return CompetencyDraft(identifier, fields.pop("statement", f"Can do {identifier}."), **fields)


def tie(kind: str, origin: str, destination: str, sequence: int | None = None) -> AssociationDraft:
    return AssociationDraft(f"{origin} {kind} {destination}", kind, origin, destination, sequence)


def child_of(child: str, parent: str, sequence: int | None = None) -> AssociationDraft:
    return tie("isChildOf", child, parent, sequence)


def precedes(before: str, after: str) -> AssociationDraft:
    return tie("precedes", before, after)


def framework_of(
    *parts: CompetencyDraft | AssociationDraft, identifier: str = "fractions", **fields: Any
) -> FrameworkDraft:
    return FrameworkDraft(
        identifier=identifier,
        title=fields.pop("title", "Fractions"),
        competencies=tuple(part for part in parts if isinstance(part, CompetencyDraft)),
        associations=tuple(part for part in parts if isinstance(part, AssociationDraft)),
        **fields,
    )


def saved(draft: FrameworkDraft) -> Framework:
    return save_framework(draft, by=OPERATOR, at=AT).framework


def named(framework: Framework, identifier: str) -> Competency:
    return Competency.objects.get(framework=framework, identifier=identifier)
