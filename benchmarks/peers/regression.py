"""Logistic regression on a design, by scikit-learn with its usual ridge (C = 1).

Its usual solver ends long before it has settled; this one settles, and sooner.
"""

from collections.abc import Callable

from sklearn.linear_model import LogisticRegression

from benchmarks.peers.exam import Floats, Predict, Responses
from benchmarks.peers.features import MakeDesign


def fit_on(design: MakeDesign) -> Callable[[Responses], Predict]:
    """Return how to fit a regression on designs of this kind."""

    def fit(teaching: Responses) -> Predict:
        model = LogisticRegression(solver="newton-cg")
        model.fit(design(teaching), teaching.right)

        def predict(testing: Responses) -> Floats:
            chance: Floats = model.predict_proba(design(testing))[:, 1]
            return chance

        return predict

    return fit
