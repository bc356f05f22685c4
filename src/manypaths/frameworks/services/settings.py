"""Deeds on the rules by which a framework speaks of mastery: a school's own, in every version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Refused
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.checks import target_faults
from manypaths.frameworks.models import Framework
from manypaths.frameworks.rules import StatusRules, default_cut_points
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
