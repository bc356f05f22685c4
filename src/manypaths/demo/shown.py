"""Who is shown first: chosen by fixed rules from what the generator knows, never by the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.demo.content import Content
from manypaths.demo.ratings import TARGET, EducatorsYear
from manypaths.demo.roster import Educator
from manypaths.demo.scene import Scene
from manypaths.demo.slips import GIVEN_UP_AT
from manypaths.demo.work import YearOfWork

Claims = NDArray[np.bool_]

# What is known so well, in so many tries of which such a share was right, by a student who does
# well in general, is likely ready to be shown; three such things make sure of one.
_KNOWN_FROM, _TRIED_OFTEN, _MOSTLY_RIGHT, _DOES_WELL = 0.8, 6, 0.85, 0.75
_ENOUGH = 2
# What is tried and known by halves, the more the better.
_HALF_FROM, _HALF_TO, _MANY = 0.35, 0.7, 4
_FADED_BELOW = 0.65
_KEPT_TO = 3


@dataclass(frozen=True)
class Shown:
    """The class, and the source ids of its lead, of one of its students and of an educator."""

    class_name: str
    teacher: str
    student: str
    educator: str


def shown_student(scene: Scene, work: YearOfWork) -> int:
    """Return the student of the shown class in whose year most different things came about.

    An idea kept to until the end, things that are likely ready to be shown, something signed off
    that faded and something signed off that stayed, things known by halves: in this order.
    """
    signed = np.zeros(work.level.shape, bool)
    signed[work.sign_offs.student, work.sign_offs.competency] = True
    faded = signed & (work.level < _FADED_BELOW)
    is_half = (work.level > _HALF_FROM) & (work.level < _HALF_TO)
    is_half &= _n_done(scene.content, work) >= _TRIED_OFTEN
    n_likely_ready = np.minimum((_is_known(scene.content, work) & ~signed).sum(axis=1), _ENOUGH)
    worth = (
        100 * _keeps_to_idea(scene, work)
        + 20 * n_likely_ready
        + 15 * faded.any(axis=1)
        + 10 * (signed & ~faded).any(axis=1)
        + 5 * np.minimum((is_half & ~signed).sum(axis=1), _MANY)
        + np.minimum(signed.sum(axis=1), _MANY)
    )
    students = np.array(scene.shown_class.students)
    return int(students[np.argmax(worth[students])])


def shown_educator(educators: Sequence[Educator], year: EducatorsYear, school: int) -> int:
    """Return the teacher of a school whose competencies stand at the most different places.

    Signed off, at the target and seen by two others, below it, rated once alone.
    """
    signed = {(sign_off.educator, sign_off.competency) for sign_off in year.sign_offs}
    by_others = dict.fromkeys(year.level, 0)
    for rating in year.ratings:
        by_others[rating.educator, rating.competency] += rating.role != "self"

    def stands(pair: tuple[int, str]) -> str:
        if pair in signed:
            return "signed off"
        if by_others[pair] < 2:
            return "hardly seen"
        return "at the target" if year.level[pair] > TARGET else "below it"

    def worth(educator: int) -> tuple[int, int]:
        pairs = [pair for pair in year.level if pair[0] == educator]
        return len({stands(pair) for pair in pairs}), len(pairs)

    teachers = [
        place
        for place, educator in enumerate(educators)
        if educator.school == school and educator.role == "teacher"
    ]
    return max(teachers, key=worth)


def _is_known(content: Content, work: YearOfWork) -> Claims:
    """Say what students know and were mostly right about, shape (n_students, n_competencies)."""
    n_done = _n_done(content, work)
    n_right = _n_done(content, work, work.responses.outcome)
    mostly_right = n_right >= _MOSTLY_RIGHT * n_done
    does_well = n_right.sum(axis=1) >= _DOES_WELL * n_done.sum(axis=1)
    is_tried = (work.level > _KNOWN_FROM) & (n_done >= _TRIED_OFTEN)
    known: Claims = is_tried & mostly_right & does_well[:, None]
    return known


def _n_done(
    content: Content, work: YearOfWork, weights: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """Return how often, or with what sum of weights, each student tried each competency."""
    cell = work.responses.student * len(content.codes) + content.own[work.responses.item]
    counts = np.bincount(cell, weights, minlength=work.level.size)
    return counts.reshape(work.level.shape).astype(float)


def _keeps_to_idea(scene: Scene, work: YearOfWork) -> Claims:
    """Say who gave the answer of an idea often in the last term, and knows no better yet."""
    responses, held = work.responses, scene.held
    idea = held.answer_to(responses.student, responses.item)
    gave_it = (idea >= 0) & (responses.chosen == idea) & (responses.term == responses.term.max())
    n_given = np.bincount(responses.student[gave_it], minlength=len(work.level))
    places = np.array([scene.content.place(slip.competency) for slip in held.slips], np.int64)
    keeps = np.zeros(len(work.level), bool)
    holders = np.nonzero(held.by_student >= 0)[0]
    level = work.level[holders, places[held.by_student[holders]]]
    keeps[holders] = (n_given[holders] >= _KEPT_TO) & (level < GIVEN_UP_AT)
    return keeps
