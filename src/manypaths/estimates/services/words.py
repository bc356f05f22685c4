"""Say where one sees a learner, beside the estimate and with a reason; take it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.access import require_right_to_sign
from manypaths.estimates.engine import lineage_of
from manypaths.estimates.models import TeachersWord
from manypaths.estimates.status import Status
from manypaths.frameworks.models import Competency
from manypaths.frameworks.queries import levels_of
from manypaths.people.access import Actor
from manypaths.people.models import Person, User


@transaction.atomic
def say_word(
    learner: Person,
    competency: Competency,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    level: int | None = None,
    status: Status | None = None,
) -> TeachersWord:
    """Say where one sees a learner: at a level of the scale, or in a status. The estimate stays.

    Raises Refused without a reason, without either or with both, or for a level that is not there.
    """
    require_right_to_sign(by, learner)
    if not reason.strip():
        raise Refused(_("Say what you saw: a word without a reason helps nobody."))
    if (level is None) == (status is None):
        raise Refused(_("Choose where you see the learner."))
    levels = levels_of(competency.framework)
    if level is not None and level not in range(len(levels)):
        names = ", ".join(step.spoken.name for step in levels)
        raise Refused(_("Choose one of the levels: %(names)s.") % {"names": names})
    word = TeachersWord.objects.create(
        learner=learner,
        competency=lineage_of(competency),
        level=level,
        status="" if status is None else status.value,
        reason=reason.strip(),
        said_at=to_microseconds(at),
        said_by=Person.objects.get(user=by) if isinstance(by, User) else None,
    )
    record_deed("say word", by=by, at=at, subject=("teacher's word", word.pk))
    return word


@transaction.atomic
def withdraw_word(word: TeachersWord, *, by: Actor, at: datetime) -> TeachersWord:
    """Take a word back: it stays on record, and is shown no more. A second time is no fault."""
    require_right_to_sign(by, word.learner)
    if word.withdrawn_at is None:
        word.withdrawn_at, word.withdrawn_by = to_microseconds(at), by.actor_id
        word.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_deed("withdraw word", by=by, at=at, subject=("teacher's word", word.pk))
    return word
