"""What moved lately for a learner, and the work behind it: their log, replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import isnan

import numpy as np
from django.db.models import QuerySet

from manypaths.base.clock import date_of, from_microseconds, to_microseconds
from manypaths.base.prepared import prepared
from manypaths.base.scope import current_scope
from manypaths.estimates.engine import family_of, mover_for, read_by
from manypaths.estimates.evidence_log import Piece, pieces_of
from manypaths.estimates.models import Achievement
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.status import (
    CERTAINTIES,
    STATUSES,
    Certainty,
    Grounds,
    Status,
    certainty,
    status,
)
from manypaths.estimates.table import Estimates
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery import start, update
from manypaths.mastery.beliefs import Beliefs, CompetencyBelief, Estimate, estimate
from manypaths.mastery.model import Model
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person
from manypaths.people.queries import people_signed_in

DAYS_LOOKED_BACK = 14
# From this change of expected success on, a day's work is said to have moved an estimate.
CLEAR = 0.05

# From the least to the most that a status says of a learner.
_ORDER = (
    Status.NOT_STARTED,
    Status.NEEDS_EVIDENCE,
    Status.GROWING,
    Status.READY,
    Status.REFRESH,
    Status.DEMONSTRATED,
)


class Direction(StrEnum):
    """Which way an estimate went."""

    UP = "up"
    SAME = "same"
    SOFT = "less sure"


@dataclass(frozen=True)
class Move:
    """What one day did to a competency: the work behind it, or the signing off.

    `before` and `certainty_before` are of the moment before that day's work, `status` is the
    present one, as every page says it. `signer` is who signed the achievement off, where known.
    """

    competency: Competency
    day: date
    direction: Direction
    before: Status
    certainty_before: Certainty
    status: Status
    pieces: Sequence[Piece]
    achievement: Achievement | None = None
    signer: Person | None = None

    @property
    def is_new_status(self) -> bool:
        """Say whether the status is another one than before."""
        return self.before != self.status


def moves_of(
    learner: Person,
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    days: int = DAYS_LOOKED_BACK,
    estimates: Estimates | None = None,
) -> list[Move]:
    """Return what moved in so many days, newest first: of each competency the newest clear move.

    A competency with work that moved nothing clearly is among them, as the same. `estimates` are
    the learner's present ones on the framework, where the caller has them. A fixed number of
    queries; work without a calendar counts on no day.
    """
    require_sight(by, [learner])
    now = estimates or estimates_of([learner], framework, by=by, at=at)
    since = _morning(at - timedelta(days=days))
    family = family_of(framework)
    places = {c.lineage_id: place for place, c in enumerate(now.pairs.competencies)}
    achievements = _achievements(learner, places)
    days_of_work = _replayed(
        pieces_of(learner, family),
        read_by(mover_for(family), framework),
        since,
        {key for key in places if key},
    )
    rules = StatusRules.of(framework.rules)
    found = _Found(framework, rules, now, places, achievements)
    moves = [*found.by_work(days_of_work), *found.by_signing(since)]
    return _newest_each(moves)


@dataclass
class _Day:
    """One day's work on one competency: where it began, where it ended."""

    lineage: int
    first_at: int
    before: tuple[Estimate, CompetencyBelief | None]
    after: tuple[Estimate, CompetencyBelief | None]
    pieces: list[Piece] = field(default_factory=list)


def _replayed(
    pieces: Sequence[Piece], model: Model, since: datetime, wanted: set[int]
) -> list[_Day]:
    """Return the days of work since a moment, by replaying all of the learner's log."""
    first = to_microseconds(since)
    beliefs = start(model)
    days: dict[tuple[int, int], _Day] = {}
    for piece in pieces:
        event = piece.event
        before, beliefs = beliefs, update(model, beliefs, event)
        if piece.row.done_at < first or isnan(event.time):
            continue
        for key, _ in event.shown:
            if key in wanted:
                lineage = int(key)
                known = days.setdefault(
                    (lineage, event.day),
                    _Day(
                        lineage,
                        piece.row.done_at,
                        *2 * (_seen(model, before, lineage, event.time),),
                    ),
                )
                known.after = _seen(model, beliefs, lineage, event.time)
                known.pieces.append(piece)
    return list(days.values())


def _seen(
    model: Model, beliefs: Beliefs, lineage: int, at: float
) -> tuple[Estimate, CompetencyBelief | None]:
    return estimate(model, beliefs, lineage, at=at), beliefs.competencies.get(lineage)


@dataclass(frozen=True)
class _Found:
    """What is needed to say of a day what it moved."""

    framework: Framework
    rules: StatusRules
    now: Estimates
    places: dict[int | None, int]
    achievements: Sequence[Achievement]

    def by_work(self, days: Sequence[_Day]) -> list[Move]:
        if not days:
            return []
        grounds = self._grounds(days)
        before = status(grounds, self.rules)
        sure = certainty(grounds.half_width, self.rules)
        return [
            self._move(day, STATUSES[int(before[n])], CERTAINTIES[int(sure[n])])
            for n, day in enumerate(days)
        ]

    def by_signing(self, since: datetime) -> list[Move]:
        first = to_microseconds(since)
        signed = [row for row in self.achievements if row.signed_at >= first]
        signers = people_signed_in([row.signed_by for row in signed if row.signed_by])
        return [
            Move(
                competency=self._competency(row.competency_id),
                day=_day(row.signed_at),
                direction=Direction.UP,
                before=Status.READY,
                certainty_before=Certainty.FAIRLY_SURE,
                status=self.now.status(self.places[row.competency_id]),
                pieces=(),
                achievement=row,
                signer=signers.get(row.signed_by or 0),
            )
            for row in signed
            if self._is_target(row)
        ]

    def _move(self, day: _Day, before: Status, sure: Certainty) -> Move:
        after = self.now.status(self.places[day.lineage])
        rise = _ORDER.index(after) - _ORDER.index(before)
        shift = day.after[0].success - day.before[0].success
        if rise:
            direction = Direction.UP if rise > 0 else Direction.SOFT
        elif abs(shift) < CLEAR:
            direction = Direction.SAME
        else:
            direction = Direction.UP if shift > 0 else Direction.SOFT
        return Move(
            competency=self._competency(day.lineage),
            day=_day(day.pieces[-1].row.done_at),
            direction=direction,
            before=before,
            certainty_before=sure,
            status=after,
            pieces=tuple(day.pieces),
        )

    def _grounds(self, days: Sequence[_Day]) -> Grounds:
        """Return what the statuses before each day's work are decided on."""
        estimates = [day.before[0] for day in days]
        beliefs = [day.before[1] or CompetencyBelief(0.0, 0.0) for day in days]
        signed = [self._signed_before(day) for day in days]
        recall = [
            min(1.0, found.success / row.expected_success) if row else 1.0
            for found, row in zip(estimates, signed, strict=True)
        ]
        return Grounds(
            p_mastered=np.array([found.p_mastered for found in estimates]),
            half_width=np.array([found.half_width for found in estimates]),
            n_pieces=np.array([belief.n_pieces for belief in beliefs]),
            n_responses=np.rint([belief.n_right + belief.n_wrong for belief in beliefs]).astype(
                int
            ),
            n_days=np.array([belief.n_days for belief in beliefs]),
            n_ratings_by_others=np.array([belief.n_ratings_by_others for belief in beliefs]),
            is_demonstrated=np.array([row is not None for row in signed]),
            recall=np.array(recall),
        )

    def _signed_before(self, day: _Day) -> Achievement | None:
        """Return the last signing off at the target before a day's work began."""
        found = [
            row
            for row in self.achievements
            if row.competency_id == day.lineage
            and row.signed_at < day.first_at
            and self._is_target(row)
        ]
        return found[-1] if found else None

    def _is_target(self, row: Achievement) -> bool:
        return (row.level or 0) >= (self.framework.target_level or 0)

    def _competency(self, lineage: int) -> Competency:
        return self.now.pairs.competencies[self.places[lineage]]


def _achievements(learner: Person, places: dict[int | None, int]) -> list[Achievement]:
    return [row for row in _signed(learner.pk) if row.competency_id in places]


@prepared
def _signed(learner: int) -> QuerySet[Achievement]:
    return Achievement.objects.filter(learner=learner).order_by("signed_at", "pk")


def _newest_each(moves: Sequence[Move]) -> list[Move]:
    """Return of each competency the newest move that is clear, else the newest of all."""
    chosen: dict[int, Move] = {}
    for move in sorted(moves, key=_worth_telling, reverse=True):
        chosen.setdefault(move.competency.pk, move)
    return sorted(chosen.values(), key=lambda move: move.day, reverse=True)


def _worth_telling(move: Move) -> tuple[bool, date, bool]:
    return move.direction is not Direction.SAME, move.day, move.achievement is not None


def _morning(at: datetime) -> datetime:
    local = at.astimezone(current_scope().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _day(microseconds: int) -> date:
    return date_of(from_microseconds(microseconds))
