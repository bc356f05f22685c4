"""Which named slips learners show in their recent wrong answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from manypaths.base.clock import to_microseconds
from manypaths.evidence.models import Answer, Clock, Response, Slip
from manypaths.frameworks.models import Framework
from manypaths.mastery.slips import SlipFound, WrongAnswer, find_slips
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person

# Older wrong answers speak of somebody who has learned since.
RECENT = timedelta(days=90)
# Up to so many learners are named to the database one by one.
_FEW = 2_000


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
    rows = _wrong_answers(learners, framework, at)
    known = _answers({task for _, task, _ in rows})
    wrong = [_wrong_answer(learner, task, chosen, known[task]) for learner, task, chosen in rows]
    named = {a.slip for answers in known.values() for a in answers if a.slip is not None}
    slips = Slip.objects.select_related("competency").in_bulk(named)
    counts: dict[int, Counter[int]] = {}
    for answer in wrong:
        if answer.shown is not None:
            counts.setdefault(int(answer.learner), Counter())[int(answer.shown)] += 1
    people = {learner.pk: learner for learner in learners}
    shown = [
        ClassSlip(
            slips[int(found.slip)],
            [people[int(who)] for who in found.learners],
            found,
            _specimen(int(found.slip), rows, known),
        )
        for found in find_slips(wrong)
    ]
    return SlipsShown(shown, counts, slips)


def _wrong_answers(
    learners: Sequence[Person], framework: Framework, at: datetime
) -> list[tuple[int, int, int]]:
    """Return (learner, task, answer chosen) of recent responses that were not right."""
    since = to_microseconds(at - RECENT)
    rows = Response.objects.standing().filter(
        Q(done_at__gte=since) | ~Q(clock=Clock.CALENDAR),
        outcome__lt=1,
        chosen__isnull=False,
        task__framework__family=framework.family,
    )
    wanted = {learner.pk for learner in learners}
    if len(wanted) <= _FEW:
        rows = rows.filter(learner__in=wanted)
    found = rows.order_by("learner", "done_at", "pk").values_list("learner", "task", "chosen")
    return [(who, task, chosen or 0) for who, task, chosen in found if who in wanted]


class _WrongChoice(NamedTuple):
    """A wrong answer that a task knows, by its position, with the id of the slip that it shows."""

    position: int
    slip: int | None


def _answers(tasks: set[int]) -> dict[int, list[_WrongChoice]]:
    known: dict[int, list[_WrongChoice]] = {task: [] for task in tasks}
    wrong = Answer.objects.filter(task__in=tasks, is_right=False).order_by("position")
    for task, position, slip in wrong.values_list("task", "position", "slip"):
        known[task].append(_WrongChoice(position, slip))
    return known


def _specimen(
    slip: int, rows: Sequence[tuple[int, int, int]], known: Mapping[int, list[_WrongChoice]]
) -> Specimen:
    shows = {(task, a.position) for task, found in known.items() for a in found if a.slip == slip}
    counts = Counter((task, chosen) for _, task, chosen in rows if (task, chosen) in shows)
    (task, position), n_times = counts.most_common(1)[0]
    return Specimen(task, position, n_times)


def _wrong_answer(
    learner: int, task: int, chosen: int, known: Sequence[_WrongChoice]
) -> WrongAnswer:
    offered = Counter(answer.slip for answer in known if answer.slip is not None)
    shown = next((answer.slip for answer in known if answer.position == chosen), None)
    return WrongAnswer(
        learner=learner,
        item=task,
        shown=shown,
        offered={slip: count / len(known) for slip, count in offered.items()},
    )
