"""Say that a piece of evidence is not right, and answer that."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.evidence.access import require_contest, require_contest_answer
from manypaths.evidence.models import Contest, ContestOutcome, Rating, Response
from manypaths.people.access import Actor

Contestable = Response | Rating


@transaction.atomic
def open_contest(piece: Contestable, words: str, *, by: Actor, at: datetime) -> Contest:
    """Say that a piece is not right, and why. It keeps counting until somebody answers.

    The same piece again, while it is open, returns what was opened. Raises Refused without words,
    or for a piece that counts no more.
    """
    require_contest(by, piece.learner)
    about = {"response": piece} if isinstance(piece, Response) else {"rating": piece}
    known = Contest.objects.filter(outcome=ContestOutcome.OPEN, **about).first()
    if known is not None:
        return known
    if not words.strip():
        raise Refused(_("Say in a few words what is not right."))
    if piece.withdrawal_id is not None:
        raise Refused(_("This piece counts no more, so there is nothing left to set right."))
    said = {
        "learner": piece.learner,
        "words": words.strip(),
        "opened_at": to_microseconds(at),
        "opened_by": by.actor_id,
    }
    contest, is_new = Contest.objects.get_or_create(
        outcome=ContestOutcome.OPEN, **about, defaults=said
    )
    if is_new:
        record_deed("open contest", by=by, at=at, subject=("contest", contest.pk))
    return contest


@transaction.atomic
def close_contest(
    contest: Contest, *, outcome: ContestOutcome, answer: str, by: Actor, at: datetime
) -> Contest:
    """Answer a contest: the piece stays, or it was withdrawn. Raises Refused for one answered."""
    require_contest_answer(by, contest.learner)
    if not answer.strip():
        raise Refused(_("Write a few words to the learner: they asked for an answer."))
    rows = Contest.objects.filter(pk=contest.pk, outcome=ContestOutcome.OPEN)
    closed = {
        "outcome": outcome.value,
        "answer": answer.strip(),
        "answered_at": to_microseconds(at),
        "answered_by": by.actor_id,
    }
    if outcome is ContestOutcome.OPEN or not rows.update(**closed):
        raise Refused(_("Somebody has answered this already."))
    contest.refresh_from_db()
    record_deed(
        "answer contest", by=by, at=at, subject=("contest", contest.pk), outcome=outcome.value
    )
    return contest
