"""What others outside are to be told of: noted with the change itself, so that none is lost."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from manypaths.base.clock import to_microseconds
from manypaths.base.prepared import prepared
from manypaths.estimates.models import (
    Achievement,
    FamilyToTell,
    GeneralBelief,
    MoveToTell,
    Watch,
)
from manypaths.frameworks.models import Framework


def note_moves(
    learners: Iterable[int], family: Framework, *, at: datetime, is_evidence: bool = True
) -> None:
    """Note in the running transaction that evidence of learners (row ids) on a family changed.

    Where nobody wants to be told nothing is noted. One query or two.
    """
    if not _watches():
        return
    MoveToTell.objects.bulk_create(
        MoveToTell(
            learner_id=learner, family=family, is_evidence=is_evidence, at=to_microseconds(at)
        )
        for learner in learners
    )


@prepared
def _watches() -> QuerySet[Watch]:
    return Watch.objects.all()


def note_family(family: Framework, *, at: datetime) -> None:
    """Note in the running transaction that all statuses on a family may have changed.

    Where nobody wants to be told nothing is noted. One query or two.
    """
    if _watches():
        FamilyToTell.objects.create(family=family, at=to_microseconds(at))


def note_all_families(*, at: datetime, is_first: bool) -> None:
    """Note the same of each family on which there are statuses. Two queries."""
    believed = GeneralBelief.objects.values("family")
    signed = Achievement.objects.values("competency__framework__family")
    families = Framework.objects.filter(Q(pk__in=believed) | Q(pk__in=signed)).order_by("pk")
    FamilyToTell.objects.bulk_create(
        FamilyToTell(family=family, is_first=is_first, at=to_microseconds(at))
        for family in families
    )


def watch(*, is_wanted: bool) -> None:
    """Note changes from now on, or no longer; what was noted and not told is dropped then."""
    if is_wanted:
        Watch.objects.get_or_create()
    else:
        Watch.objects.all().delete()
        MoveToTell.objects.all().delete()
        FamilyToTell.objects.all().delete()
