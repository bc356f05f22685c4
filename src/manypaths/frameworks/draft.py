"""What somebody hands in as a framework, before it is saved: from CASE, YAML, a log or a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class LevelDraft:
    """One level of a scale, from the bottom up."""

    code: str
    name: str
    meaning: str = ""


@dataclass(frozen=True)
class ScaleDraft:
    """A scale with its levels in rising order."""

    title: str
    levels: tuple[LevelDraft, ...]


@dataclass(frozen=True)
class CompetencyDraft:
    """One node; `source` keeps the publisher's whole object, `progression` texts by level code."""

    identifier: str
    statement: str
    code: str = ""
    title: str = ""
    kind: str = ""
    progression: dict[str, str] = field(default_factory=dict)
    source: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class AssociationDraft:
    """One tie between two nodes, named by their identifiers; either may lie elsewhere."""

    identifier: str
    kind: str
    origin: str
    destination: str
    sequence: int | None = None
    source: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class FrameworkDraft:
    """One version of a framework with all its nodes and ties."""

    identifier: str
    title: str
    competencies: tuple[CompetencyDraft, ...]
    associations: tuple[AssociationDraft, ...] = ()
    version: str = ""
    scale: ScaleDraft | None = None
    target_level: int | None = None
    cut_points: tuple[float, ...] = ()
    self_ratings_move: bool = False
    is_from_log: bool = False
    source: JsonObject = field(default_factory=dict)
    definitions: JsonObject = field(default_factory=dict)
    rubrics: tuple[JsonObject, ...] = ()
    extensions: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class FrameworkTranslation:
    """A framework's texts in another language.

    `levels` have name and meaning by their code, `competencies` title and statement by theirs,
    and `progressions` a text by the codes of competency and level.
    """

    language: str
    title: str
    levels: Mapping[str, Mapping[str, str]]
    competencies: Mapping[str, Mapping[str, str]]
    progressions: Mapping[str, Mapping[str, str]]
