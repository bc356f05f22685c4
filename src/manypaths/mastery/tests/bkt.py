"""Bayesian knowledge tracing by brute force: every path of states that could have been."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from manypaths.mastery import BktModel, ResponseLog
from manypaths.mastery.bkt_model import Answering, Skill


@dataclass(frozen=True)
class Told:
    """What all paths together say of one learner's responses to one competency.

    `before` is P(known) before each response is seen, `chances` that it is right, `smoothed`
    P(known) at each after all are seen; `learned` and `forgot` count what happened between two.
    """

    before: list[float]
    chances: list[float]
    smoothed: list[float]
    learned: float
    forgot: float


def by_all_paths(
    skill: Skill, answerings: list[Answering], outcomes: list[float], lost: list[float]
) -> Told:
    """Return what follows, with `lost` the chance of forgetting by time before each response.

    A path names the state at each response and after the practice that it gave.
    """
    n = len(outcomes)
    before, chances = [], []
    for t in range(n):
        paths = _paths(skill, answerings[:t], outcomes[:t], lost[: t + 1])
        total = sum(p for _, p in paths)
        known = sum(p for path, p in paths if path[2 * t]) / total
        before.append(known)
        guess, slip = answerings[t]
        chances.append(known * (1 - slip) + (1 - known) * guess)
    paths = _paths(skill, answerings, outcomes, lost)
    total = sum(p for _, p in paths)
    steps = range(n - 1)
    return Told(
        before,
        chances,
        [sum(p for path, p in paths if path[2 * t]) / total for t in range(n)],
        sum(p for path, p in paths for t in steps if path[2 * t] < path[2 * t + 1]) / total,
        sum(p for path, p in paths for t in steps if path[2 * t] > path[2 * t + 1]) / total,
    )


def _paths(
    skill: Skill, answerings: list[Answering], outcomes: list[float], lost: list[float]
) -> list[tuple[tuple[int, ...], float]]:
    """Return each path up to the last response of `lost`, with its joint chance."""
    found = []
    for path in product((0, 1), repeat=2 * len(lost) - 1):
        p = skill.prior * (1 - lost[0]) if path[0] else 1 - skill.prior * (1 - lost[0])
        for t, (answering, outcome) in enumerate(zip(answerings, outcomes, strict=True)):
            now = path[2 * t]
            right = 1 - answering.slip if now else answering.guess
            p *= right**outcome * (1 - right) ** (1 - outcome)
            if 2 * t + 1 < len(path):
                after = path[2 * t + 1]
                change = skill.forget if now else skill.learn
                p *= change if after != now else 1 - change
                kept = (1 - lost[t + 1]) if after else 0.0
                p *= kept if path[2 * t + 2] else 1 - kept
        found.append((path, p))
    return found


def random_bkt_model(
    rng: np.random.Generator, log: ResponseLog, *, half_life: float = 60.0
) -> BktModel:
    """Return a model with numbers for most of the log's keys; some stay cold."""

    def known(keys: tuple[int | str, ...]) -> list[int | str]:
        return [key for key in keys if rng.random() < 0.8]

    def telling() -> tuple[float, float]:
        return rng.uniform(0.05, 0.5), rng.uniform(0.02, 0.4)

    def skill() -> Skill:
        prior, learn, forget = rng.uniform(0.05, 0.9), rng.uniform(0, 0.4), rng.uniform(0, 0.2)
        return Skill(prior, learn, forget, *telling())

    return BktModel(
        typical=skill(),
        competencies={key: skill() for key in known(log.alignment.competencies)},
        instruments={key: Answering(*telling()) for key in known(log.alignment.instruments)},
        half_life=half_life,
    )
