"""What others outside are to be told of: noted with the change itself, so that none is lost."""

from collections.abc import Iterable
from datetime import datetime

from manypaths.base.clock import to_microseconds
from manypaths.estimates.models import MoveToTell, Watch
from manypaths.frameworks.models import Framework


def note_moves(
    learners: Iterable[int], family: Framework, *, at: datetime, is_evidence: bool = True
) -> None:
    """Note in the running transaction that evidence of learners (row ids) on a family changed.

    Where nobody wants to be told nothing is noted. One query or two.
    """
    if not Watch.objects.exists():
        return
    MoveToTell.objects.bulk_create(
        MoveToTell(
            learner_id=learner, family=family, is_evidence=is_evidence, at=to_microseconds(at)
        )
        for learner in learners
    )


def watch(*, is_wanted: bool) -> None:
    """Note changes from now on, or no longer; what was noted and not told is dropped then."""
    if is_wanted:
        Watch.objects.get_or_create()
    else:
        Watch.objects.all().delete()
        MoveToTell.objects.all().delete()
