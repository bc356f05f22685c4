"""The sentences on how two models did: whole ones, so that each can be translated."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from manypaths.estimates.verdicts import FEW_LEARNERS, Which, verdict_on


def on_comparison(comparison: Mapping[str, Any]) -> list[str]:
    """Return which model predicts better, as far as can be told, and on whom they were tried."""
    held_out, verdict = comparison["held_out"], verdict_on(comparison)
    if held_out is None:
        return [
            gettext(
                "There are too few learners to hold any out, so nobody can say which predicts "
                "better."
            )
        ]
    n, n_seen = held_out["n_learners"], held_out["n_seen_by_in_force"]
    tried = ngettext(
        "Both were tried on {n} learner whom the candidate had not seen.",
        "Both were tried on {n} learners whom the candidate had not seen.",
        n,
    )
    found = [_WHICH[verdict.which](), tried.format(n=n), _fairness(held_out["is_fair"], n, n_seen)]
    if n < FEW_LEARNERS:
        found.append(
            gettext("With so few of them these figures are weak: others would give others.")
        )
    return found


def _fairness(is_fair: bool, n: int, n_seen: int) -> str:
    if not is_fair:
        return gettext(
            "The model in force had learned from {n_seen} of these {n}, which flatters it."
        ).format(n_seen=n_seen, n=n)
    if n_seen:
        return gettext("What is scored is their work since the model in force was fitted.")
    return gettext("The model in force had never seen them either.")


_WHICH = {
    Which.CHANCE: lambda: gettext(
        "Which of them predicts better can’t be told: the difference may be chance."
    ),
    Which.UNFAIR: lambda: gettext(
        "Which of them predicts better can’t be told: the candidate did worse, but not in fairness."
    ),
    Which.CANDIDATE: lambda: gettext("The candidate predicts better than the model in force."),
    Which.IN_FORCE: lambda: gettext("The model in force predicts better than the candidate."),
}
