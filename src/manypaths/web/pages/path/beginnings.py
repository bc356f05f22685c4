"""Where a learner can begin where no task is offered: what builds on nothing that is not shown."""

from collections.abc import Sequence

from manypaths.estimates.outline import outline_of
from manypaths.estimates.table import Estimates
from manypaths.frameworks.models import Competency

_MOST = 3


def beginnings(estimates: Estimates) -> Sequence[Competency]:
    """Return the first few competencies of a learner to begin with; none where all are shown."""
    shown = estimates.is_demonstrated.tolist()
    competencies = estimates.pairs.competencies
    missing = {
        c.lineage_id for c, is_shown in zip(competencies, shown, strict=True) if not is_shown
    }
    closed = {
        then for first, then in outline_of(estimates.framework).prerequisites if first in missing
    }
    own = [c for c in competencies if c.lineage_id in missing]
    # Where ties lead in a circle nothing is open by them.
    return ([c for c in own if c.lineage_id not in closed] or own)[:_MOST]
