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

from manypaths.mastery.beliefs import Beliefs, Estimate, Event, estimate, predict, start
from manypaths.mastery.log import Alignment, ResponseLog
from manypaths.mastery.model import Model, Settings
from manypaths.mastery.stream import update

__all__ = [
    "Alignment",
    "Beliefs",
    "Estimate",
    "Event",
    "Model",
    "ResponseLog",
    "Settings",
    "estimate",
    "predict",
    "start",
    "update",
]
