"""Answer what a learner or their family said about a piece of evidence."""

from datetime import datetime

from django.db import transaction

from manypaths.estimates.services.evidence import withdraw
from manypaths.estimates.services.replaying import lock
from manypaths.evidence import services as evidence
from manypaths.evidence.models import Contest, ContestOutcome
from manypaths.people.access import Actor


@transaction.atomic
def answer_contest(
    contest: Contest, *, outcome: ContestOutcome, answer: str, by: Actor, at: datetime
) -> Contest:
    """Answer a contest. A piece that is withdrawn by it no longer counts: beliefs are replayed.

    Raises Refused for a contest that was answered before, or without words for the learner.
    """
    lock(contest.learner)
    closed = evidence.close_contest(contest, outcome=outcome, answer=answer, by=by, at=at)
    piece = closed.piece
    if outcome is ContestOutcome.WITHDRAWN and piece.withdrawal_id is None:
        withdraw(piece, reason=answer[:500], by=by, at=at)
    return closed
