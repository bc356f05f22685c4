"""Who may sit down to tasks, and who may mark what no key can score."""

from manypaths.base.errors import NotFound
from manypaths.evidence.access import rater_roles
from manypaths.evidence.models import Artifact, RaterRole
from manypaths.people.access import Actor, is_learner_themself, teaches
from manypaths.people.models import Person

# In which roles work is answered; of several that somebody holds, the first.
ANSWERING_ROLES = (RaterRole.TEACHER, RaterRole.COACH, RaterRole.ASSESSOR)


def require_own(by: Actor, learner: Person) -> None:
    """Raise NotFound unless it is the learner who sits down: nobody answers in their place."""
    if not is_learner_themself(by, learner):
        raise NotFound


def require_marking(by: Actor, learner: Person) -> None:
    """Raise NotFound unless `by` teaches the learner: nobody marks their own answer."""
    if is_learner_themself(by, learner) or not teaches(by, learner):
        raise NotFound


def may_answer(artifact: Artifact, *, by: Actor) -> bool:
    """Say whether `by` may answer this work."""
    return bool(rater_roles(by, artifact.learner) & set(ANSWERING_ROLES))
