"""The rules of the status in words: the same sentences for everyone, from the thresholds in force.

Whole sentences, so that each can be translated.
"""

from django.utils.translation import gettext, ngettext

from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.frameworks.models import Framework
from manypaths.frameworks.rules import StatusRules


def rule_in_words(estimates: Estimates) -> list[str]:
    """Return what ready to show means on a framework, what is needed to say so, and what lasts."""
    target = estimates.target if estimates.model.has_ratings else None
    return rules_in_words(estimates.framework, target=target)


def rules_in_words(framework: Framework, *, target: str | None) -> list[str]:
    """Return the rules of a framework in sentences.

    `target` is the level that counts as mastered where ratings speak; None: where answers do.
    """
    rules = StatusRules.of(framework.rules)
    return [
        _ready(target, rules),
        _enough(rules),
        gettext(
            "Demonstrated means: a person who teaches, coaches or assesses looked and signed. "
            "It stays, whatever comes later."
        ),
        gettext(
            "Worth a refresh means: it was demonstrated, and what we expect today is below "
            "{percent} in 100 of what we expected then."
        ).format(percent=round(100 * rules.recall)),
        self_ratings_in_words(framework),
    ]


def how_evidence_counts() -> str:
    """Return in words how each piece of evidence counts."""
    return gettext(
        "All evidence counts, in the order in which the work was done. What was to be expected "
        "moves little, a surprise moves more, and the more we know the less one piece moves. "
        "Tries count by themselves too, and so does work on other competencies, for it tells of "
        "the learner in general."
    )


def self_ratings_in_words(framework: Framework) -> str:
    """Return whether ratings of oneself move estimates on this framework."""
    if framework.self_ratings_move:
        return gettext(
            "Own ratings move the estimate with a low weight; alone they never lead past needs "
            "evidence."
        )
    return gettext("Own ratings stand beside the estimate and do not move it.")


def chance_today(estimates: Estimates, row: int) -> str:
    """Return the chance that a status rests on."""
    percent = round(100 * float(estimates.numbers.p_mastered[row]))
    if estimates.status(row) is Status.NOT_STARTED:
        return gettext("Without evidence it is {percent} in 100.").format(percent=percent)
    return gettext("Today it is {percent} in 100.").format(percent=percent)


def _ready(target: str | None, rules: StatusRules) -> str:
    percent = round(100 * rules.ready)
    if target is not None:
        return gettext(
            "Ready to show means: the chance of “{level}” or above is {percent} in 100 or more, "
            "and we are at least fairly sure."
        ).format(level=target, percent=percent)
    return gettext(
        "Ready to show means: the chance of getting {right} in 100 average tasks right, or more, "
        "is {percent} in 100 or more, and we are at least fairly sure."
    ).format(right=round(100 * rules.tau), percent=percent)


def _enough(rules: StatusRules) -> str:
    """Return how much evidence there must be, in numbers that a framework may set."""
    days = ngettext("{n} day", "{n} days", rules.least_days).format(n=rules.least_days)
    pieces = ngettext("{n} answer", "{n} answers", rules.least_pieces).format(n=rules.least_pieces)
    ratings = ngettext("{n} rating", "{n} ratings", rules.least_ratings).format(
        n=rules.least_ratings
    )
    return gettext(
        "That takes at least {pieces} on {days}, or {ratings} by others. With less, or while we "
        "are not sure yet, the page says needs evidence; otherwise it says growing."
    ).format(pieces=pieces, days=days, ratings=ratings)
