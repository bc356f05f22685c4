"""A framework's scale with its progressions, as a CFRubric and back.

One rubric for the scale: a criterion for each competency that has a progression (for all of them
where none has), and in it a level for each level of the scale. What CASE has no field for, such as
the level that counts as mastered, stands under our key in the rubric's extensions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from manypaths.frameworks.draft import JsonObject, LevelDraft, ScaleDraft
from manypaths.frameworks.identifiers import minted, uri_of
from manypaths.frameworks.models import Competency, Framework, Level
from manypaths.interop.case_shapes import OURS, is_list_of, is_number, is_object, is_text, is_whole

# Texts by position of the level.
Progression = Mapping[int, str]


@dataclass(frozen=True)
class ReadScale:
    """What a rubric of ours says of a framework."""

    scale: ScaleDraft
    target_level: int
    cut_points: tuple[float, ...]
    # Texts by code of the level, by identifier of the item.
    progressions: dict[str, dict[str, str]]


def scale_rubric(
    framework: Framework,
    levels: Sequence[Level],
    competencies: Sequence[Competency],
    progressions: Mapping[int, Progression],
    changed: str,
) -> JsonObject:
    """Return the framework's scale as a rubric; `progressions` by key of the competency."""
    described = [row for row in competencies if row.pk in progressions] or competencies
    identifier = minted(framework.identifier, "scale")
    return {
        **_named(identifier, changed),
        "title": framework.scale.title if framework.scale else "",
        "CFRubricCriteria": [
            _criterion(identifier, row, place, levels, progressions.get(row.pk, {}), changed)
            for place, row in enumerate(described)
        ],
        "extensions": {OURS: {"scale": _settings(framework, levels)}},
    }


def read_scale(said: object, criteria: object) -> ReadScale | None:
    """Return what a rubric of ours says under our key and in its criteria; None if damaged."""
    if not (_is_scale(said) and is_list_of(criteria, _is_criterion)):
        return None
    levels = tuple(LevelDraft(**level) for level in said["levels"])
    progressions = {
        criterion["CFItemURI"]["identifier"]: {
            levels[int(level["position"])].code: level["description"]
            for level in criterion["CFRubricCriterionLevels"]
            if level.get("description") and level["position"] in range(len(levels))
        }
        for criterion in criteria
    }
    return ReadScale(
        scale=ScaleDraft(said["title"], levels),
        target_level=int(said["target_level"]),
        cut_points=tuple(said["cut_points"]),
        progressions=progressions,
    )


def _named(identifier: str, changed: str) -> JsonObject:
    return {
        "identifier": identifier,
        "uri": uri_of(identifier),
        "lastChangeDateTime": changed,
    }


def _settings(framework: Framework, levels: Sequence[Level]) -> JsonObject:
    return {
        "title": framework.scale.title if framework.scale else "",
        "levels": [
            {"code": level.code, "name": level.name, "meaning": level.meaning} for level in levels
        ],
        "target_level": framework.target_level,
        "cut_points": framework.cut_points,
    }


def _criterion(
    rubric: str,
    competency: Competency,
    place: int,
    levels: Sequence[Level],
    texts: Progression,
    changed: str,
) -> JsonObject:
    identifier = minted(rubric, competency.identifier)
    uri = competency.source.get("uri")
    return {
        **_named(identifier, changed),
        "CFItemURI": {
            "title": competency.title or competency.statement,
            "identifier": competency.identifier,
            "uri": uri if is_text(uri) else uri_of(competency.identifier),
        },
        "position": place,
        "rubricId": rubric,
        "CFRubricCriterionLevels": [
            _criterion_level(identifier, level, texts.get(level.position), changed)
            for level in levels
        ],
    }


def _criterion_level(criterion: str, level: Level, text: str | None, changed: str) -> JsonObject:
    return {
        **_named(minted(criterion, str(level.position)), changed),
        **({"description": text} if text else {}),
        "quality": level.name,
        "score": level.position,
        "position": level.position,
        "rubricCriterionId": criterion,
    }


def _is_scale(value: object) -> TypeGuard[JsonObject]:
    return (
        isinstance(value, dict)
        and value.keys() == {"title", "levels", "target_level", "cut_points"}
        and is_text(value["title"])
        and is_list_of(value["levels"], _is_level)
        and is_whole(value["target_level"])
        and is_list_of(value["cut_points"], is_number)
        and bool(value["cut_points"])
    )


def _is_level(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"code", "name", "meaning"}
        and all(map(is_text, value.values()))
    )


def _is_criterion(value: object) -> bool:
    return (
        isinstance(value, dict)
        and is_object(value.get("CFItemURI"))
        and is_text(value["CFItemURI"].get("identifier"))
        and is_list_of(value.get("CFRubricCriterionLevels"), _is_criterion_level)
    )


def _is_criterion_level(value: object) -> bool:
    return (
        isinstance(value, dict)
        and is_whole(value.get("position"))
        and is_text(value.get("description", ""))
    )
