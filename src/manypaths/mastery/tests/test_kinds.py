"""One door to both kinds of models: whichever it is, it is fitted, stored, streamed and scored."""

import math

import numpy as np
import pytest

from manypaths.mastery import (
    BktModel,
    Model,
    Settings,
    estimate,
    evaluate,
    fit,
    predict,
    read_model,
    start,
    trace,
    update,
    why,
)
from manypaths.mastery.evaluation import scores, split_learners
from manypaths.mastery.kinds import KINDS
from manypaths.mastery.tests.logs import events_of, random_log


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_evaluated_is_the_model_that_is_stored_and_streamed(kind: str) -> None:
    log = random_log(np.random.default_rng(8), n_learners=45, n_events=30, share_of_ratings=0)
    split = split_learners(log, 3)
    train, test = log.of_learners(split.train), log.of_learners(split.test)
    fitted = fit(train, kind=kind, seed=3)
    stored = read_model(fitted.as_text())
    assert (stored, stored.kind) == (fitted, kind)
    chances = []
    for learner in range(test.n_learners):
        beliefs = start(stored)
        for event in events_of(test, learner):
            chances.append(predict(stored, beliefs, event.instrument, event.shown, at=event.time))
            beliefs = update(stored, beliefs, event)
    np.testing.assert_allclose(trace(fitted, test).chance, chances, atol=1e-9, rtol=0)
    found, expected = evaluate(log, kind=kind, seed=3), scores(test.outcome, np.array(chances))
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_an_estimate_has_its_uncertainty_and_its_reasons(kind: str) -> None:
    log = random_log(np.random.default_rng(1), n_learners=40, share_of_ratings=0)
    model, events = fit(log, kind=kind), events_of(log, 0)
    told = why(model, events, "c0", at=float(log.time[-1]))
    assert told.estimate.sd > 0
    assert 0 < told.estimate.p_mastered < 1
    assert 0 < told.estimate.success < 1
    total = told.prior.p_mastered + sum(piece.shift_p for piece in told.pieces)
    assert total == pytest.approx(told.estimate.p_mastered, abs=1e-9)


def test_kinds_are_named_and_kept_apart() -> None:
    log = random_log(np.random.default_rng(0), share_of_ratings=0)
    dynamic, bkt = fit(log), fit(log, kind="bkt")
    assert isinstance(dynamic, Model)
    assert isinstance(bkt, BktModel)
    with pytest.raises(
        ValueError, match="no such kind of model: 'oracle'; allowed are dynamic-irt"
    ):
        fit(log, kind="oracle")
    with pytest.raises(ValueError, match="a model of kind bkt has no settings"):
        fit(log, kind="bkt", settings=Settings())  # type: ignore[call-overload]  # wrong use
    event = events_of(log, 0)[0]
    with pytest.raises(ValueError, match="of another kind than the model; got bkt"):
        update(bkt, start(dynamic), event)
    with pytest.raises(ValueError, match="of another kind than the model; got dynamic-irt"):
        predict(dynamic, start(bkt), "item 0", (("c0", 1.0),), at=math.nan)
    with pytest.raises(ValueError, match="of another kind"):
        estimate(bkt, start(dynamic), "c0")
