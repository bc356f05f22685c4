"""How a framework's scale is saved with it."""

from datetime import datetime

from django.utils.translation import gettext

from manypaths.base.errors import Refused
from manypaths.frameworks.draft import FrameworkDraft, ScaleDraft
from manypaths.frameworks.models import Framework, Level, Scale
from manypaths.frameworks.rules import default_cut_points


def save_scale(framework: Framework, draft: FrameworkDraft) -> dict[str, Level]:
    """Make or reword the framework's scale as the draft says, and return its levels by code.

    A new scale brings its target level (the last but one, unless the draft says) and cut points.
    Without a scale in the draft nothing changes. Raises Refused where the number of levels would
    change: ratings on record count on it.
    """
    if draft.scale is None:
        return {}
    if framework.scale is None:
        framework.scale = _make_scale(draft.scale, framework.published_at)
        _set_target(framework, draft)
        return {level.code: level for level in framework.scale.levels.all()}
    return _reword_scale(framework.scale, draft.scale, framework.title)


def _make_scale(draft: ScaleDraft, published_at: datetime | None) -> Scale:
    scale = Scale.objects.create(title=draft.title, published_at=published_at)
    Level.objects.bulk_create(
        Level(
            scale=scale, position=position, code=level.code, name=level.name, meaning=level.meaning
        )
        for position, level in enumerate(draft.levels)
    )
    return scale


def _set_target(framework: Framework, draft: FrameworkDraft) -> None:
    n_levels = len(draft.scale.levels) if draft.scale else 0
    target = max(1, n_levels - 2) if draft.target_level is None else draft.target_level
    framework.target_level = target
    framework.cut_points = list(draft.cut_points) or default_cut_points(n_levels, target)
    framework.save(update_fields=["scale", "target_level", "cut_points"])


def _reword_scale(scale: Scale, draft: ScaleDraft, title: str) -> dict[str, Level]:
    levels = list(scale.levels.all())
    if len(levels) != len(draft.levels):
        raise Refused(
            gettext(
                "The scale of {title} has {n_levels} levels, this one {n_given}. Their "
                "number can't change, for ratings on record count on it."
            ).format(title=title, n_levels=len(levels), n_given=len(draft.levels))
        )
    for level, wording in zip(levels, draft.levels, strict=True):
        if (level.code, level.name, level.meaning) != (wording.code, wording.name, wording.meaning):
            level.code, level.name, level.meaning = wording.code, wording.name, wording.meaning
            level.save(update_fields=["code", "name", "meaning"])
    if scale.title != draft.title:
        scale.title = draft.title
        scale.save(update_fields=["title"])
    return {level.code: level for level in levels}
