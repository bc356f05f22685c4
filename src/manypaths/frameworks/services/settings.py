"""Deeds on the rules by which a framework speaks of mastery: a school's own, in every version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Refused
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.checks import longest_text, target_faults, text_faults
from manypaths.frameworks.models import Framework, Level
from manypaths.frameworks.rules import StatusRules, default_cut_points
from manypaths.frameworks.words import checked_words
from manypaths.people.access import Actor


@transaction.atomic
def set_target(
    framework: Framework,
    *,
    level: int,
    cut_points: Sequence[float] | None = None,
    by: Actor,
    at: datetime,
) -> Framework:
    """Say which level counts as mastered, as a position on the scale, and where levels begin.

    Without `cut_points` the defaults for this target are taken. Raises Refused for a framework
    without a scale, and for a level or cut points that don't fit it.
    """
    require_right_to_change(by, framework)
    if framework.scale is None:
        raise Refused(
            gettext("{framework} has no scale, and so no level to aim at.").format(
                framework=framework
            )
        )
    n_levels = framework.scale.levels.count()
    faults = list(target_faults(n_levels, level, cut_points or (), "target"))
    if faults:
        raise Refused(
            gettext("This target does not fit the scale of {framework}.").format(
                framework=framework
            ),
            faults,
        )
    framework.target_level = level
    framework.cut_points = list(cut_points or default_cut_points(n_levels, level))
    framework.save(update_fields=["target_level", "cut_points"])
    record_deed("set target", by=by, at=at, subject=("framework", framework.pk), level=level)
    return framework


@transaction.atomic
def set_rules(
    framework: Framework, rules: dict[str, Any], *, by: Actor, at: datetime
) -> Framework:  # Any: checked by StatusRules
    """Say where the framework departs from the default thresholds. Raises Refused for bad ones."""
    require_right_to_change(by, framework)
    StatusRules.of(rules)
    framework.rules = rules
    framework.save(update_fields=["rules"])
    record_deed(
        "set rules",
        by=by,
        at=at,
        subject=("framework", framework.pk),
        changed=", ".join(sorted(rules)),
    )
    return framework


@transaction.atomic
def set_self_ratings_move(
    framework: Framework, value: bool, *, by: Actor, at: datetime
) -> Framework:
    """Say whether learners' ratings of themselves move the estimate."""
    require_right_to_change(by, framework)
    framework.self_ratings_move = value
    framework.save(update_fields=["self_ratings_move"])
    record_deed(
        "set self-ratings move", by=by, at=at, subject=("framework", framework.pk), value=value
    )
    return framework


@transaction.atomic
def set_words(
    framework: Framework, words: Mapping[str, Mapping[str, str]], *, by: Actor, at: datetime
) -> Framework:
    """Say what pages call the statuses on this framework, by language; an empty word is ours.

    Raises Refused for a status that there is none of, and for a word that is too long.
    """
    require_right_to_change(by, framework)
    framework.words = checked_words(words)
    framework.save(update_fields=["words"])
    record_deed("set words", by=by, at=at, subject=("framework", framework.pk))
    return framework


@transaction.atomic
def name_levels(
    framework: Framework, names: Sequence[tuple[str, str]], *, by: Actor, at: datetime
) -> Framework:
    """Say what the levels are called and what they mean, as (name, meaning) from the bottom up.

    Their number and order stay: ratings on record count on them. Raises Refused for a framework
    without a scale, another number of levels, and names that are empty or too long.
    """
    require_right_to_change(by, framework)
    levels = [] if framework.scale is None else list(framework.scale.levels.all())
    if not levels or len(levels) != len(names):
        told = gettext("The number of levels of %(framework)s stays %(n)s: ratings count on them.")
        raise Refused(told % {"framework": framework.title, "n": len(levels)})
    faults = [
        fault
        for place, (name, meaning) in enumerate(names)
        for column, text in (("name", name), ("meaning", meaning))
        for fault in text_faults(
            text,
            f"levels[{place}].{column}",
            longest=longest_text(Level, column),
            may_be_empty=column == "meaning",
        )
    ]
    if faults:
        raise Refused(gettext("A level needs a name of up to 100 letters."), faults)
    for level, (name, meaning) in zip(levels, names, strict=True):
        level.name, level.meaning = name.strip(), meaning.strip()
        level.save(update_fields=["name", "meaning"])
    record_deed("name levels", by=by, at=at, subject=("framework", framework.pk))
    return framework
