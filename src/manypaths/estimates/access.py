"""Who may sign off what a learner demonstrated, and who may fit and rebuild for a district."""

from manypaths.base.errors import NotFound
from manypaths.frameworks.access import frameworks_seen_by, require_right_to_add
from manypaths.frameworks.models import Framework
from manypaths.people.access import (
    Actor,
    assesses_for,
    is_learner_themself,
    supports,
    teaches,
)
from manypaths.people.models import Person, RelationshipKind


def require_upkeep(by: Actor, family: Framework) -> None:
    """Raise NotFound unless `by` may fit models and rebuild beliefs of a family: as for adding."""
    require_right_to_add(by)
    if not frameworks_seen_by(by).filter(pk=family.pk).exists():
        raise NotFound


def require_right_to_sign(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may sign off achievements of this learner.

    That is somebody else, who teaches, coaches or assesses them.
    """
    if is_learner_themself(by, learner):
        raise NotFound
    if teaches(by, learner):
        return
    if supports(by, learner, RelationshipKind.COACH):
        return
    if assesses_for(by, learner):
        return
    raise NotFound


def may_sign(by: Actor, learner: Person) -> bool:
    """Say whether `by` may sign off achievements of this learner."""
    try:
        require_right_to_sign(by, learner)
    except NotFound:
        return False
    return True
