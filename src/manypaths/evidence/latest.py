"""A learner's newest work: the answers of a day together, each rating, each artifact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from manypaths.base.clock import date_of, from_microseconds
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.evidence.models import Alignment, Artifact, Clock, Evidence, Rating, Response
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import levels_of
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person

# So many answers are enough to fill the newest days.
_MOST_ANSWERS = 150
_MOST_LINES = 6


@dataclass(frozen=True)
class Work:
    """One line of a learner's record: answers of a day on a competency, a rating, or an artifact.

    `day` is None for work without a calendar. Of answers, `n_right` counts those that were right in
    full, of `n_answers`; a rating comes with the name of its `level`.
    """

    day: date | None
    competency: Competency | None
    n_answers: int = 0
    n_right: int = 0
    rating: Rating | None = None
    level: str = ""
    artifact: Artifact | None = None


def latest_work(
    learner: Person, framework: Framework, *, by: Actor, most: int = _MOST_LINES
) -> list[Work]:
    """Return the newest standing evidence on a framework's family, newest first. Fixed queries.

    At most six lines.
    """
    require_sight(by, [learner])
    found = [
        *_answers(learner, framework),
        *_ratings(learner, framework, most),
        *_artifacts(learner, framework, most),
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [work for _, work in found[:most]]


def day_of(row: Evidence) -> date | None:
    """Return the day on the district's wall on which a piece was done; None without a calendar."""
    return _day(row.done_at, row.clock)


def _day(done_at: int, clock: int) -> date | None:
    if clock != Clock.CALENDAR:
        return None
    return date_of(from_microseconds(done_at))


_Dated = tuple[int, Work]


def _answers(learner: Person, framework: Framework) -> list[_Dated]:
    main = _mainly_shown(framework.family_id)
    sets: dict[tuple[date | None, int], list[tuple[int, float]]] = {}
    for task, outcome, done_at, clock in _newest_answers(learner.pk):
        if task in main:
            sets.setdefault((_day(done_at, clock), main[task].pk), []).append((done_at, outcome))
    competencies = {competency.pk: competency for competency in main.values()} if sets else {}
    return [
        (answers[0][0], _set_of(day, competencies[pk], [outcome for _, outcome in answers]))
        for (day, pk), answers in sets.items()
    ]


@prepared
def _newest_answers(learner: int) -> QuerySet[Any, tuple[int, float, int, int]]:
    rows = Response.objects.standing().filter(learner=learner).order_by("-done_at", "-pk")
    # As values: rows of so many answers would cost a page more than all else about them.
    return rows.values_list("task", "outcome", "done_at", "clock")[:_MOST_ANSWERS]


def _set_of(day: date | None, competency: Competency, outcomes: Sequence[float]) -> Work:
    n_right = sum(outcome == 1 for outcome in outcomes)
    return Work(day, competency, n_answers=len(outcomes), n_right=n_right)


@kept_until(FRAMEWORKS, most=16)
def _mainly_shown(family: int | None) -> Mapping[int, Competency]:
    """Return the competency of a family that each task shows most of. Two queries."""
    alignments = Alignment.objects.filter(competency__framework__family=family)
    rows = alignments.order_by("weight", "-pk").values_list("task", "competency")
    main = dict(rows.iterator())
    competencies = Competency.objects.defer("source").in_bulk(set(main.values()))
    return {task: competencies[pk] for task, pk in main.items() if pk in competencies}


def _ratings(learner: Person, framework: Framework, most: int) -> list[_Dated]:
    newest = _newest_ratings(learner.pk, framework.family_id)[:most]
    names = {level.position: str(level) for level in levels_of(framework)}
    return [
        (
            row.done_at,
            Work(
                day=day_of(row),
                competency=row.competency,
                rating=row,
                level=names.get(row.level, ""),
            ),
        )
        for row in newest
    ]


@prepared
def _newest_ratings(learner: int, family: int | None) -> QuerySet[Rating]:
    ratings = Rating.objects.standing().filter(
        learner=learner, competency__framework__family=family
    )
    newest = ratings.select_related("competency", "rater").order_by("-done_at", "-pk")
    return newest[:_MOST_LINES]


def _artifacts(learner: Person, framework: Framework, most: int) -> list[_Dated]:
    newest = [
        row
        for row in _newest_artifacts(learner.pk)
        if row.task is None or row.task.framework_id == framework.pk
    ]
    return [(row.done_at, Work(day_of(row), None, artifact=row)) for row in newest[:most]]


@prepared
def _newest_artifacts(learner: int) -> QuerySet[Artifact]:
    artifacts = Artifact.objects.standing().filter(learner=learner).select_related("task")
    return artifacts.order_by("-done_at", "-pk")[: 4 * _MOST_LINES]
