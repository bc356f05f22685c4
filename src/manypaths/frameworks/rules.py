"""The thresholds by which a framework speaks of mastery, with the defaults for all of them."""

from dataclasses import dataclass, fields
from math import inf
from typing import Any

from django.utils.translation import gettext

from manypaths.base.errors import Refused


@dataclass(frozen=True)
class StatusRules:
    """Thresholds of the status, of certainty words and of review; a framework may set its own.

    Chances and half-widths are on the scale of expected success, from 0 to 1.
    """

    # Mastered: the chance of success on an average item of the competency is at least this.
    tau: float = 0.8
    # Ready to show: mastered with at least this probability.
    ready: float = 0.8
    # A demonstrated competency is worth a refresh when predicted recall falls below this.
    recall: float = 0.85
    # Fewer pieces of evidence, or days with evidence, are too few to speak of.
    least_pieces: int = 4
    least_days: int = 2
    # ... or ratings by others than the learner, where there are ratings.
    least_ratings: int = 2
    # Half-width of the 80 % interval up to which we are sure, and fairly sure.
    sure: float = 0.10
    fairly_sure: float = 0.20

    @classmethod
    def of(cls, changed: dict[str, Any]) -> "StatusRules":
        """Return the defaults with what a framework changed. Raises Refused for bad values."""
        known = {field.name: field for field in fields(cls)}
        for name, value in changed.items():
            if name not in known:
                raise Refused(
                    gettext("{name!r} is no threshold; allowed are {names}.").format(
                        name=name, names=", ".join(known)
                    )
                )
            whole = known[name].type in (int, "int")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            fits = is_number and (
                1 <= value < inf and int(value) == value if whole else 0 < value < 1
            )
            if not fits:
                allowed = gettext("a number between 0 and 1")
                if whole:
                    allowed = gettext("a whole number from 1")
                raise Refused(
                    gettext("The threshold {name} is {value!r}; it takes {allowed}.").format(
                        name=name, value=value, allowed=allowed
                    )
                )
        rules = cls(**changed)
        if rules.sure > rules.fairly_sure:
            raise Refused(
                gettext(
                    "The threshold sure is {sure:g}, above fairly_sure with {fairly_sure:g}; the "
                    "narrower interval is the surer one."
                ).format(sure=rules.sure, fairly_sure=rules.fairly_sure)
            )
        return rules


def default_cut_points(n_levels: int, target_level: int) -> list[float]:
    """Return the expected success from which each level above the lowest begins.

    The target begins at .8, the lowest cut lies at .5, those above the target halve what is left:
    with five levels and the fourth as target .5, .65, .8, .9.
    """
    if n_levels < 2 or not 1 <= target_level < n_levels:
        raise ValueError(
            "a scale needs two levels or more and a target above the lowest; "
            f"got {n_levels} levels and target {target_level}"
        )
    steps_below = max(target_level - 1, 1)
    up_to_target = [0.8 - 0.3 * step / steps_below for step in reversed(range(target_level))]
    above = [1 - 0.2 * 0.5**step for step in range(1, n_levels - target_level)]
    return [round(cut, 4) for cut in (*up_to_target, *above)]
