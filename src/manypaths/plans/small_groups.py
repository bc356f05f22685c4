"""Small groups for one day: who has which need, and who was with whom lately."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Slip
from manypaths.evidence.slips import SlipsShown
from manypaths.frameworks.models import Competency
from manypaths.mastery.groups import LeftOut, Sizes, suggest_groups
from manypaths.mastery.log import Key
from manypaths.mastery.next_steps import OUTSIDE_WINDOW, Standing, Worth, worth
from manypaths.mastery.standing import Practice
from manypaths.people.models import Person
from manypaths.plans import words
from manypaths.plans.class_lists import Window
from manypaths.plans.models import Grouping, NeedKind, Seat
from manypaths.plans.offers import IN_PLACE

Floats = NDArray[np.float64]

# What is worth less than this share of a learner's best step is no need of theirs.
LEAST_SHARE = 0.3
# The best step of each learner, beside a slip that a class shows: that is looked at first.
STEP_FIT = 0.9
# Beyond so many learners nobody would look at the groups one by one, nor wait for them.
MOST_LEARNERS = 300
# Together a week ago counts whole, half for each week more, and not at all after this many days.
DAYS_REMEMBERED = 56
_DAYS_A_WEEK = 7

_KIND_OF = {
    Status.NOT_STARTED: NeedKind.BEGIN,
    Status.NEEDS_EVIDENCE: NeedKind.PRACTISE,
    Status.GROWING: NeedKind.PRACTISE,
    Status.REFRESH: NeedKind.REFRESH,
}


@dataclass(frozen=True)
class GroupNeed:
    """What a small group would be about: a competency to begin, practise or refresh, or a slip."""

    kind: NeedKind
    competency: Competency
    slip: Slip | None = None

    @property
    def key(self) -> str:
        """Return the name by which the engine tells needs apart, the same on every day."""
        return f"{self.kind.value} {self.slip.pk if self.slip else self.competency.lineage_id}"


@dataclass(frozen=True)
class SmallGroup:
    """Learners who could work together, on what, and why in a sentence."""

    need: GroupNeed
    learners: Sequence[Person]
    reason: str

    def seats(self, grouping: Grouping, number: int) -> list[Seat]:
        """Return who sits in it as group `number` of a grouping, not stored yet."""
        return [
            Seat(
                grouping=grouping,
                learner=learner,
                number=number,
                kind=self.need.kind,
                competency=self.need.competency,
                slip=self.need.slip,
                reason=self.reason,
            )
            for learner in self.learners
        ]


@dataclass(frozen=True)
class LeftAlone:
    """A learner who is in no small group, and why in a sentence."""

    learner: Person
    reason: str


@dataclass(frozen=True)
class GroupingSuggested:
    """The small groups that could work together on a day, and who is in none."""

    held_on: date
    groups: Sequence[SmallGroup]
    left_alone: Sequence[LeftAlone]

    @property
    def learners(self) -> list[Person]:
        """Return everybody, in a group or in none."""
        grouped = [learner for small in self.groups for learner in small.learners]
        return [*grouped, *(left.learner for left in self.left_alone)]


@dataclass(frozen=True)
class ClassNeeds:
    """What the needs of a class are drawn from; `prerequisites[k]` are the places before k.

    The estimates are of every learner on every competency, learner by learner.
    """

    estimates: Estimates
    slips: SlipsShown
    window: Window
    prerequisites: Sequence[NDArray[np.int64]]
    least_recall: float

    def grouped(
        self, together: Mapping[tuple[Key, Key], float], held_on: date, sizes: Sizes
    ) -> GroupingSuggested:
        """Return the small groups that the engine suggests, with their sentences."""
        needs: dict[str, GroupNeed] = {}
        fit: dict[Key, dict[Key, float]] = {
            learner.pk: {} for learner in self.estimates.pairs.learners
        }
        for learner, need, suits in (*self._steps(), *self._slips()):
            needs[need.key] = need
            fit[learner.pk][need.key] = suits
        found = suggest_groups(fit, together, sizes=sizes)
        people = {learner.pk: learner for learner in self.estimates.pairs.learners}
        groups = []
        for group in found.groups:
            need, learners = needs[str(group.need)], [people[int(who)] for who in group.learners]
            groups.append(SmallGroup(need, learners, self._reason(need, learners)))
        left = [
            LeftAlone(people[int(who)], str(LEFT_OUT[why])) for who, why in found.left_out.items()
        ]
        return GroupingSuggested(held_on, groups, left)

    def _steps(self) -> Iterator[tuple[Person, GroupNeed, float]]:
        """Yield what each learner could well do next, with its worth beside their best."""
        pairs, worths = self.estimates.pairs, self._worths()
        best = np.maximum(worths.score.max(axis=1, initial=0.0, keepdims=True), 1e-12)
        share = worths.score / best
        for who, what in np.argwhere((share >= LEAST_SHARE) & (worths.score > 0)).tolist():
            kind = _KIND_OF.get(self.estimates.status(who * len(pairs.competencies) + what))
            is_open = worths.prerequisites_met[who, what] >= IN_PLACE
            if kind and (is_open or kind is not NeedKind.BEGIN):
                need = GroupNeed(kind, pairs.competencies[what])
                yield pairs.learners[who], need, STEP_FIT * float(share[who, what])

    def _slips(self) -> Iterator[tuple[Person, GroupNeed, float]]:
        for shown in self.slips.of_class:
            need = GroupNeed(NeedKind.SLIP, shown.slip.competency, shown.slip)
            for learner in shown.learners:
                yield learner, need, 1.0

    def _worths(self) -> Worth:
        n = len(self.estimates.pairs.competencies)
        relevance = np.array([1.0 if self.window.holds(k) else OUTSIDE_WINDOW for k in range(n)])
        return worth(
            self._standing(), self.prerequisites, relevance, least_recall=self.least_recall
        )

    def _standing(self) -> Standing:
        """Return where everybody stands, shapes (n_learners, n_competencies)."""
        pairs, numbers = self.estimates.pairs, self.estimates.numbers
        shape = (len(pairs.learners), len(pairs.competencies))
        demonstrated = self.estimates.is_demonstrated
        tried = numbers.practice
        practice = (tried.n_right, tried.n_wrong, tried.gain_right, tried.gain_wrong)
        return Standing(
            p_mastered=np.where(demonstrated, 1.0, numbers.p_mastered).reshape(shape),
            success=numbers.success.reshape(shape),
            variance=(numbers.sd**2).reshape(shape),
            practice=Practice(*(column.reshape(shape) for column in practice)),
            recall=self.estimates.recall.reshape(shape),
            is_demonstrated=demonstrated.reshape(shape),
        )

    def _reason(self, need: GroupNeed, learners: Sequence[Person]) -> str:
        if need.slip is not None:
            shown = next(one for one in self.slips.of_class if one.slip == need.slip)
            return words.group_of_slip(len(learners), str(shown.slip), shown.found.n_items)
        return words.group_on(need.kind, len(learners), need.competency.name)


LEFT_OUT = {
    LeftOut.NO_NEED: words.ALONE_NO_NEED,
    LeftOut.TOO_FEW: words.ALONE_TOO_FEW,
    LeftOut.NO_ROOM: words.ALONE_NO_ROOM,
}


def together_lately(seats: Iterable[Seat], held_on: date) -> dict[tuple[Key, Key], float]:
    """Return how much each pair of learners shared a small group before a day, by their row ids."""
    shared: dict[tuple[int, int], list[int]] = {}
    days: dict[int, date] = {}
    for seat in seats:
        shared.setdefault((seat.grouping_id, seat.number), []).append(seat.learner_id)
        days[seat.grouping_id] = seat.grouping.held_on
    weights: dict[tuple[Key, Key], float] = {}
    for (grouping, _), learners in shared.items():
        weeks = (held_on - days[grouping]).days / _DAYS_A_WEEK
        for pair in combinations(sorted(learners), 2):
            weights[pair] = weights.get(pair, 0.0) + 0.5 ** max(0.0, weeks - 1)
    return weights
