"""What learners have demonstrated, and on how much evidence that rests: enough for a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from manypaths.base.clock import from_microseconds
from manypaths.estimates.evidence_log import FIRST_DATED
from manypaths.estimates.models import Achievement, GeneralBelief
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person


@dataclass(frozen=True)
class Summary:
    """A learner with what they have demonstrated, newest first, each competency once.

    `last_done_at` is when the newest work was done, None without any that has a date.
    """

    learner: Person
    demonstrated: Sequence[Achievement]
    n_pieces: int
    last_done_at: datetime | None


def summaries_of(learners: Sequence[Person], *, by: Actor) -> list[Summary]:
    """Return what learners whom `by` may see have demonstrated, in their order. Three queries."""
    require_sight(by, learners)
    demonstrated = _demonstrated(learners)
    generals = GeneralBelief.objects.filter(learner__in=learners).values("learner")
    counts = {
        row["learner"]: (row["n"], row["last"])
        for row in generals.annotate(n=Sum("n_events"), last=Max("last_done_at")).order_by()
    }
    found = []
    for learner in learners:
        n_pieces, last = counts.get(learner.pk, (0, 0))
        moment = from_microseconds(last) if last >= FIRST_DATED else None
        found.append(Summary(learner, demonstrated[learner.pk], n_pieces, moment))
    return found


def _demonstrated(learners: Sequence[Person]) -> dict[int, list[Achievement]]:
    rows = Achievement.objects.filter(learner__in=learners).select_related("competency__framework")
    found: dict[int, dict[int | None, Achievement]] = {learner.pk: {} for learner in learners}
    for row in rows.order_by("-demonstrated_on", "-pk"):
        if (row.level or 0) >= (row.competency.framework.target_level or 0):
            found[row.learner_id].setdefault(row.competency.lineage_id, row)
    return {learner: list(of_learner.values()) for learner, of_learner in found.items()}
