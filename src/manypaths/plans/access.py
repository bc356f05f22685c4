"""Who may choose a learner's next step, and who may set a group's window and small groups."""

from manypaths.base.errors import NotFound
from manypaths.people.access import (
    Actor,
    is_learner_themself,
    require_group_sight,
    require_meeting,
    require_person,
    supports,
    teaches,
)
from manypaths.people.models import Group, Person, RelationshipKind

_SUPPORTERS = (RelationshipKind.COACH, RelationshipKind.MENTOR, RelationshipKind.ADVISOR)


def require_choice(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may choose for the learner: themself, a teacher, a supporter."""
    if is_learner_themself(by, learner):
        return
    if teaches(by, learner):
        return
    if any(supports(by, learner, kind) for kind in _SUPPORTERS):
        return
    raise NotFound


def may_choose(by: Actor, learner: Person) -> bool:
    """Say whether `by` may choose for the learner: themself, a teacher, a supporter."""
    try:
        require_choice(by, learner)
    except NotFound:
        return False
    return True


def require_own(by: Actor, learner: Person) -> None:
    """Raise NotFound unless the record is the actor's own: nobody asks for help for another."""
    if not is_learner_themself(by, learner):
        raise NotFound


def require_guardianship(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` is the learner's guardian, checked and agreed."""
    if not supports(by, learner, RelationshipKind.GUARDIAN):
        raise NotFound


def require_window_right(by: Actor, group: Group) -> None:
    """Raise NotFound unless `by` leads the group or its organization, Refused once it has ended."""
    require_person(by)
    require_group_sight(by, group)
    require_meeting(group)


def require_grouping_right(by: Actor, group: Group) -> None:
    """Raise NotFound unless `by` leads the group or its organization, Refused once it has ended."""
    require_person(by)
    require_group_sight(by, group)
    require_meeting(group)


def require_note_right(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` teaches or supports the learner; family and learner do not."""
    if is_learner_themself(by, learner):
        raise NotFound
    if teaches(by, learner):
        return
    if any(supports(by, learner, kind) for kind in _SUPPORTERS):
        return
    raise NotFound
