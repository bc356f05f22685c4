"""pyBKT: one hidden Markov model a competency, fitted by EM; plain, or with forgetting.

A response that shows several competencies is a row in the sequence of each. Its chance is the mean
of what they say, each from its own earlier rows, so that no row speaks of a response that is still
to come. pyBKT's usual five starts are kept.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pyBKT.models import Model

from benchmarks.peers.exam import Floats, Predict, Responses


def fit_bkt(*, forgets: bool) -> Callable[[Responses], Predict]:
    """Return how to fit pyBKT, with or without forgetting."""

    def fit(teaching: Responses) -> Predict:
        model = Model(seed=0)
        model.fit(data=_rows(teaching), forgets=forgets)
        usual = float(teaching.right.mean())

        def predict(testing: Responses) -> Floats:
            row, competency = testing.cells()
            # pyBKT stops at a competency that it has not been taught.
            is_known = np.isin(competency, [int(name) for name in model.coef_])
            found = model.predict(data=_rows(testing)[is_known])["correct_predictions"]
            chance = found.reindex(np.arange(row.size), fill_value=usual).to_numpy()
            total = np.bincount(row, weights=chance, minlength=testing.item.size)
            mean: Floats = total / np.bincount(row, minlength=testing.item.size)
            return mean

        return predict

    return fit


def _rows(responses: Responses) -> pd.DataFrame:
    row, competency = responses.cells()
    return pd.DataFrame(
        {
            "user_id": responses.learner[row],
            "skill_name": competency.astype(str),
            "correct": responses.right[row].astype(int),
        }
    )
