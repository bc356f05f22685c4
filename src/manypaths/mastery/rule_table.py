"""School rules and models side by side on one log: how well each predicts learners it never saw."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery import kinds
from manypaths.mastery.bkt_batch import p_known_after
from manypaths.mastery.comparison import Difference, Figures, Predictions, difference, figures
from manypaths.mastery.evaluation import KINDS, Split, split_learners
from manypaths.mastery.log import Floats, ResponseLog
from manypaths.mastery.model import KIND, Model, Settings
from manypaths.mastery.rule_predictions import RisingCurve, Sequences
from manypaths.mastery.rules import RULES, calls_mastered


@dataclass(frozen=True)
class Row:
    """One kind of model, or one rule.

    `figures` are those of its predictions of held-out responses, `beyond` by how much they exceed
    those of the first kind (more loss is worse). `model` is the engine's own kind as fitted, None
    for others; their `p_mastered`, shape (n_sequences,), says of each sequence of the table how
    likely it is mastered: P(known) of knowledge tracing, and a rule knows no more than 0 and 1.
    """

    kind: str
    figures: Figures
    beyond: Difference
    model: Model | None
    p_mastered: Floats | None


@dataclass(frozen=True)
class RuleTable:
    """A log, divided once for all kinds: `sequences` are its responses as rules see them."""

    log: ResponseLog
    split: Split
    sequences: Sequences

    @classmethod
    def of(cls, log: ResponseLog, *, seed: int = 0) -> "RuleTable":
        """Divide a log. Raises ValueError for fewer than 5 learners, or too few responses."""
        if log.n_learners < 5:
            raise ValueError(
                f"a fifth of the learners is held out; there are {log.n_learners} in all"
            )
        split = split_learners(log, seed)
        for learners, which in ((split.train, "other"), (split.test, "held-out")):
            if log.of_learners(learners).is_rating.all():
                raise ValueError(f"rules are compared by responses; the {which} learners have none")
        return cls(log, split, Sequences.of(log))

    def rows(self, *, settings: Settings | None = None, seed: int = 0) -> Iterator[Row]:
        """Yield a row for each of KINDS: models fitted to the other learners, then the rules.

        `settings` are for the fits and hold the `tau` from which most rules call a competency
        mastered. A model learns from ratings as well; a rule knows of none, so what is scored are
        the responses alone.
        """
        settings = settings or Settings()
        train = self.log.of_learners(self.split.train)
        test = self.log.of_learners(self.split.test)
        scored = ~test.is_rating
        first: Predictions | None = None
        for kind in KINDS:
            model, p_mastered = None, None
            if kind in RULES:
                chance, mastered = self._by_rule(kind, settings.tau)
                p_mastered = mastered.astype(np.float64)
            elif kind == KIND:
                model = kinds.fit(train, seed=seed, settings=settings)
                chance = kinds.trace(model, test).chance
            else:
                chance, p_mastered = self._by_tracing(train, test, seed)
            predicted = Predictions.of(test, chance).at(scored)
            first = first or predicted
            yield Row(kind, figures(predicted), difference(predicted, first), model, p_mastered)

    def _by_tracing(
        self, train: ResponseLog, test: ResponseLog, seed: int
    ) -> tuple[Floats, Floats]:
        """Return what knowledge tracing, which reads responses alone, expects and believes."""
        model = kinds.fit(train.responses(), kind="bkt", seed=seed)
        chance = np.full(test.n_events, 0.5)
        chance[~test.is_rating] = kinds.trace(model, test.responses()).chance
        after = p_known_after(model, self.log.responses())
        return chance, after[self.sequences.learner, self.sequences.competency]

    def _by_rule(self, rule: str, tau: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Return a rule's chances at the events of the held-out learners, and whom it passes."""
        before, after = self.sequences.scores(rule)
        is_test = np.zeros(self.log.n_learners, bool)
        is_test[self.split.test] = True
        of_test = np.repeat(is_test, np.diff(self.log.offsets))
        learned_from = ~of_test & ~self.log.is_rating
        curve = RisingCurve.fit(before[learned_from], self.log.outcome[learned_from])
        mastered = calls_mastered(rule, after, self.sequences.sizes, tau=tau)
        return curve.chances(before[of_test]), mastered
