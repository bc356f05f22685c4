"""Wrong ideas that are planted in four classes, one each, for the program to find."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo.content import Content
from manypaths.demo.roster import Roster

Numbers = NDArray[np.int64]

# Below this knowledge a holder keeps to the idea: when wrong, gives its answer with this chance,
# and is right only this share of the times that knowledge and luck would make it.
GIVEN_UP_AT, GIVES_ITS_ANSWER, STILL_RIGHT = 0.7, 0.8, 0.55


@dataclass(frozen=True)
class PlantedSlip:
    """A slip, by its code, that a share of the learners of one class hold."""

    class_name: str
    slip: str
    share: float

    @property
    def competency(self) -> str:
        """Return the code of the competency that the slip belongs to."""
        return self.slip.partition(".")[0]


# The first is in the class that is shown.
PLANTED = (
    PlantedSlip("7A Mathematics", "N5.minus-a-minus", 0.4),
    PlantedSlip("6A Mathematics", "R1.adds-instead", 0.5),
    PlantedSlip("6B Mathematics", "E2.first-term-only", 0.6),
    PlantedSlip("6C Mathematics", "S1.median-unordered", 0.6),
)


@dataclass(frozen=True)
class Held:
    """Who holds which idea: `by_student` (n_students,) is a place in `slips`, -1 for none.

    `answer` (n_slips, n_items) is the position of the answer that shows the slip, -1 without.
    """

    slips: tuple[PlantedSlip, ...]
    by_student: Numbers
    answer: Numbers

    def answer_to(self, students: Numbers, items: Numbers) -> Numbers:
        """Return the answer that a student's idea leads to on an item, -1 for none."""
        slip = self.by_student[students]
        if not self.slips:
            return np.full(slip.shape, -1)
        return np.where(slip >= 0, self.answer[slip, items], -1)


def plant(rng: Generator, content: Content, roster: Roster, planted: Sequence[PlantedSlip]) -> Held:
    """Return who holds which of the planted ideas; those of classes that are not here are left."""
    slips = tuple(slip for slip in planted if roster.class_named(slip.class_name))
    by_student = np.full(len(roster.students), -1)
    for number, slip in enumerate(slips):
        school_class = roster.class_named(slip.class_name)
        assert school_class is not None  # left out above
        members = np.array(school_class.students)
        n_hold = round(slip.share * members.size)
        by_student[rng.choice(members, n_hold, replace=False)] = number
    answer = np.array([content.answers_showing(slip.slip) for slip in slips])
    return Held(slips, by_student, answer)
