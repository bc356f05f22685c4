"""The engine: what is mastered, how sure that is, what moved it, and what would come next.

Arrays in, arrays out; no Django, files, clock, logging or global random state. For any learner and
competency it answers how likely each level is, how sure we are, what moved the estimate, and what
the next response would be.

Words and shapes. A *log* holds events, `(n_events,)` columns grouped by learner and, within a
learner, in the order of the work. An *instrument* is an item or a criterion, aligned to one or more
of `n_competencies` competencies with weights that sum to 1. The *logit scale* is where abilities
and difficulties add up; `1 / (1 + exp(-x))` turns it into a chance of success. Times are days, NaN
where there is no clock. A *key* is whatever the caller names a competency, instrument or rater by.
"""

from typing import TYPE_CHECKING, Any

from manypaths.mastery.beliefs import Beliefs, Estimate, Event
from manypaths.mastery.bkt_model import BktModel
from manypaths.mastery.explain import Explanation
from manypaths.mastery.groups import suggest_groups
from manypaths.mastery.kinds import (
    estimate,
    fit,
    predict,
    read_model,
    start,
    trace,
    update,
    why,
)
from manypaths.mastery.log import Alignment, ResponseLog
from manypaths.mastery.model import Model, Settings
from manypaths.mastery.pybkt import from_pybkt, to_pybkt, to_pybkt_coef
from manypaths.mastery.simulation import School, simulate

if TYPE_CHECKING:
    from manypaths.mastery.arrays import merge
    from manypaths.mastery.batch import final_beliefs
    from manypaths.mastery.calibration import calibration_by_group, calibration_of, item_differences
    from manypaths.mastery.evaluation import evaluate

__all__ = [
    "Alignment",
    "Beliefs",
    "BktModel",
    "Estimate",
    "Event",
    "Explanation",
    "Model",
    "ResponseLog",
    "School",
    "Settings",
    "calibration_by_group",
    "calibration_of",
    "estimate",
    "evaluate",
    "final_beliefs",
    "fit",
    "from_pybkt",
    "item_differences",
    "merge",
    "predict",
    "read_model",
    "simulate",
    "start",
    "suggest_groups",
    "to_pybkt",
    "to_pybkt_coef",
    "trace",
    "update",
    "why",
]

# These bring the compiler, which takes half a second to load: only whoever asks for one waits.
_COMPILED = {
    "calibration_by_group": "calibration",
    "calibration_of": "calibration",
    "evaluate": "evaluation",
    "final_beliefs": "batch",
    "item_differences": "calibration",
    "merge": "arrays",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever stands under the name
    """Load what needs the compiler when it is first asked for."""
    if name in _COMPILED:
        from importlib import import_module

        return getattr(import_module(f"manypaths.mastery.{_COMPILED[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
