"""Who may record evidence about a learner, in what role, and who may withdraw it."""

from collections.abc import Collection

from django.utils.translation import gettext

from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.models import Evidence, RaterRole
from manypaths.people.access import (
    Actor,
    Integration,
    Operator,
    TokenScope,
    assesses_for,
    current,
    is_learner_themself,
    learns_beside,
    rater_teaches,
    require_leadership,
    require_scope,
    require_teaching,
    serves,
    supports,
    teaches,
)
from manypaths.people.models import (
    Organization,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    RoleHeld,
    User,
)


def require_recording(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` may record the learner's own work.

    That is the learner, their teacher, or an integration of their school that may record.
    """
    require_scope(by, TokenScope.WRITE_EVIDENCE)
    if is_learner_themself(by, learner):
        return
    if serves(by, [learner.pk]):
        return
    if teaches(by, learner):
        return
    raise NotFound


def require_recording_of_many(
    by: Actor, learners: Collection[int], organization: Organization
) -> None:
    """Raise NotFound unless `by` may record work of all these people, by row ids, in one go.

    That is who leads an organization and teaches them, or an integration of it that may record.
    """
    require_scope(by, TokenScope.WRITE_EVIDENCE)
    if isinstance(by, Integration):
        if organization.pk != by.organization.pk or not serves(by, learners):
            raise NotFound
        return
    require_leadership(by, organization)
    require_teaching(by, learners)


# In whose name an integration may hand on a rating: those whose tie to the learner is on record.
_HANDED_ON = (RaterRole.SELF, RaterRole.TEACHER, RaterRole.COACH, RaterRole.ASSESSOR)


def require_rating_handed_on(learner: Person, rater: Person, role: RaterRole) -> None:
    """Raise Refused unless the rater rates the learner in this role, for an integration's rating.

    A few queries.
    """
    is_own = rater.pk == learner.pk
    held = RoleHeld.objects.filter(current(), person=rater)
    ties = Relationship.objects.filter(current(), supporter=rater, learner=learner)
    holds = {
        RaterRole.SELF: is_own,
        RaterRole.TEACHER: not is_own and rater_teaches(rater, learner),
        RaterRole.COACH: ties.filter(kind__in=["coach", "mentor"]).exists(),
        RaterRole.ASSESSOR: not is_own and held.filter(role=Role.ASSESSOR).exists(),
    }
    if not holds.get(role, False):
        raise Refused(
            gettext(
                "This person does not rate this learner as {role}. By an integration ratings come "
                "in as: {allowed}."
            ).format(role=role.value, allowed=", ".join(_HANDED_ON))
        )


def rater_roles(by: Actor, learner: Person) -> set[RaterRole]:
    """Return the roles in which `by` may rate the learner, from who they are to each other."""
    if isinstance(by, Operator):
        return set(RaterRole) if teaches(by, learner) else set()
    if isinstance(by, Integration):
        return set()
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
    if isinstance(by, User) and rater.user_id != by.pk:
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
    if isinstance(by, User) and evidence.recorded_by == by.pk:
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
