"""School rules and models side by side: how well each predicts, and whose status would differ.

A status by a rule is the one that would be shown if the rule alone said who has mastered a
competency: it asks for as much evidence, and has no doubt. Signatures are left out, for they stand
under any rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from manypaths.base.progress import Tell, silence
from manypaths.estimates.status import STATUSES, Grounds, Status, status
from manypaths.estimates.table import FIRST_CALENDAR_DAY, TOUCHED_AT, Floats, Numbers, grounds_of
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery import Model, ResponseLog, Settings
from manypaths.mastery.model import without_contexts
from manypaths.mastery.standing import N_OWN, estimate_rows

if TYPE_CHECKING:
    from manypaths.mastery.comparison import Difference, Figures
    from manypaths.mastery.rule_predictions import Sequences

_READY = STATUSES.index(Status.READY)


@dataclass(frozen=True)
class RuleRow:
    """A kind of model, or a school's rule.

    `figures` are those of its predictions of held-out responses, `beyond` by how much they exceed
    those of the first row (more loss is worse). `n_ready` pairs of learner and competency would be
    ready to show by it; the status of `n_pairs_differ` pairs, and of `n_learners_differ` learners
    on one competency or more, would differ from that by the reference.
    """

    kind: str
    figures: "Figures"
    beyond: "Difference"
    n_ready: int
    n_pairs_differ: int
    n_learners_differ: int


@dataclass(frozen=True)
class RuleComparison:
    """All kinds on one log, whose pairs of learner and competency with responses are `n_pairs`.

    `reference` is the version of the model to whose statuses the others are compared;
    `n_ready` pairs are ready to show by it.
    """

    n_learners: int
    n_pairs: int
    n_near_copies: int
    reference: str
    n_ready: int
    rows: Sequence[RuleRow]


@dataclass(frozen=True)
class Terms:
    """What a comparison goes by: thresholds, what fits start from, and the day (NaN: none)."""

    rules: StatusRules
    settings: Settings
    now: float = nan


def compare_rules(
    log: ResponseLog,
    terms: Terms,
    *,
    reference: Model | None = None,
    seed: int = 0,
    progress: Tell = silence,
) -> RuleComparison:
    """Return the table. Without a reference, the first kind as fitted for the table is taken.

    Raises ValueError for a log with too few learners or no responses.
    """
    from manypaths.mastery.evaluation import KINDS  # brings the compiler, so only here
    from manypaths.mastery.rule_table import RuleTable

    progress("Dividing the learners", 0, len(KINDS))
    table = RuleTable.of(log, seed=seed)
    found = []
    for row in table.rows(settings=terms.settings, seed=seed):
        found.append(row)
        progress(f"Predicted by {row.kind}", len(found), len(KINDS))
    reference = reference or found[0].model
    assert reference is not None  # the first kind is a model
    pairs = table.sequences
    shown = _grounds(reference, log, pairs, terms.now)
    held = status(shown, terms.rules)
    rows = []
    for row in found:
        if row.model is None:
            grounds = _by_rule(shown, row.p_mastered)
        else:
            grounds = _grounds(row.model, log, pairs, terms.now)
        code = status(grounds, terms.rules)
        rows.append(
            RuleRow(
                kind=row.kind,
                figures=row.figures,
                beyond=row.beyond,
                n_ready=int((code == _READY).sum()),
                n_pairs_differ=int((code != held).sum()),
                n_learners_differ=np.unique(pairs.learner[code != held]).size,
            )
        )
    return RuleComparison(
        n_learners=np.unique(pairs.learner).size,
        n_pairs=pairs.learner.size,
        n_near_copies=len(table.split.near_copies),
        reference=reference.version,
        n_ready=int((held == _READY).sum()),
        rows=rows,
    )


def _by_rule(grounds: Grounds, p_mastered: Floats | None) -> Grounds:
    """Return the grounds on which a rule decides: the evidence as it is, its word and no doubt."""
    assert p_mastered is not None  # what has no model of the engine's kind says itself
    return replace(grounds, p_mastered=p_mastered, half_width=np.zeros_like(p_mastered))


def _grounds(model: Model, log: ResponseLog, pairs: "Sequences", now: float) -> Grounds:
    """Return what a model's statuses of the pairs are decided on, in their order."""
    from manypaths.mastery.batch import final_beliefs  # brings the compiler, so only here

    finals, _ = final_beliefs(without_contexts(model), log)
    who = np.repeat(np.arange(log.n_learners), np.diff(finals.begins))
    n = max(log.alignment.n_competencies, 1)
    row = _places(pairs.learner * n + pairs.competency, who * n + finals.competency)
    own = finals.rows[row]
    touched_at = own[:, TOUCHED_AT]
    # Where the clock's origin is not known, nobody can say how long ago the work was.
    touched_at[touched_at < FIRST_CALENDAR_DAY] = np.nan
    numbers = estimate_rows(
        model,
        log.alignment.competencies,
        pairs.competency,
        finals.general[pairs.learner],
        own[:, :N_OWN],
        at=now,
    )
    unsigned = np.zeros(row.size, bool)
    return grounds_of(numbers, own, is_demonstrated=unsigned, recall=np.ones(row.size))


def _places(wanted: Numbers, keys: Numbers) -> Numbers:
    """Return where each wanted key stands; all of them do."""
    order = np.argsort(keys)
    found: Numbers = order[np.searchsorted(keys[order], wanted)]
    return found
