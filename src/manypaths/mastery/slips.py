"""Which named slips a class shows: a rule that teachers can check, kept honest by chance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from manypaths.mastery.log import Floats, Key

FEWEST_LEARNERS = 3
FEWEST_ITEMS = 2
# A slip that chance alone would show this often, over all slips looked at together, is not named.
LARGEST_CHANCE = 0.01


class WrongAnswer(NamedTuple):
    """A wrong answer that the item knows.

    `offered` gives each slip that the item's wrong answers can show with the share of those
    answers that do; `shown` is the slip of the answer given, None where it shows none.
    """

    learner: Key
    item: Key
    shown: Key | None
    offered: Mapping[Key, float]


@dataclass(frozen=True)
class SlipFound:
    """A slip that a class shows: who, on how many items, and its share among wrong answers.

    `learners` show it on two items or more. `share` is that of the slip among the wrong answers
    to items that could show it; `chance` is how likely at least so many are if wrong answers are
    picked at random.
    """

    slip: Key
    learners: tuple[Key, ...]
    n_items: int
    n_shown: int
    share: float
    chance: float


def find_slips(answers: Sequence[WrongAnswer]) -> list[SlipFound]:
    """Return the slips that a class shows, the most widespread first.

    Of several wrong answers of a learner to one item the first counts: tries again are no news.
    A slip counts when at least three learners show it on at least two items each, and when so
    many such answers would hardly come about by picking wrong answers at random: the chance,
    times the number of slips looked at (Holm 1979), is at most 1 in 100.
    """
    first = list({(answer.learner, answer.item): answer for answer in reversed(answers)}.values())
    first.reverse()
    # How many answers could have shown each slip, by the chance that one picked at random does.
    trials: dict[Key, dict[float, int]] = {}
    showing: dict[Key, list[WrongAnswer]] = {}
    offered = {answer.item: answer.offered for answer in first}
    for item, n in Counter(answer.item for answer in first).items():
        for slip, chance in offered[item].items():
            able = trials.setdefault(slip, {})
            able[chance] = able.get(chance, 0) + n
    for answer in first:
        if answer.shown is not None and answer.shown in answer.offered:
            showing.setdefault(answer.shown, []).append(answer)
    # What nobody showed comes about by chance alone, and still is one that was looked at.
    found = [_look_at(slip, showing[slip], trials[slip]) for slip in trials if slip in showing]
    accepted = []
    for rank, one in enumerate(sorted(found, key=lambda one: one.chance)):
        if one.chance * (len(trials) - rank) > LARGEST_CHANCE:
            break
        accepted.append(one)
    shared = [one for one in accepted if len(one.learners) >= FEWEST_LEARNERS]
    return sorted(shared, key=lambda one: (-len(one.learners), one.chance))


def chance_of_at_least(count: int, chances: Sequence[float]) -> float:
    """Return P(at least `count` successes) of independent trials with these chances."""
    return _at_least(max(count, 0), tuple(sorted(Counter(chances).items())))


# Items offer few different chances, and the same class is looked at again and again.
@lru_cache(maxsize=8_192)
def _at_least(count: int, trials: tuple[tuple[float, int], ...]) -> float:
    distribution: Floats = np.ones(1)
    for p, n_trials in trials:
        distribution = np.convolve(distribution, _successes(p, n_trials))
    return float(min(1.0, distribution[count:].sum()))


def _successes(p: float, n_trials: int) -> Floats:
    """Return the distribution of the successes of trials with one chance, by doubling."""
    distribution, power = np.ones(1), np.array((1 - p, p))
    while n_trials:
        if n_trials & 1:
            distribution = np.convolve(distribution, power)
        n_trials >>= 1
        if n_trials:
            power = np.convolve(power, power)
    return distribution


def _look_at(slip: Key, showing: Sequence[WrongAnswer], able: Mapping[float, int]) -> SlipFound:
    """Return what is found of a slip in the answers that show it, of those that could have."""
    items_of: dict[Key, set[Key]] = {}
    for answer in showing:
        items_of.setdefault(answer.learner, set()).add(answer.item)
    return SlipFound(
        slip=slip,
        learners=tuple(who for who, items in items_of.items() if len(items) >= FEWEST_ITEMS),
        n_items=len({answer.item for answer in showing}),
        n_shown=len(showing),
        share=len(showing) / sum(able.values()),
        chance=_at_least(len(showing), tuple(sorted(able.items()))),
    )
