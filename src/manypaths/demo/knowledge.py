"""How much each student really knows, from 0 to 1: it grows by teaching and practice, and fades.

This is no model of the engine's family, on purpose: the engine adds up terms on a logit scale,
here knowledge grows by a share of what is missing, faster where what comes before is known, and
fades along a curve toward a part of its best.

Sources: Ebbinghaus (1885), Ueber das Gedaechtnis, and Settles & Meeder (2016), A trainable spaced
repetition model for language learning: memory halves in a half-life of its own; Bahrick (1984),
Semantic memory content in permastore: a part of what was known well stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from manypaths.demo.content import Content

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# Of the best that was once known, the share that does not fade.
_STAYS = 0.4
# What a lesson and a try add at the middle rate, as shares of what is missing.
_BY_LESSON, _BY_TRY = 0.28, 0.10
# How much of the rate is left where nothing that comes before is known.
_WITHOUT_GROUND = 0.35
# How well the middle student knows at first what belongs to earlier, this and later grades.
_EARLIER, _OWN, _LATER = 0.6, 0.12, 0.03
# By how much ability lifts what is known at first and how fast one learns, and how far both scatter
# from competency to competency (logits; logarithms of the rate).
_FIRST_BY_ABILITY, _FIRST_SD = 1.0, 0.9
_RATE_BY_ABILITY, _RATE_SD = 1.05, 0.9
# What holders of a wrong idea know at most at first, and the middle and spread of their rates.
_HELD_BACK_TO, _HELD_BACK_RATE, _HELD_BACK_SD = 0.25, 0.22, 0.6
_SHORTEST_HALF_LIFE, _LONGEST_HALF_LIFE = 60.0, 200.0  # days


@dataclass
class Knowledge:
    """What students know now: `level` and `best` so far, shapes (n_students, n_competencies).

    `rate`, of the same shape, is what each learns a competency with; `half_life` (n_students,),
    in days, is that of what fades.
    """

    content: Content
    level: Floats
    best: Floats
    rate: Floats
    half_life: Floats

    @classmethod
    def at_first(
        cls, rng: Generator, content: Content, ability: Floats, grade: Numbers
    ) -> "Knowledge":
        """Return what students of an ability (standard normal) and grade know on the first day."""
        n, shape = ability.size, (ability.size, len(content.codes))
        ahead = content.grade[None, :] - grade[:, None]
        middle = np.select([ahead < 0, ahead == 0], [_EARLIER, _OWN], _LATER)
        logit = (
            np.log(middle / (1 - middle))
            + _FIRST_BY_ABILITY * ability[:, None]
            + rng.normal(0, _FIRST_SD, shape)
        )
        level = 1 / (1 + np.exp(-logit))
        return cls(
            content=content,
            level=level,
            best=level.copy(),
            rate=np.exp(_RATE_BY_ABILITY * ability[:, None] + rng.normal(0, _RATE_SD, shape)),
            half_life=np.exp(
                rng.uniform(np.log(_SHORTEST_HALF_LIFE), np.log(_LONGEST_HALF_LIFE), n)
            ),
        )

    def hold_back(self, rng: Generator, students: Numbers, competency: int) -> None:
        """Let students begin low on a competency and learn slowly: a wrong idea is in the way."""
        slow = _HELD_BACK_RATE * np.exp(rng.normal(0, _HELD_BACK_SD, students.size))
        low = np.minimum(self.level[students, competency], _HELD_BACK_TO)
        self.level[students, competency] = self.best[students, competency] = low
        self.rate[students, competency] = slow

    def fade(self, days: int) -> None:
        """Let everything fade for some days, toward the part of the best that stays."""
        kept = np.exp2(-days / self.half_life)[:, None]
        floor = _STAYS * self.best
        self.level = floor + (self.level - floor) * kept

    def teach(self, students: Numbers, competency: Numbers) -> None:
        """Give students (places) a lesson, each on a competency (its place)."""
        self._grow(students, competency, _BY_LESSON)

    def practise(self, students: Numbers, competency: Numbers) -> None:
        """Let students learn from a try, each on a competency."""
        self._grow(students, competency, _BY_TRY)

    def shown_by(self, students: Numbers, items: Numbers) -> Floats:
        """Return what students know of what an item asks, weighted by its shares."""
        shown: Floats = (self.level[students] * self.content.share[items]).sum(axis=1)
        return shown

    def _grow(self, students: Numbers, competency: Numbers, speed: float) -> None:
        before = self.content.prerequisites[competency]
        ground = np.where(before.any(axis=1), (self.level[students] * before).sum(axis=1), 1.0)
        pace = speed * self.rate[students, competency]
        pace *= _WITHOUT_GROUND + (1 - _WITHOUT_GROUND) * ground
        level = self.level[students, competency]
        level = level + (1 - level) * np.minimum(pace, 0.9)
        self.level[students, competency] = level
        best = self.best[students, competency]
        self.best[students, competency] = np.maximum(best, level)
