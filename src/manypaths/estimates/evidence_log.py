"""Evidence as the engine takes it: one learner's events, or the columns of many learners.

The order is that of the work: by when it was done, undated evidence first, ties broken by what
the piece is and never by when it arrived. So every order of arrival ends in the same beliefs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from math import nan
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from manypaths.base.bulk import read_columns
from manypaths.base.clock import from_microseconds
from manypaths.base.kept import FRAMEWORKS, kept_until
from manypaths.base.prepared import prepared
from manypaths.base.scope import current_scope
from manypaths.estimates.engine import self_ratings_move
from manypaths.evidence.models import Alignment, Clock, RaterRole, Rating, Response, Task
from manypaths.frameworks.models import Competency, Framework
from manypaths.mastery import Alignment as EngineAlignment
from manypaths.mastery import Event, ResponseLog
from manypaths.mastery.log import ROLES, Key
from manypaths.people.models import Person

Shares = tuple[tuple[int, float], ...]
Numbers = NDArray[np.int64]

MICROSECONDS_A_DAY = 86_400_000_000
# No calendar reaches back to before 2000 here: earlier numbers come from a clock without an origin.
FIRST_DATED = 10_957 * MICROSECONDS_A_DAY
_QUARTER_HOUR = 900_000_000  # zones change their offset at quarter-hours at the finest
_ROLE_PLACES = {role: place for place, role in enumerate(ROLES)}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence with the event that the engine makes of it."""

    row: Response | Rating
    event: Event


@dataclass(frozen=True)
class FamilyLog:
    """The events of many learners: the engine's log, and whose and when the rows are.

    `learners`, shape (n_learners,), are row ids in the log's order; `last_done_at` is when each
    did their last piece of work, `n_events` how many they have.
    """

    log: ResponseLog
    learners: Numbers
    last_done_at: Numbers
    n_events: Numbers


def shares_by_task(family: Framework) -> Mapping[int, Shares]:
    """Return what each task of a family shows, as (lineage, share) pairs. One query."""
    return _shares_by_task(family.pk)


@kept_until(FRAMEWORKS, most=16)
def _shares_by_task(family: int) -> Mapping[int, Shares]:
    shares: dict[int, list[tuple[int, float]]] = {}
    rows = Alignment.objects.filter(competency__framework__family=family).order_by("task", "pk")
    for task, lineage, weight in rows.values_list("task", "competency__lineage", "weight"):
        if lineage is not None:
            shares.setdefault(task, []).append((lineage, weight))
    return {task: _scaled(pairs) for task, pairs in shares.items()}


@kept_until(FRAMEWORKS, most=4096)
def families_shown(task: int) -> Sequence[Framework]:
    """Return the families whose competencies a task shows."""
    return list(Framework.objects.filter(pk__in=families_of([task])))


def families_of(tasks: Iterable[Task | int]) -> set[int]:
    """Return the families whose competencies these tasks, which are in scope, show. Two queries."""
    # One table at a time: of tables that were filled a moment ago, by an import that is still under
    # way, PostgreSQL may expect nothing, and go through them once for each row of the other.
    rows = Alignment.every_district.filter(task__in=list(tasks)).order_by()
    shown = set(rows.values_list("competency", flat=True).distinct())
    found = Competency.objects.filter(pk__in=shown).order_by()
    families = found.values_list("framework__family", flat=True).distinct()
    return {family for family in families if family is not None}


def pieces_of(
    learner: Person, family: Framework, *, shares: Mapping[int, Shares] | None = None
) -> list[Piece]:
    """Return a learner's standing evidence on a family, in the order of the work."""
    shares = shares_by_task(family) if shares is None else shares
    pieces = [
        Piece(row, response_event(row, shares[row.task_id]))
        for row in _responses_of(learner.pk)
        if row.task_id in shares
    ]
    own_move = self_ratings_move(family)
    pieces += [
        Piece(row, rating_event(row, own_move=own_move))
        for row in _ratings_of(learner.pk, family.pk)
    ]
    return _on_one_clock(sorted(pieces, key=_place_in_work))


@prepared
def _responses_of(learner: int) -> QuerySet[Response]:
    return Response.objects.standing().filter(learner=learner)


@prepared
def _ratings_of(learner: int, family: int) -> QuerySet[Rating]:
    ratings = Rating.objects.standing().filter(
        learner=learner, competency__framework__family=family
    )
    return ratings.select_related("competency", "criterion", "rater")


def response_event(row: Response, shares: Shares) -> Event:
    """Return the event of a response."""
    time, day = when(row.done_at, row.clock)
    return Event(instrument=row.task_id, shown=shares, outcome=row.outcome, time=time, day=day)


def rating_event(row: Rating, *, own_move: bool) -> Event:
    """Return the event of a rating: of a criterion, or of its competency at large.

    `own_move` says whether ratings of oneself move the estimate.
    """
    time, day = when(row.done_at, row.clock)
    lineage = row.competency.lineage_id
    assert lineage is not None  # set when the competency was saved
    return Event(
        instrument=_rating_instrument(row.criterion_id, lineage),
        shown=((lineage, 1.0),),
        outcome=row.level,
        time=time,
        day=day,
        role=_ROLE_PLACES[row.role],
        rater=row.rater_id,
        moves=row.role != "self" or own_move,
        has_difficulty=row.criterion_id is not None,
    )


def when(done_at: int, clock: int) -> tuple[float, int]:
    """Return days since the clock's origin (NaN without one) and the number of the local day."""
    if clock == Clock.NONE:
        return nan, 0
    time = done_at / MICROSECONDS_A_DAY
    if clock == Clock.RELATIVE:
        return time, done_at // MICROSECONDS_A_DAY + 1
    # The number that `local_days` gives; one by one it would cost a page more than its queries.
    return time, from_microseconds(done_at).astimezone(current_scope().zone).toordinal()


def days_since_1970(microseconds: int) -> float:
    """Return a moment as the engine's time."""
    return microseconds / MICROSECONDS_A_DAY


def local_days(done_at: Numbers, clock: Numbers, zone: tzinfo | None = None) -> Numbers:
    """Return the numbers of the days on the district's wall; 0 without a clock.

    With a relative clock, days are counted from 1 at its origin.
    """
    zone = zone or current_scope().zone
    quarters, place = np.unique(done_at // _QUARTER_HOUR, return_inverse=True)
    calendar = np.array(
        [
            from_microseconds(int(quarter) * _QUARTER_HOUR).astimezone(zone).toordinal()
            for quarter in quarters
        ],
        np.int64,
    ).reshape(-1)[place]
    relative = done_at // MICROSECONDS_A_DAY + 1
    return np.select([clock == Clock.CALENDAR, clock == Clock.RELATIVE], [calendar, relative], 0)


def self_rated(family: Framework) -> list[int]:
    """Return the row ids of learners with a standing rating of themselves on a family."""
    own = Rating.objects.standing().filter(
        competency__framework__family=family, role=RaterRole.SELF
    )
    return list(own.order_by("learner").values_list("learner", flat=True).distinct())


def log_of(
    family: Framework, learners: Sequence[int] | None = None, *, own_move: bool | None = None
) -> FamilyLog:
    """Return the standing evidence of many learners (None: all) on a family, as columns.

    `own_move` says whether learners' ratings of themselves move; None: as the family has it.
    """
    shares = shares_by_task(family)
    ratings = _ratings(family, learners)
    alignment = _engine_alignment(shares, ratings)
    raters = tuple(sorted({rating.rater_id for rating in ratings}))
    moves = self_ratings_move(family) if own_move is None else own_move
    rows = np.concatenate(
        (
            _response_rows(shares, alignment, learners),
            _rating_rows(ratings, alignment, raters, own_move=moves),
        ),
        axis=1,
    )
    rows = rows[:, _order_of_work(rows)]
    return _family_log(rows, alignment, raters)


def _on_one_clock(pieces: list[Piece]) -> list[Piece]:
    """Take the time from work on a relative clock where other work is dated: none joins the two."""
    if not any(piece.row.clock == Clock.CALENDAR for piece in pieces):
        return pieces
    return [
        Piece(piece.row, replace(piece.event, time=nan, day=0))
        if piece.row.clock == Clock.RELATIVE
        else piece
        for piece in pieces
    ]


def _scaled(pairs: Sequence[tuple[int, float]]) -> Shares:
    total = sum(weight for _, weight in pairs)
    return tuple((lineage, weight / total) for lineage, weight in pairs)


def _rating_instrument(criterion: int | None, lineage: int) -> Key:
    return f"rated {lineage}" if criterion is None else f"criterion {criterion}"


def _place_in_work(piece: Piece) -> tuple[Any, ...]:
    row = piece.row
    if isinstance(row, Response):
        return (
            row.clock != Clock.NONE,
            row.done_at,
            0,
            row.task_id,
            row.attempt,
            row.outcome,
            -1 if row.chosen is None else row.chosen,
            row.pk,
        )
    return (
        row.clock != Clock.NONE,
        row.done_at,
        1,
        row.competency.lineage_id,
        _ROLE_PLACES[row.role],
        row.level,
        row.rater_id,
        row.criterion_id or 0,
        row.pk,
    )


# The rows of the columns that become a log; the last six break ties as `_place_in_work` does.
_LEARNER, _DONE_AT, _CLOCK, _INSTRUMENT, _OUTCOME, _ROLE, _RATER, _MOVES = range(8)
_KIND, _FIRST_TIE = 8, 9
_N_ROWS = 15


def _response_rows(
    shares: Mapping[int, Shares], alignment: EngineAlignment, learners: Sequence[int] | None
) -> NDArray[np.float64]:
    found = Response.objects.standing()
    if learners is not None:
        found = found.filter(learner__in=learners)
    names = ("learner_id", "done_at", "clock", "task_id", "outcome", "attempt", "chosen", "id")
    learner, done_at, clock, task, outcome, attempt, chosen, pk = read_columns(found, names)
    place = _places(task.astype(np.int64), alignment)
    kept = place >= 0
    rows = np.zeros((_N_ROWS, int(kept.sum())))
    rows[:5] = np.stack((learner, done_at, clock, place, outcome))[:, kept]
    rows[_ROLE] = rows[_RATER] = -1
    rows[_MOVES] = 1
    ties = np.stack((task, attempt, outcome, np.nan_to_num(chosen, nan=-1), pk))
    rows[_FIRST_TIE : _FIRST_TIE + 5] = ties[:, kept]
    return rows


def _rating_rows(
    ratings: Sequence[Rating],
    alignment: EngineAlignment,
    raters: Sequence[int],
    *,
    own_move: bool,
) -> NDArray[np.float64]:
    place_of = {key: place for place, key in enumerate(alignment.instruments)}
    rater_place = {rater: place for place, rater in enumerate(raters)}
    rows = np.zeros((_N_ROWS, len(ratings)))
    for column, rating in enumerate(ratings):
        event = rating_event(rating, own_move=own_move)
        rows[:, column] = (
            rating.learner_id,
            rating.done_at,
            rating.clock,
            place_of[event.instrument],
            rating.level,
            event.role,
            rater_place[rating.rater_id],
            event.moves,
            1,
            *_place_in_work(Piece(rating, event))[3:],
        )
    return rows


def _ratings(family: Framework, learners: Sequence[int] | None) -> list[Rating]:
    found = Rating.objects.standing().filter(competency__framework__family=family)
    if learners is not None:
        found = found.filter(learner__in=learners)
    return list(found.select_related("competency").order_by("pk"))


def _engine_alignment(shares: Mapping[int, Shares], ratings: Sequence[Rating]) -> EngineAlignment:
    rated: dict[Key, Shares] = {}
    for rating in ratings:
        lineage = rating.competency.lineage_id
        assert lineage is not None  # set when the competency was saved
        rated[_rating_instrument(rating.criterion_id, lineage)] = ((lineage, 1.0),)
    return EngineAlignment.of(
        [*shares.items(), *rated.items()],
        without_difficulty=[key for key in rated if str(key).startswith("rated")],
    )


def _places(tasks: Numbers, alignment: EngineAlignment) -> Numbers:
    """Return each task's place among the instruments, -1 for one of another family."""
    known = np.array([key for key in alignment.instruments if isinstance(key, int)], np.int64)
    order = np.argsort(known)
    if not known.size:
        return np.full(tasks.size, -1, np.int64)
    found = np.minimum(np.searchsorted(known[order], tasks), known.size - 1)
    return np.where(known[order][found] == tasks, order[found], -1)


def _order_of_work(rows: NDArray[np.float64]) -> Numbers:
    is_dated = rows[_CLOCK] != Clock.NONE
    keys = np.stack((rows[_DONE_AT], is_dated, rows[_LEARNER]))
    order = np.lexsort(keys)
    ordered = keys[:, order]
    if (ordered[:, 1:] == ordered[:, :-1]).all(axis=0).any():
        # lexsort takes its first key last.
        ties = rows[: _KIND - 1 : -1]
        return np.lexsort((*ties, *keys))
    return order


def _family_log(
    rows: NDArray[np.float64], alignment: EngineAlignment, raters: Sequence[int]
) -> FamilyLog:
    learners, first, n_events = np.unique(rows[_LEARNER], return_index=True, return_counts=True)
    done_at = rows[_DONE_AT].astype(np.int64)
    clock = _one_clock_each(rows[_CLOCK].astype(np.int64), first, n_events)
    log = ResponseLog.of(
        alignment,
        learner=np.repeat(np.arange(learners.size), n_events),
        instrument=rows[_INSTRUMENT].astype(np.int64),
        outcome=rows[_OUTCOME],
        time=np.where(clock == Clock.NONE, np.nan, done_at / MICROSECONDS_A_DAY),
        day=local_days(done_at, clock),
        role=rows[_ROLE].astype(np.int64),
        rater=rows[_RATER].astype(np.int64),
        moves=rows[_MOVES].astype(bool),
        raters=raters,
        n_levels=_MOST_LEVELS,
    )
    return FamilyLog(
        log=log,
        learners=learners.astype(np.int64),
        last_done_at=done_at[first + n_events - 1] if learners.size else done_at,
        n_events=n_events,
    )


def _one_clock_each(clock: Numbers, first: Numbers, n_events: Numbers) -> Numbers:
    """Return the clocks with relative ones set to none for learners who have dated work too."""
    if not clock.size:
        return clock
    is_dated = np.maximum.reduceat((clock == Clock.CALENDAR).astype(np.int64), first)
    mixed = np.repeat(is_dated, n_events) * (clock == Clock.RELATIVE)
    return np.where(mixed, Clock.NONE, clock)


# Levels were checked against the scale when the rating was recorded.
_MOST_LEVELS = 32_768
