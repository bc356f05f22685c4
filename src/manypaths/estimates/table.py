"""Estimates of many learners on many competencies, in columns: the numbers behind every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from manypaths.base.bulk import in_columns, read_columns
from manypaths.base.clock import to_microseconds
from manypaths.base.prepared import prepared
from manypaths.base.scope import current_scope
from manypaths.estimates.engine import engine_for, family_of, read_by
from manypaths.estimates.evidence_log import FIRST_DATED, days_since_1970
from manypaths.estimates.models import Achievement, Belief, GeneralBelief
from manypaths.estimates.rows import GENERAL_FIELDS, OWN_FIELDS
from manypaths.estimates.status import (
    CERTAINTIES,
    STATUSES,
    Certainty,
    Grounds,
    Status,
    certainty,
    status,
)
from manypaths.frameworks.models import Competency, Framework, Level
from manypaths.frameworks.rules import StatusRules
from manypaths.mastery import Model, ResponseLog
from manypaths.mastery.model import without_contexts
from manypaths.mastery.standing import N_OWN, EstimateRows, estimate_rows, untouched_rows
from manypaths.people.models import Person

Claims = NDArray[np.bool_]
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

FIRST_CALENDAR_DAY = days_since_1970(FIRST_DATED)
TOUCHED_AT, N_RIGHT, N_WRONG, N_PIECES, N_DAYS, N_BY_OTHERS = 5, 6, 7, 8, 9, 11

# Up to so many learners are named to the database one by one.
_FEW = 2_000
# More than any family will ever have.
_MOST_VERSIONS = 10_000


@dataclass(frozen=True)
class Pairs:
    """Learners and competencies, and which pairs of them the rows are: places, shape (n_rows,)."""

    learners: Sequence[Person]
    competencies: Sequence[Competency]
    who: Numbers
    what: Numbers

    @classmethod
    def every(cls, learners: Sequence[Person], competencies: Sequence[Competency]) -> "Pairs":
        """Return all pairs, learner by learner."""
        who = np.repeat(np.arange(len(learners)), len(competencies))
        return cls(
            learners, competencies, who, np.tile(np.arange(len(competencies)), len(learners))
        )


@dataclass(frozen=True)
class Estimates:
    """Estimates in columns of the shape (n_rows,), one row a pair of learner and competency.

    Chances lie in [0, 1]; `mean` and `sd` are on the logit scale. `touched_at` is in days since
    1970, NaN without a calendar. `level` is the highest that was signed off, -1 for none;
    `recall` is predicted recall of what was demonstrated, 1 where nothing was.
    """

    pairs: Pairs
    model: Model
    framework: Framework
    numbers: EstimateRows
    n_pieces: Numbers
    n_responses: Numbers
    n_days: Numbers
    touched_at: Floats
    is_demonstrated: Claims
    recall: Floats
    level: Numbers
    status_code: Numbers
    certainty_code: Numbers

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self.status_code.size

    def status(self, row: int) -> Status:
        """Return the status of a row."""
        return STATUSES[int(self.status_code[row])]

    def certainty(self, row: int) -> Certainty:
        """Return how sure we are of a row."""
        return CERTAINTIES[int(self.certainty_code[row])]

    def has_status(self, wanted: Status) -> Claims:
        """Return which rows have this status."""
        found: Claims = self.status_code == STATUSES.index(wanted)
        return found

    def rests_on_ratings(self, row: int) -> bool:
        """Say whether what is known of a row comes from ratings, and no response."""
        if not self.model.has_ratings or self.n_responses[row]:
            return False
        return bool(self.n_pieces[row]) or not self.model.n_responses

    @cached_property
    def target(self) -> str:
        """Return the name of the level that counts as demonstrated. One query."""
        place = self.framework.target_level or 0
        level = Level.objects.filter(scale=self.framework.scale, position=place).first()
        return str(level or place)

    def status_counts(self) -> dict[str, list[int]]:
        """Return how many learners have each status, by competency code, in the order of Status."""
        n_codes, n_words = len(self.pairs.competencies), len(STATUSES)
        cells = self.pairs.what * n_words + self.status_code
        counts = np.bincount(cells, minlength=n_codes * n_words).reshape(n_codes, n_words)
        absent = len(self.pairs.learners) - counts.sum(axis=1)
        counts[:, STATUSES.index(Status.NOT_STARTED)] += absent
        codes = [str(c) for c in self.pairs.competencies]
        return dict(zip(codes, counts.tolist(), strict=True))

    def status_by_code(self) -> list[dict[str, str]]:
        """Return each learner's status by competency code; pairs without a row have not started."""
        codes = [str(c) for c in self.pairs.competencies]
        blank = dict.fromkeys(codes, Status.NOT_STARTED.value)
        found = [blank.copy() for _ in self.pairs.learners]
        words = [word.value for word in Status]
        for who, what, code in zip(
            self.pairs.who.tolist(),
            self.pairs.what.tolist(),
            self.status_code.tolist(),
            strict=True,
        ):
            found[who][codes[what]] = words[code]
        return found


@dataclass(frozen=True)
class BeliefTable:
    """What is stored of some learners on some competencies."""

    learners: Sequence[Person]
    competencies: Sequence[Competency]
    general: Floats  # (n_learners, n_general)
    own: Floats  # (n_beliefs, n_own)
    row_of: Numbers  # (n_learners, n_competencies): the row in `own`, -1 for none
    level: Numbers  # (n_learners, n_competencies), -1 where nothing was signed off
    expected: Floats  # (n_learners, n_competencies): success expected on the day of signing

    @property
    def keys(self) -> list[int]:
        """Return the lineages of the competencies: what beliefs hang on."""
        return [c.lineage_id or 0 for c in self.competencies]

    def touched(self) -> Pairs:
        """Return the pairs with evidence or an achievement."""
        who, what = np.nonzero((self.row_of >= 0) | (self.level >= 0))
        return Pairs(self.learners, self.competencies, who, what)

    def estimates(self, pairs: Pairs, model: Model, framework: Framework, now: float) -> Estimates:
        """Return the estimates of these pairs at a time, in days since 1970.

        What counts as mastered is what the framework's rules say now, whatever the model was fitted
        with.
        """
        model = read_by(model, framework)
        general = self.general[pairs.who]
        own = self._own_rows(pairs, model, general)
        touched_at = own[:, TOUCHED_AT]
        # Where the clock's origin is not known, nobody can say how long ago the work was.
        touched_at[touched_at < FIRST_CALENDAR_DAY] = np.nan
        numbers = estimate_rows(model, self.keys, pairs.what, general, own[:, :N_OWN], at=now)
        return self._with_status(pairs, model, numbers, own, framework)

    def _own_rows(self, pairs: Pairs, model: Model, general: Floats) -> Floats:
        rows = np.zeros((pairs.who.size, len(OWN_FIELDS)))
        rows[:, :N_OWN] = untouched_rows(model, self.keys, pairs.what)
        rows[:, 3:5] = general[:, 3:5]  # an untouched one waits for nothing
        found = self.row_of[pairs.who, pairs.what]
        rows[found >= 0] = self.own[found[found >= 0]]
        return rows

    def _with_status(
        self, pairs: Pairs, model: Model, numbers: EstimateRows, own: Floats, framework: Framework
    ) -> Estimates:
        rules = StatusRules.of(framework.rules)
        level = self.level[pairs.who, pairs.what]
        demonstrated = level >= (framework.target_level or 0)
        expected = self.expected[pairs.who, pairs.what]
        recall = np.where(demonstrated, np.minimum(1.0, numbers.success / expected), 1.0)
        grounds = grounds_of(numbers, own, is_demonstrated=demonstrated, recall=recall)
        return Estimates(
            pairs=pairs,
            model=model,
            framework=framework,
            numbers=numbers,
            n_pieces=grounds.n_pieces,
            n_responses=grounds.n_responses,
            n_days=grounds.n_days,
            touched_at=own[:, TOUCHED_AT],
            is_demonstrated=demonstrated,
            recall=recall,
            level=level,
            status_code=status(grounds, rules),
            certainty_code=certainty(numbers.half_width, rules),
        )


def grounds_of(
    numbers: EstimateRows, own: Floats, *, is_demonstrated: Claims, recall: Floats
) -> Grounds:
    """Return what statuses are decided on, from estimates and the rows of beliefs behind them."""
    return Grounds(
        p_mastered=numbers.p_mastered,
        half_width=numbers.half_width,
        n_pieces=own[:, N_PIECES].astype(np.int64),
        n_responses=np.rint(own[:, N_RIGHT] + own[:, N_WRONG]).astype(np.int64),
        n_days=own[:, N_DAYS].astype(np.int64),
        n_ratings_by_others=own[:, N_BY_OTHERS].astype(np.int64),
        is_demonstrated=is_demonstrated,
        recall=recall,
    )


def estimates_at(
    learners: Sequence[Person],
    competencies: Sequence[Competency],
    framework: Framework,
    at: datetime,
) -> Estimates:
    """Return estimates of learners on every competency, for callers that know who asks.

    Learner by learner, in a fixed number of queries.
    """
    family = family_of(framework)
    model = engine_for(family)
    table = read_beliefs(learners, competencies, family, model)
    return table.estimates(Pairs.every(learners, competencies), model, framework, day_of(at))


def touched_estimates(
    learners: Sequence[Person],
    competencies: Sequence[Competency],
    framework: Framework,
    at: datetime,
) -> Estimates:
    """Return estimates where there is evidence, for callers that know who asks. Fixed queries."""
    family = family_of(framework)
    model = engine_for(family)
    table = read_beliefs(learners, competencies, family, model)
    return table.estimates(table.touched(), model, framework, day_of(at))


def day_of(at: datetime) -> float:
    """Return the beginning of the district's day, in days since 1970.

    Forgetting is counted in whole days, so that all screens agree with each other all day.
    """
    local = at.astimezone(current_scope().zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return days_since_1970(to_microseconds(midnight))


def read_beliefs(
    learners: Sequence[Person],
    competencies: Sequence[Competency],
    family: Framework,
    model: Model,
) -> BeliefTable:
    """Return what is stored of learners on competencies of a family. Three queries."""
    ids = np.array([learner.pk for learner in learners], np.int64)
    keys = np.array([c.lineage_id for c in competencies], np.int64)
    if ids.size <= _FEW:
        few = ids.tolist()
        found = in_columns(_generals_of(family.pk, few), len(_GENERAL))
        own = in_columns(_beliefs_of(family.pk, few), len(_OWN))
        signed = in_columns(_achievements_of(few), len(_SIGNED))
    else:
        found = read_columns(_generals(family.pk), _GENERAL)
        own = read_columns(_beliefs(family.pk), _OWN)
        signed = read_columns(_achievements().filter(competency__in=keys.tolist()), _SIGNED)
    general = np.tile([0.0, model.spread.general, 1.0, 0.0, 0.0], (ids.size, 1))
    place = _places(found[0], ids)
    general[place[place >= 0]] = found[1:, place >= 0].T
    row_of = _rows_by_pair(own[0], own[1], ids, keys)
    level, expected = _signed_off(signed, ids, keys)
    return BeliefTable(learners, competencies, general, own[2:].T, row_of, level, expected)


def believe(
    log: ResponseLog,
    learners: Sequence[Person],
    competencies: Sequence[Competency],
    model: Model,
) -> BeliefTable:
    """Return what a model would have stored of a log's learners, who stand in its order.

    One query. Nothing is written.
    """
    from manypaths.mastery.batch import final_beliefs  # brings the compiler, so only here

    ids = np.array([learner.pk for learner in learners], np.int64)
    keys = np.array([c.lineage_id for c in competencies], np.int64)
    finals, _ = final_beliefs(without_contexts(model), log)
    lineages = np.array(log.alignment.competencies, np.float64)
    who = np.repeat(ids, np.diff(finals.begins))
    row_of = _rows_by_pair(who.astype(np.float64), lineages[finals.competency], ids, keys)
    achievements = _achievements().filter(learner__in=ids.tolist(), competency__in=keys.tolist())
    signed = read_columns(achievements, _SIGNED)
    level, expected = _signed_off(signed, ids, keys)
    return BeliefTable(learners, competencies, finals.general, finals.rows, row_of, level, expected)


_GENERAL = ("learner_id", *GENERAL_FIELDS)
_OWN = ("learner_id", "competency_id", *OWN_FIELDS)
_SIGNED = ("learner_id", "competency_id", "level", "expected_success")


def _generals(family: int) -> QuerySet[GeneralBelief]:
    return GeneralBelief.objects.filter(family=family)


def _beliefs(family: int) -> QuerySet[Belief]:
    return Belief.objects.filter(competency__framework__family=family)


def _achievements() -> QuerySet[Achievement]:
    return Achievement.objects.order_by("signed_at")


@prepared
def _generals_of(family: int, learners: Sequence[int]) -> QuerySet[Any, Any]:
    return _generals(family).filter(learner__in=learners).values_list(*_GENERAL)


@prepared
def _beliefs_of(family: int, learners: Sequence[int]) -> QuerySet[Any, Any]:
    # A list with an end is worked out by itself. Joined with the frameworks, of which there are too
    # few for statistics, PostgreSQL expects next to no competency and looks each of them up for
    # each learner.
    versions = Framework.objects.filter(family=family).order_by()[:_MOST_VERSIONS]
    beliefs = Belief.objects.filter(competency__framework__in=versions.values("pk"))
    return beliefs.filter(learner__in=learners).values_list(*_OWN)


@prepared
def _achievements_of(learners: Sequence[int]) -> QuerySet[Any, Any]:
    return _achievements().filter(learner__in=learners).values_list(*_SIGNED)


def _rows_by_pair(who: Floats, what: Floats, ids: Numbers, keys: Numbers) -> Numbers:
    """Return where the belief on each pair stands, shape (n_ids, n_keys); -1 for none."""
    learner, competency = _places(who, ids), _places(what, keys)
    known = (learner >= 0) & (competency >= 0)
    row_of = np.full((ids.size, keys.size), -1, np.int64)
    row_of[learner[known], competency[known]] = np.nonzero(known)[0]
    return row_of


def _signed_off(found: Floats, ids: Numbers, keys: Numbers) -> tuple[Numbers, Floats]:
    """Return the highest level signed off, and the success that was expected at the last one."""
    level = np.full((ids.size, keys.size), -1, np.int64)
    expected = np.ones((ids.size, keys.size))
    who, what = _places(found[0], ids), _places(found[1], keys)
    known = (who >= 0) & (what >= 0)
    # A framework without a scale has one level, the target.
    np.maximum.at(level, (who[known], what[known]), np.nan_to_num(found[2, known]).astype(np.int64))
    expected[who[known], what[known]] = found[3, known]
    return level, expected


def _places(values: Floats, of: Numbers) -> Numbers:
    """Return where each value stands in `of`, -1 where it does not."""
    if not of.size:
        return np.full(values.size, -1, np.int64)
    order = np.argsort(of)
    found = np.minimum(np.searchsorted(of[order], values), of.size - 1)
    return np.where(of[order][found] == values, order[found], -1)
