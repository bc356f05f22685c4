"""Raters are known for what they are, and their word counts for what it is worth."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from manypaths.mastery.batch import trace
from manypaths.mastery.calibration_trials import all_estimates
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import ROLES, Floats, ResponseLog
from manypaths.mastery.simulation import RATERS_PER_ROLE, School, simulate
from manypaths.mastery.tests.test_fitting import without

SELF, COACH = ROLES.index("self"), ROLES.index("coach")
LENIENT = (0.8, 0.2, 0.4, 0.0, -0.1, -0.3)


@pytest.mark.simulation
def test_raters_are_recovered_to_within_their_sampling_error() -> None:
    deviations, slopes = [], []
    for seed in range(6):
        school = School(n_responses=20, n_ratings=20, leniency=LENIENT)
        log, truth = simulate(school, seed=seed)
        model = fit(log, seed=seed)
        fitted = np.array([model.raters[rater] for rater in range(truth.rater.size)])
        # What all raters of a role have in common is their role's, see below.
        own, true = centred(fitted[:, 0]), centred(truth.rater)
        deviations.append((own - true) / np.sqrt(fitted[:, 1]))
        slopes.append(np.polyfit(own, true, 1)[0])
        of_role = truth.rater.reshape(len(ROLES), RATERS_PER_ROLE).mean(axis=1) + truth.leniency
        between = np.array(model.leniency_of_role) - of_role
        assert np.abs(between - between.mean()).max() < 0.2
    off = np.concatenate(deviations)
    assert off.mean() == pytest.approx(0, abs=0.05)
    assert off.std() == pytest.approx(1, abs=0.2)
    assert np.mean(slopes) == pytest.approx(1, abs=0.15)


def centred(of_raters: Floats) -> Floats:
    """Return terms of raters around the mean of their role."""
    by_role = of_raters.reshape(len(ROLES), RATERS_PER_ROLE)
    found: Floats = (by_role - by_role.mean(axis=1, keepdims=True)).ravel()
    return found


@pytest.mark.simulation
def test_three_coaches_and_a_generous_word_of_oneself_do_not_over_rate() -> None:
    over: list[float] = []
    over_if_believed: list[float] = []
    for seed in range(3):
        school = School(
            n_learners=1500,
            n_competencies=1,
            n_items=20,
            n_responses=3,
            n_ratings=4,
            rating_roles=(SELF, COACH),
            leniency=(0.8, 0.0, 0.0, 0.0, 0.0, 0.0),
        )
        log, truth = simulate(school, seed=seed)
        model = fit(log, seed=seed)
        assert model.leniency_of_role[SELF] > model.leniency_of_role[COACH] + 0.5
        believing = replace(model, leniency_of_role=(model.leniency_of_role[COACH],) * len(ROLES))
        generous = rated_by_three_coaches_and_higher_by_oneself(log)
        level = 0.0
        for over_rated, by in ((over, model), (over_if_believed, believing)):
            found, learner, _ = all_estimates(by, log)
            off = found.mean - truth.standing[learner, 0]
            level = level or float(off.mean())  # by which all are off: it is the school's
            over_rated += (off - level)[generous[learner]].tolist()
    assert len(over) > 150
    assert np.mean(over) < 3 * np.std(over) / np.sqrt(len(over))
    assert np.mean(over_if_believed) > np.mean(over) + 0.05


def rated_by_three_coaches_and_higher_by_oneself(log: ResponseLog) -> NDArray[np.bool_]:
    role, outcome = (getattr(log, name).reshape(log.n_learners, -1) for name in ("role", "outcome"))
    by_coach, by_self = role == COACH, role == SELF
    of_coaches = (outcome * by_coach).sum(axis=1) / np.maximum(by_coach.sum(axis=1), 1)
    own = (outcome * by_self).sum(axis=1)
    is_so = (by_coach.sum(axis=1) == 3) & (by_self.sum(axis=1) == 1)
    found: NDArray[np.bool_] = is_so & (own >= of_coaches + 1)
    return found


@pytest.mark.simulation
def test_responses_and_ratings_each_make_the_other_better_expected() -> None:
    gains = np.array([gained(seed) for seed in range(4)])
    assert (gains > 0.004).all()


def gained(seed: int) -> tuple[float, float]:
    """Return by how much responses, and ratings, of held-out learners are better expected.

    The same held-out events, by a model of both kinds that has seen both, and by one of their own
    kind alone.
    """
    school = School(n_learners=400, n_responses=15, n_ratings=8, leniency=LENIENT)
    log, _ = simulate(school, seed=seed)
    train, test = log.of_learners(range(300)), log.of_learners(range(300, 400))
    by_both = trace(fit(train), test).log_likelihood
    found = []
    for others in ("ratings", "responses"):
        hidden = [part.is_rating == (others == "ratings") for part in (train, test)]
        alone = fit(without(train, hidden[0]))
        by_one_kind = trace(alone, without(test, hidden[1])).log_likelihood
        found.append(by_both[~hidden[1]].mean() - by_one_kind.mean())
    return found[0], found[1]
