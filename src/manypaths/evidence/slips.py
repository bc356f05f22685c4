"""Which named slips learners show in their recent wrong answers."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from manypaths.base.clock import to_microseconds
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.evidence.models import UNIX_SECONDS, Answer, Clock, Response, Slip
from manypaths.frameworks.models import Framework
from manypaths.mastery.log import Key
from manypaths.mastery.slips import SlipFound, WrongAnswer, find_slips
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person

# Older wrong answers speak of somebody who has learned since.
RECENT = timedelta(days=90)
# Up to so many learners are named to the database one by one.
_FEW = 2_000
_EVERYBODY = Q()
# What has no calendar lies before it.
_FIRST_MOMENT = UNIX_SECONDS[0] * 1_000_000

# Learner, when it was done, row id, task, answer chosen.
_Rows = QuerySet[Any, tuple[int, int, int, int, int | None]]


@dataclass(frozen=True)
class Specimen:
    """The wrong answer by which a class shows a slip most often: its task and position there."""

    task: int
    position: int
    n_times: int


@dataclass(frozen=True)
class ClassSlip:
    """A slip that a class shows, with the learners who show it on two items or more."""

    slip: Slip
    learners: Sequence[Person]
    found: SlipFound
    specimen: Specimen


@dataclass(frozen=True)
class SlipsShown:
    """The slips of some learners: those of the class, and each learner's own by count."""

    of_class: Sequence[ClassSlip]
    by_learner: Mapping[int, Mapping[int, int]]
    slips: Mapping[int, Slip]


def slips_of(
    learners: Sequence[Person], framework: Framework, *, by: Actor, at: datetime
) -> SlipsShown:
    """Return the slips in recent wrong answers of learners whom `by` may see. Fixed queries."""
    require_sight(by, learners)
    known = _known(framework.family_id)
    rows = _wrong_answers(learners, known, at)
    wrong = [
        WrongAnswer(learner, task, known.shown.get((task, chosen)), known.offered[task])
        for learner, task, chosen in rows
    ]
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for answer in wrong:
        if answer.shown is not None:
            counts[int(answer.learner)][int(answer.shown)] += 1
    people = {learner.pk: learner for learner in learners}
    times = Counter((task, chosen) for _, task, chosen in rows)
    shown = [
        ClassSlip(
            known.slips[int(found.slip)],
            [people[int(who)] for who in found.learners],
            found,
            known.specimen(int(found.slip), times),
        )
        for found in find_slips(wrong)
    ]
    return SlipsShown(shown, dict(counts), known.slips)


def _wrong_answers(
    learners: Sequence[Person], known: "_Known", at: datetime
) -> list[tuple[int, int, int]]:
    """Return (learner, task, answer chosen) of recent responses that were not right.

    Of tasks whose wrong answers show slips.
    """
    since = to_microseconds(at - RECENT)
    wanted = {learner.pk for learner in learners}
    few = len(wanted) <= _FEW
    rows = _recent_of(since, sorted(wanted)) if few else _recent(since)
    return [
        (who, task, chosen or 0)
        for who, _, _, task, chosen in sorted(rows)
        if task in known.offered and who in wanted
    ]


@prepared
def _recent_of(since: int, learners: Sequence[int]) -> _Rows:
    return _recent(since, Q(learner__in=learners))


def _recent(since: int, whose: Q = _EVERYBODY) -> _Rows:
    """Return what was done since a moment, and what has no calendar.

    In two parts, so that the years before are not read.
    """
    wrong = Response.objects.standing().filter(whose, outcome__lt=1, chosen__isnull=False)
    rows = wrong.values_list("learner", "done_at", "pk", "task", "chosen")
    undated = rows.filter(done_at__lt=_FIRST_MOMENT).exclude(clock=Clock.CALENDAR)
    return rows.filter(done_at__gte=since).union(undated, all=True)


@dataclass(frozen=True)
class _Known:
    """The wrong answers that a family's tasks know.

    `shown` says by task and position which slip (its row id) an answer shows; `offered` which slips
    the wrong answers of a task show, each with the share of those answers that do.
    """

    slips: Mapping[int, Slip]
    shown: Mapping[tuple[int, int], int]
    offered: Mapping[int, Mapping[Key, float]]

    def specimen(self, slip: int, times: Mapping[tuple[int, int], int]) -> Specimen:
        showing = (answer for answer in times if self.shown.get(answer) == slip)
        task, position = most = max(showing, key=times.__getitem__)
        return Specimen(task, position, times[most])


@kept_until(FRAMEWORKS, most=16)
def _known(family: int | None) -> _Known:
    """Return the wrong answers of a family's tasks, with their slips. Two queries."""
    wrong = Answer.objects.filter(task__framework__family=family, is_right=False)
    rows = list(wrong.order_by("position").values_list("task", "position", "slip"))
    n_wrong = Counter(task for task, _, _ in rows)
    counts: dict[int, Counter[int]] = {}
    for task, _, slip in rows:
        if slip is not None:
            counts.setdefault(task, Counter())[slip] += 1
    named = {slip for _, _, slip in rows if slip is not None}
    return _Known(
        slips=Slip.objects.select_related("competency").in_bulk(named),
        shown={(task, position): slip for task, position, slip in rows if slip is not None},
        offered={
            task: {slip: count / n_wrong[task] for slip, count in found.items()}
            for task, found in counts.items()
        },
    )
