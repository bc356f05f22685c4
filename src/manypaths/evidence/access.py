"""Who may record evidence about a learner, in what role, and who may withdraw it."""

from django.utils.translation import gettext

from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.models import Evidence, RaterRole
from manypaths.people.access import (
    Actor,
    Operator,
    assesses_for,
    is_learner_themself,
    learns_beside,
    supports,
    teaches,
)
from manypaths.people.models import Person, RelationshipKind


def require_recording(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may record the learner's own work: themself or their teacher."""
    if is_learner_themself(by, learner):
        return
    if teaches(by, learner):
        return
    raise NotFound


def rater_roles(by: Actor, learner: Person) -> set[RaterRole]:
    """Return the roles in which `by` may rate the learner, from who they are to each other."""
    if isinstance(by, Operator):
        return set(RaterRole) if teaches(by, learner) else set()
    may = {
        RaterRole.SELF: is_learner_themself(by, learner),
        RaterRole.PEER: learns_beside(by, learner),
        RaterRole.FAMILY: supports(by, learner, RelationshipKind.GUARDIAN),
        RaterRole.COACH: supports(by, learner, RelationshipKind.COACH)
        or supports(by, learner, RelationshipKind.MENTOR),
        RaterRole.TEACHER: not is_learner_themself(by, learner) and teaches(by, learner),
        RaterRole.ASSESSOR: assesses_for(by, learner),
    }
    return {role for role, holds in may.items() if holds}


def require_rating(by: Actor, learner: Person, rater: Person, role: RaterRole) -> None:
    """Raise NotFound unless `by` may rate the learner at all, Refused where not in this role."""
    roles = rater_roles(by, learner)
    if not roles:
        raise NotFound
    if not isinstance(by, Operator) and rater.user_id != by.pk:
        raise Refused(gettext("A rating is given in one's own name."))
    if role not in roles:
        allowed = ", ".join(sorted(allowed.label.lower() for allowed in roles))
        raise Refused(
            gettext("You can rate this learner as {allowed}, not as {role}.").format(
                allowed=allowed, role=role.label.lower()
            )
        )


def require_withdrawal(by: Actor, evidence: Evidence, learner: Person) -> None:
    """Raise NotFound unless `by` recorded this piece, or teaches the learner."""
    if not isinstance(by, Operator) and evidence.recorded_by == by.pk:
        return
    if teaches(by, learner) and not is_learner_themself(by, learner):
        return
    raise NotFound


def require_look(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may answer work that the learner handed in.

    That is whoever may rate it from outside: a teacher, coach, mentor or assessor.
    """
    if not rater_roles(by, learner) & {RaterRole.TEACHER, RaterRole.COACH, RaterRole.ASSESSOR}:
        raise NotFound


def may_contest(by: Actor, learner: Person) -> bool:
    """Say whether `by` may say that a piece is not right: the learner, or their family."""
    return is_learner_themself(by, learner) or supports(by, learner, RelationshipKind.GUARDIAN)


def require_contest(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may say that a piece of the learner's is not right."""
    if not may_contest(by, learner):
        raise NotFound


def may_answer_contest(by: Actor, learner: Person) -> bool:
    """Say whether `by` may answer what a learner or their family contests: who teaches them."""
    return teaches(by, learner) and not is_learner_themself(by, learner)


def require_contest_answer(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may answer what a learner or their family contests."""
    if not may_answer_contest(by, learner):
        raise NotFound
