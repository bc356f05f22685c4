"""Who may sign off what a learner demonstrated: somebody else, who teaches, coaches or assesses."""

from manypaths.base.errors import NotFound
from manypaths.people.access import (
    Actor,
    Operator,
    assesses_for,
    is_learner_themself,
    supports,
    teaches,
)
from manypaths.people.models import Person, RelationshipKind


def require_right_to_sign(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may sign off achievements of this learner."""
    if isinstance(by, Operator):
        return
    if is_learner_themself(by, learner):
        raise NotFound
    if teaches(by, learner):
        return
    if supports(by, learner, RelationshipKind.COACH):
        return
    if assesses_for(by, learner):
        return
    raise NotFound
