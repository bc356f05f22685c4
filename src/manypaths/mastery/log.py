"""Logs of events in columns, checked once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Key = int | str
# The competencies that an item shows, in the order of their names.
Together = tuple[Key, ...]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# In this order wherever roles are numbered.
ROLES = ("self", "peer", "family", "coach", "teacher", "assessor")


def together(competencies: Iterable[Key]) -> Together:
    """Return a set of competencies in one order, whatever order they were given in."""
    return tuple(sorted(competencies, key=lambda key: (str(key), isinstance(key, str))))


@dataclass(frozen=True)
class Alignment:
    """Which competencies each instrument shows, and with what share.

    Instrument i shows `competency[starts[i]:starts[i + 1]]` with the weights beside them, which
    sum to 1. `has_difficulty` is False for an instrument without terms of its own, such as a
    rating of a competency at large.
    """

    competencies: tuple[Key, ...]
    instruments: tuple[Key, ...]
    starts: Ints
    competency: Ints
    weight: Floats
    has_difficulty: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        shown: Iterable[tuple[Key, Sequence[tuple[Key, float]]]],
        *,
        without_difficulty: Iterable[Key] = (),
    ) -> "Alignment":
        """Return the alignment of (instrument, [(competency, share), ...]) pairs.

        Shares are scaled to sum to 1. Raises ValueError for an instrument that shows nothing, is
        named twice, shows a competency twice, or has a share that is not a number above 0.
        """
        listed = list(shown)
        instruments = tuple(key for key, _ in listed)
        if len(set(instruments)) != len(instruments):
            raise ValueError("an instrument is named twice")
        competencies = tuple(dict.fromkeys(key for _, pairs in listed for key, _ in pairs))
        index = {key: number for number, key in enumerate(competencies)}
        for instrument, pairs in listed:
            if not pairs or not all(0 < share < inf for _, share in pairs):
                raise ValueError(f"instrument {instrument!r} needs shares above 0; got {pairs!r}")
            if len({key for key, _ in pairs}) != len(pairs):
                raise ValueError(f"instrument {instrument!r} shows a competency twice: {pairs!r}")
        plain = set(without_difficulty)
        return cls(
            competencies=competencies,
            instruments=instruments,
            starts=np.cumsum([0, *(len(pairs) for _, pairs in listed)], dtype=np.int64),
            competency=np.array([index[k] for _, pairs in listed for k, _ in pairs], np.int64),
            weight=np.array(
                [x / sum(s for _, s in pairs) for _, pairs in listed for _, x in pairs], float
            ),
            has_difficulty=np.array([key not in plain for key in instruments], bool),
        )

    @cached_property
    def togethers(self) -> tuple[Ints, tuple[Together, ...]]:
        """Return which set of competencies each instrument shows, by place, and the sets."""
        shown, bounds = self.competency.tolist(), self.starts.tolist()
        places: dict[Together, int] = {}
        by_order: dict[tuple[int, ...], int] = {}
        of_instrument = []
        for begin, end in pairwise(bounds):
            order = tuple(shown[begin:end])
            if order not in by_order:
                keys = together(self.competencies[k] for k in order)
                by_order[order] = places.setdefault(keys, len(places))
            of_instrument.append(by_order[order])
        return np.array(of_instrument, np.int64), tuple(places)

    @property
    def n_competencies(self) -> int:
        """Return how many competencies there are."""
        return len(self.competencies)


_COLUMNS = ("instrument", "time", "day", "outcome", "role", "rater", "moves")


@dataclass(frozen=True)
class ResponseLog:
    """Events in columns: responses to items, and ratings by people, grouped by learner.

    All columns have the shape (n_events,). `time` is in days, NaN where there is no clock; `day`
    numbers the calendar days of the learner's place (0: not known). `outcome` is in [0, 1] for a
    response and a level from 0 for a rating. `role` is -1 for a response, else a place in ROLES;
    `rater` is a place in `raters`, -1 for a response. Where `moves` is False an event is fitted
    but moves no belief. `offsets`, of shape (n_learners + 1,), say where each learner's events
    begin.
    """

    alignment: Alignment
    offsets: Ints
    instrument: Ints
    time: Floats
    day: Ints
    outcome: Floats
    role: Ints
    rater: Ints
    moves: NDArray[np.bool_]
    raters: tuple[Key, ...] = ()

    @classmethod
    def of(
        cls,
        alignment: Alignment,
        *,
        learner: ArrayLike,
        instrument: ArrayLike,
        outcome: ArrayLike,
        time: ArrayLike | None = None,
        day: ArrayLike | None = None,
        role: ArrayLike | None = None,
        rater: ArrayLike | None = None,
        moves: ArrayLike | None = None,
        raters: Sequence[Key] = (),
        n_levels: int = 2,
    ) -> "ResponseLog":
        """Return the log of these columns. Raises ValueError with the first row that can't stand.

        `learner` are numbers from 0; the events of one learner stand together, in the order of
        the work. `n_levels` bounds the levels of ratings.
        """
        learners = _whole("learner", learner)
        n = learners.size
        log = cls(
            alignment=alignment,
            offsets=_offsets(learners),
            instrument=_whole("instrument", instrument),
            time=np.full(n, np.nan) if time is None else _own(time, float),
            day=np.zeros(n, np.int64) if day is None else _whole("day", day),
            outcome=_own(outcome, float),
            role=np.full(n, -1, np.int64) if role is None else _whole("role", role),
            rater=np.full(n, -1, np.int64) if rater is None else _whole("rater", rater),
            moves=np.ones(n, bool) if moves is None else _own(moves, bool),
            raters=tuple(raters),
        )
        log._require_fitting_columns(learners, n_levels)
        return log

    @property
    def n_events(self) -> int:
        """Return how many events there are."""
        return self.outcome.size

    @property
    def n_learners(self) -> int:
        """Return how many learners there are."""
        return self.offsets.size - 1

    @property
    def is_rating(self) -> NDArray[np.bool_]:
        """Return which events are ratings, shape (n_events,)."""
        return self.role >= 0

    @property
    def has_clock(self) -> bool:
        """Say whether any event has a time."""
        return bool(np.isfinite(self.time).any())

    def responses(self) -> "ResponseLog":
        """Return the log without its ratings; every learner stays."""
        kept = ~self.is_rating
        columns: dict[str, Any] = {name: getattr(self, name)[kept] for name in _COLUMNS}
        offsets = np.concatenate(([0], np.cumsum(kept)))[self.offsets]
        return ResponseLog(alignment=self.alignment, offsets=offsets, raters=self.raters, **columns)

    def of_learners(self, chosen: ArrayLike) -> "ResponseLog":
        """Return the events of some learners, renumbered from 0 in the given order.

        Raises ValueError for a number that is no learner's.
        """
        rows = _whole("chosen", chosen)
        _refuse(
            "chosen",
            (rows < 0) | (rows >= self.n_learners),
            rows,
            f"from 0 to {self.n_learners - 1}",
        )
        sizes = np.diff(self.offsets)[rows]
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        take = np.repeat(self.offsets[rows] - offsets[:-1], sizes) + np.arange(offsets[-1])
        columns: dict[str, Any] = {name: getattr(self, name)[take] for name in _COLUMNS}
        return ResponseLog(alignment=self.alignment, offsets=offsets, raters=self.raters, **columns)

    def _require_fitting_columns(self, learners: Ints, n_levels: int) -> None:
        n = learners.size
        for name in _COLUMNS:
            if getattr(self, name).shape != (n,):
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, learner ({n},)")
        rating = self.is_rating
        top = np.where(rating, n_levels - 1, 1)
        _refuse(
            "outcome",
            ~((self.outcome >= 0) & (self.outcome <= top)),
            self.outcome,
            f"in [0, 1], or for a rating a level from 0 to {n_levels - 1}",
        )
        _refuse(
            "outcome",
            rating & (self.outcome != np.floor(self.outcome)),
            self.outcome,
            "a whole number for a rating",
        )
        n_instruments = len(self.alignment.instruments)
        _refuse(
            "instrument",
            (self.instrument < 0) | (self.instrument >= n_instruments),
            self.instrument,
            f"from 0 to {n_instruments - 1}",
        )
        _refuse(
            "role",
            (self.role < -1) | (self.role >= len(ROLES)),
            self.role,
            f"one of {ROLES} by place, or -1",
        )
        _refuse(
            "rater",
            np.where(rating, (self.rater < 0) | (self.rater >= len(self.raters)), self.rater != -1),
            self.rater,
            f"for a rating a place among {len(self.raters)} raters, for a response -1",
        )
        _refuse("time", np.isinf(self.time), self.time, "days, or NaN without a clock")
        _refuse(
            "time",
            _falls(learners, self.time),
            self.time,
            "never before an earlier event of the same learner",
        )


def _whole(name: str, values: ArrayLike) -> Ints:
    array = np.asarray(values)
    is_whole = np.issubdtype(array.dtype, np.integer) or array.size == 0
    if array.ndim != 1 or not is_whole:
        raise ValueError(
            f"{name} must be whole numbers in one dimension; "
            f"got {array.dtype} of shape {array.shape}"
        )
    return array.astype(np.int64)


def _own(values: ArrayLike, dtype: type) -> NDArray[Any]:
    # The caller's array may be a view that skips numbers, for which the kernels would be compiled
    # anew, and may change after it was checked.
    return np.array(values, dtype)


def _offsets(learners: Ints) -> Ints:
    if learners.size == 0:
        return np.zeros(1, np.int64)
    steps = np.diff(learners)
    if learners[0] != 0 or not np.isin(steps, (0, 1)).all():
        row = 0 if learners[0] else int(np.argmax(~np.isin(steps, (0, 1)))) + 1
        raise ValueError(
            f"row {row}: learner is {learners[row]}; learners are numbered from 0 without gaps "
            "and the events of each stand together"
        )
    return np.concatenate(([0], np.nonzero(steps)[0] + 1, [learners.size]))


def _falls(learners: Ints, time: Floats) -> NDArray[np.bool_]:
    falls = np.zeros(time.size, bool)
    if time.size > 1:
        earlier = time[1:] < time[:-1]
        lost_clock = np.isnan(time[1:]) & ~np.isnan(time[:-1])
        falls[1:] = (learners[1:] == learners[:-1]) & (earlier | lost_clock)
    return falls


def _refuse(name: str, wrong: NDArray[np.bool_], values: NDArray[Any], allowed: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"row {row}: {name} is {values[row]}; allowed: {allowed}")
