"""Sign off what was demonstrated. An achievement is a person's act, and it never vanishes."""

from datetime import date, datetime

from django.db import transaction

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.access import require_right_to_sign
from manypaths.estimates.engine import family_of, lineage_of, row_in_force
from manypaths.estimates.models import Achievement
from manypaths.estimates.queries import estimates_of
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor
from manypaths.people.models import Person


@transaction.atomic
def sign_off(
    learner: Person,
    competency: Competency,
    *,
    demonstrated_on: date,
    by: Actor,
    at: datetime,
    level: int | None = None,
    task: Task | None = None,
    note: str = "",
) -> Achievement:
    """Sign off that a learner demonstrated a level of a competency (None: the target level).

    What the engine expects today is kept beside it, for the recall of later days. Raises Refused
    for a level that the scale lacks or a day to come.
    """
    require_right_to_sign(by, learner)
    framework = competency.framework
    if demonstrated_on > at.date():
        raise Refused(f"Nothing can have been demonstrated on {demonstrated_on}, which is to come.")
    level = framework.target_level if level is None else level
    if framework.scale is not None:
        names = [step.name for step in framework.scale.levels.all()]
        if level is None or not 0 <= level < len(names):
            raise Refused(f"Choose one of the levels {', '.join(names)}.")
    found = estimates_of([learner], framework, by=by, at=at, competencies=[competency])
    achievement = Achievement.objects.create(
        learner=learner,
        competency=lineage_of(competency),
        level=level,
        demonstrated_on=demonstrated_on,
        signed_at=to_microseconds(at),
        signed_by=by.actor_id,
        task=task,
        note=note,
        expected_success=float(found.numbers.success[0]),
        model=row_in_force(family_of(framework)),
    )
    record_deed("sign off", by=by, at=at, subject=("achievement", achievement.pk))
    return achievement
