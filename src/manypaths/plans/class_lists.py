"""Who in a class needs help, who is ready to show, and who is ready to move on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Slip
from manypaths.evidence.slips import SlipsShown
from manypaths.frameworks.models import Competency
from manypaths.mastery.next_steps import chance_after_practice
from manypaths.people.models import Person
from manypaths.plans import words
from manypaths.plans.models import Choice, ListKind
from manypaths.plans.seen_to import SeenTo

# "Little chance to reach the target unaided": less than this after so many more tries alone.
LITTLE_CHANCE, TRIES_ALONE = 0.2, 10


@dataclass(frozen=True)
class Need:
    """A learner and a competency in one of a class's lists, with the reason in a sentence.

    `step` is the open choice that put them there, if one did. The reason is put into words when it
    is asked for: of a long list, a page shows the beginning.
    """

    learner: Person
    competency: Competency
    say: Callable[[], str] = field(repr=False, compare=False)
    slip: Slip | None = None
    n_pieces: int = 0
    step: Choice | None = None

    @property
    def reason(self) -> str:
        """Return why the two stand in the list, in the reader's language."""
        return self.say()


# How many pieces of evidence there were when a row was cleared, by list, learner and lineage.
Cleared = Mapping[tuple[str, int, int], int]


@dataclass(frozen=True)
class Window:
    """The places of the competencies that a class works on; with none, everything is open."""

    places: frozenset[int]
    pinned: frozenset[int]

    def holds(self, place: int) -> bool:
        """Say whether the class works on the competency at this place."""
        return not self.places or place in self.places


@dataclass(frozen=True)
class ClassLists:
    """What the lists are drawn from; `prerequisites[k]` are the places of what precedes k."""

    estimates: Estimates
    slips: SlipsShown
    window: Window
    prerequisites: Sequence[NDArray[np.int64]]
    cleared: Cleared = field(default_factory=dict)
    seen_to: SeenTo = field(default_factory=dict)

    def needs_help(self) -> list[Need]:
        """Return who is growing, in the window, with a slip of the class or little chance alone."""
        slipping = self._slipping()
        hard = self._hard_alone()
        needs = []
        for row in self._rows(Status.GROWING):
            if not self.window.holds(int(self.estimates.pairs.what[row])):
                continue
            learner, competency = self._pair(row)
            slip = slipping.get((learner.pk, competency.lineage_id))
            n_pieces = int(self.estimates.n_pieces[row])
            if slip:
                say = partial(_slip_words, slip)
                needs.append(Need(learner, competency, say, slip, n_pieces))
            elif hard[row]:
                say = partial(self._hard_words, row)
                needs.append(Need(learner, competency, say, n_pieces=n_pieces))
        return self._to_be_done(needs, ListKind.HELP)

    def ready_to_show(self) -> list[Need]:
        """Return who is ready to show what."""
        needs = [
            Need(
                *self._pair(row),
                partial(self._ready_words, row),
                n_pieces=int(self.estimates.n_pieces[row]),
            )
            for row in self._rows(Status.READY)
        ]
        return self._to_be_done(needs, ListKind.SHOW)

    def ready_to_move_on(self) -> list[Need]:
        """Return who has demonstrated all that precedes a competency outside the window."""
        pairs = self.estimates.pairs
        shape = (len(pairs.learners), len(pairs.competencies))
        demonstrated = np.zeros(shape, bool)
        demonstrated[pairs.who, pairs.what] = self.estimates.is_demonstrated
        n_pieces = np.zeros(shape, np.int64)
        n_pieces[pairs.who, pairs.what] = self.estimates.n_pieces
        needs = list(self._next_beyond(demonstrated, n_pieces))
        return self._to_be_done(needs, ListKind.MOVE_ON)

    def _next_beyond(
        self, demonstrated: NDArray[np.bool_], n_pieces: NDArray[np.int64]
    ) -> Iterator[Need]:
        pairs = self.estimates.pairs
        for place, before in enumerate(self.prerequisites):
            if not before.size:
                continue
            # Without a window, what a learner has not begun lies beyond it.
            within = self.window.holds(place) if self.window.places else n_pieces[:, place] > 0
            open_to = demonstrated[:, before].all(axis=1) & ~demonstrated[:, place] & ~within
            say = partial(_move_on_words, [pairs.competencies[k] for k in before])
            for who in np.nonzero(open_to)[0].tolist():
                n = int(n_pieces[who, place])
                yield Need(pairs.learners[who], pairs.competencies[place], say, n_pieces=n)

    def _to_be_done(self, needs: list[Need], kind: ListKind) -> list[Need]:
        """Return the needs that nobody has seen to, or cleared since the last evidence."""
        seen_to = self.seen_to.get(kind)
        if seen_to:
            needs = [
                need
                for need in needs
                if (need.learner.pk, need.competency.lineage_id or 0) not in seen_to
            ]
        if not self.cleared:
            return needs
        return [
            need
            for need in needs
            if self.cleared.get((kind.value, need.learner.pk, need.competency.lineage_id or 0))
            != need.n_pieces
        ]

    def _rows(self, wanted: Status) -> list[int]:
        found: list[int] = np.nonzero(self.estimates.has_status(wanted))[0].tolist()
        return found

    def _pair(self, row: int) -> tuple[Person, Competency]:
        pairs = self.estimates.pairs
        return pairs.learners[pairs.who[row]], pairs.competencies[pairs.what[row]]

    def _slipping(self) -> dict[tuple[int, int | None], Slip]:
        return {
            (learner.pk, shown.slip.competency.lineage_id): shown.slip
            for shown in self.slips.of_class
            for learner in shown.learners
        }

    def _hard_alone(self) -> NDArray[np.bool_]:
        numbers = self.estimates.numbers
        chance = chance_after_practice(
            numbers.mean,
            numbers.sd,
            numbers.practice,
            self.estimates.model.mastered_from,
            TRIES_ALONE,
        )
        hard: NDArray[np.bool_] = chance < LITTLE_CHANCE
        return hard

    def _hard_words(self, row: int) -> str:
        n_pieces = int(self.estimates.n_pieces[row])
        return words.HELP_HARD.format(
            standing=words.standing(self.estimates, row), pieces=words.pieces(n_pieces)
        )

    def _ready_words(self, row: int) -> str:
        return words.READY.format(
            standing=words.standing(self.estimates, row),
            certainty=words.we_are(self.estimates.certainty(row)),
        )


def _slip_words(slip: Slip) -> str:
    return words.HELP_SLIP.format(slip=str(slip))


def _move_on_words(before: Sequence[Competency]) -> str:
    return words.MOVE_ON.format(names=", ".join(map(str, before)))
