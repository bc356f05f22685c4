"""Finds out whose statuses are others than those that were told last.

Evidence is not all that changes a status: so do a new day, by forgetting, another model, a rebuild
and new thresholds. After each of those all learners on a family are compared, so many at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from manypaths.base.clock import date_of
from manypaths.estimates.engine import current_version
from manypaths.estimates.models import (
    Achievement,
    FamilyToTell,
    GeneralBelief,
    MoveToTell,
    Watch,
)
from manypaths.estimates.queries import estimates_with_evidence
from manypaths.estimates.status import Status
from manypaths.estimates.telling import note_all_families
from manypaths.frameworks.models import Framework
from manypaths.integrations.models import Endpoint, LastStatus
from manypaths.integrations.services.webhooks import Event
from manypaths.people.access import Operator
from manypaths.people.models import Person

LEARNERS_AT_ONCE = 200
_NOT_STARTED = Status.NOT_STARTED.value

# By row ids of learners and of the first rows of competencies' lineages.
Statuses = dict[tuple[int, int], str]


def is_told_of_statuses(endpoints: Sequence[Endpoint]) -> bool:
    """Say whether one of these endpoints is told when a status changed."""
    return any(Event.STATUS_CHANGED in endpoint.events for endpoint in endpoints)


def plan_comparisons(endpoints: Sequence[Endpoint], *, at: datetime) -> None:
    """Put down all families for a comparison where a day has begun, as the district counts them.

    What is compared for the first time is noted alone, so that later changes can be told. Where
    nobody is told of statuses any more, those that were told are forgotten.
    """
    watch = Watch.objects.first()
    if watch is None:
        return
    today = date_of(at)
    is_first = watch.compared_on is None
    with transaction.atomic():
        if not is_told_of_statuses(endpoints):
            if not is_first or FamilyToTell.objects.exists():
                FamilyToTell.objects.all().delete()
                LastStatus.objects.all().delete()
                Watch.objects.update(compared_on=None)
        elif watch.compared_on is None or watch.compared_on < today:
            note_all_families(at=at, is_first=is_first)
            Watch.objects.update(compared_on=today)


@dataclass(frozen=True)
class Compared:
    """What a comparison came to: of whom to tell, and how much there was to do."""

    family: Framework
    changed: Sequence[Person]
    n_done: int


def compare_next(*, at: datetime) -> Compared | None:
    """Compare the next learners of the comparison that has waited longest, and note how far it is.

    None where nothing waits. In the transaction in which it is told. A fixed number of queries.
    """
    waiting = FamilyToTell.objects.select_related("family").order_by("pk").first()
    if waiting is None:
        return None
    family = waiting.family
    later = FamilyToTell.objects.filter(family=family, is_first=False, pk__gt=waiting.pk)
    if not waiting.is_first and not waiting.after:
        later.delete()  # what they were put down for is seen from here on
    learners = _next_learners(waiting)
    moved, known = _moved(learners, family, at=at)
    # Asked after the statuses were read, so that what changed them meanwhile is told all the same.
    if waiting.is_first and not later.exists():
        moved = _without_those_to_tell(moved, family)
        changed = [one for one in _noted(moved, learners) if one.pk in known]
    else:
        changed = _noted(moved, learners)
    if len(learners) < LEARNERS_AT_ONCE:
        FamilyToTell.objects.filter(pk=waiting.pk).delete()
    else:
        FamilyToTell.objects.filter(pk=waiting.pk).update(after=learners[-1].pk)
    return Compared(family, changed, len(learners) + 1)


def changed_since_told(
    learners: Sequence[Person], family: Framework, *, at: datetime
) -> list[Person]:
    """Return whose status on a competency is another than the one told last, and note it as told.

    In the transaction in which it is told. A fixed number of queries.
    """
    moved, _ = _moved(learners, family, at=at)
    return _noted(moved, learners)


def _next_learners(waiting: FamilyToTell) -> list[Person]:
    """Return the next learners who have a status on the family, or of whom one was told."""
    own, family = OuterRef("pk"), waiting.family_id
    believed = GeneralBelief.objects.filter(learner=own, family=family)
    signed = Achievement.objects.filter(learner=own, competency__framework__family=family)
    told = LastStatus.objects.filter(learner=own, competency__framework__family=family)
    people = Person.objects.filter(Exists(believed) | Exists(signed) | Exists(told))
    return list(people.filter(pk__gt=waiting.after).order_by("pk")[:LEARNERS_AT_ONCE])


def _moved(
    learners: Sequence[Person], family: Framework, *, at: datetime
) -> tuple[Statuses, set[int]]:
    """Return the statuses that are others than those told, and of whom any was told."""
    table = estimates_with_evidence(learners, current_version(family), by=Operator(), at=at)
    shown = [competency.lineage_id or 0 for competency in table.pairs.competencies]
    told = LastStatus.objects.filter(learner__in=learners, competency__framework__family=family)
    before = {(row.learner_id, row.competency_id): row.status for row in told}
    known = set(shown)
    now: Statuses = {pair: _NOT_STARTED for pair in before if pair[1] in known}
    pairs = zip(table.pairs.who.tolist(), table.pairs.what.tolist(), strict=True)
    for row, (who, what) in enumerate(pairs):
        now[learners[who].pk, shown[what]] = table.status(row).value
    moved = {pair: to for pair, to in now.items() if before.get(pair, _NOT_STARTED) != to}
    return moved, {who for who, _ in before}


def _without_those_to_tell(moved: Statuses, family: Framework) -> Statuses:
    """Leave out whose evidence waits to be told of: their change of status is told with it."""
    learners = {who for who, _ in moved}
    waiting = MoveToTell.objects.filter(family=family, learner__in=learners)
    waits = set(waiting.values_list("learner", flat=True))
    return {pair: status for pair, status in moved.items() if pair[0] not in waits}


def _noted(moved: Statuses, learners: Sequence[Person]) -> list[Person]:
    """Write statuses down as told; return whose they are."""
    LastStatus.objects.bulk_create(
        [
            LastStatus(learner_id=who, competency_id=what, status=status)
            for (who, what), status in moved.items()
        ],
        update_conflicts=True,
        unique_fields=["learner", "competency"],
        update_fields=["status"],
    )
    changed = {who for who, _ in moved}
    return [learner for learner in learners if learner.pk in changed]
