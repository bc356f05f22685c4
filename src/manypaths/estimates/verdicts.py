"""What the comparison of a candidate with the model in force comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Of fewer held-out learners than this not even the margins can be relied on.
FEW_LEARNERS = 30
# ... and of fewer than this nothing follows at all.
FEWEST_TO_TELL = 10


class Which(StrEnum):
    """Which of two models predicts better, as far as that can be told."""

    NOBODY_HELD_OUT = "nobody held out"
    CHANCE = "may be chance"
    UNFAIR = "not in fairness"
    CANDIDATE = "the candidate"
    IN_FORCE = "the one in force"


@dataclass(frozen=True)
class Verdict:
    """Which predicts better; `more` is the candidate's log-loss above the other's, with `error`."""

    which: Which
    more: float = 0.0
    error: float = 0.0


def verdict_on(comparison: Mapping[str, Any]) -> Verdict:
    """Return what a candidate's comparison says, with its figures of learners who were held out.

    A difference within two standard errors may be chance. A model in force that has learned from
    those held out is flattered: that it does better then tells nothing.
    """
    held_out, between = comparison["held_out"], comparison["difference"]
    if held_out is None:
        return Verdict(Which.NOBODY_HELD_OUT)
    name = "log_loss" if between["log_loss"] is not None else "rating_log_loss"
    more, error = between[name], between[f"{name}_error"]
    if held_out["n_learners"] < FEWEST_TO_TELL or more is None or error is None:
        return Verdict(Which.CHANCE)
    if abs(more) <= 2 * error:
        return Verdict(Which.CHANCE, more, error)
    if more > 0 and not held_out["is_fair"]:
        return Verdict(Which.UNFAIR, more, error)
    return Verdict(Which.CANDIDATE if more < 0 else Which.IN_FORCE, more, error)
