"""What each level looks like for one competency."""

from dataclasses import dataclass

from manypaths.frameworks.models import Competency, Progression
from manypaths.frameworks.queries import levels_of


@dataclass(frozen=True)
class LevelShown:
    """A level of the scale with what it looks like; `is_target` marks the one to reach."""

    position: int
    name: str
    text: str
    is_target: bool


def rubric_of(competency: Competency) -> list[LevelShown]:
    """Return the levels of a competency from the bottom up; none without a scale. Two queries."""
    texts = {
        row.level_id: row.spoken.text for row in Progression.objects.filter(competency=competency)
    }
    target = competency.framework.target_level
    return [
        LevelShown(
            level.position, level.spoken.name, texts.get(level.pk, ""), level.position == target
        )
        for level in levels_of(competency.framework)
    ]
