"""Which next steps to offer: candidates of each kind, scored, and a diverse few of them chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manypaths.estimates.status import Status
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Slip, Task, TaskKind
from manypaths.evidence.queries import TaskOfKind
from manypaths.frameworks.models import Competency
from manypaths.mastery.next_steps import (
    GOAL,
    HARDEST,
    OUTSIDE_WINDOW,
    REVIEW_WEIGHT,
    Standing,
    Worth,
    challenge_of,
    worth,
)
from manypaths.plans import words
from manypaths.plans.models import StepKind
from manypaths.plans.words import Reason, Sentence

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# How much showing what one is ready for weighs against a step ahead.
SHOW_WEIGHT = 0.9
# A competency on which a learner repeats a slip gains from a look at it.
SLIP_WEIGHT = 0.7
# To begin with a look at something new, against trying it at once.
LOOK_WEIGHT = 0.6
MOST_OFFERS = 4
# What comes before a competency is said to be in place from this chance that all of it is mastered.
IN_PLACE = 0.5

_LEARN = (TaskKind.RESOURCE,)
_PRACTISE = (TaskKind.ITEM, TaskKind.CHECK, TaskKind.OBSERVATION)
_SHOW = (TaskKind.PROJECT, TaskKind.PORTFOLIO)


@dataclass(frozen=True)
class Offer:
    """A next step: what it asks for, on which competency, the task that it opens, and why.

    `reason` is for who asked, `to_learner` the same for the learner: "you", and not a name.
    """

    kind: StepKind
    competency: Competency
    task: Task
    reason: str
    to_learner: str
    score: float


@dataclass(frozen=True)
class Candidate:
    """What might be offered; `task` is a row id."""

    kind: StepKind
    competency: Competency
    task: int
    reason: Reason
    score: float


@dataclass(frozen=True)
class Situation:
    """What is known of a learner when next steps are offered; columns have a row a competency.

    `prerequisites[k]` are the places of what precedes competency k; `window` and `pinned` are
    places (an empty window means that everything is open), `chosen` places with an open choice.
    `slips` holds the slip that the learner repeats and how often, by place; `times_done` counts
    the learner's tries by task.
    """

    estimates: Estimates
    prerequisites: Sequence[Numbers]
    tasks: Mapping[int, Sequence[TaskOfKind]]
    window: frozenset[int]
    pinned: frozenset[int]
    chosen: frozenset[int]
    slips: Mapping[int, tuple[Slip, int]]
    times_done: Mapping[int, int]
    least_recall: float


def choose_offers(situation: Situation, *, most: int = MOST_OFFERS) -> list[Candidate]:
    """Return the best few, of different kinds and competencies where there are such."""
    candidates = sorted(_candidates(situation), key=lambda offer: -offer.score)
    chosen: list[Candidate] = []
    # One of each kind first, then a second one; more of a kind only where there is nothing else.
    for most_of_kind in (1, 2, most):
        for offer in candidates:
            n_of_kind = sum(other.kind is offer.kind for other in chosen)
            if n_of_kind < most_of_kind and len(chosen) < most and _is_new_place(offer, chosen):
                chosen.append(offer)
    return sorted(chosen, key=lambda offer: -offer.score)


def all_offers(situation: Situation) -> list[Candidate]:
    """Return whatever could be offered, competency by competency in the framework's order."""
    return _candidates(situation)


def _is_new_place(offer: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Say whether neither the competency nor the task stands among the chosen ones."""
    places = {other.competency.pk for other in chosen}
    return offer.competency.pk not in places and offer.task not in {o.task for o in chosen}


def _candidates(situation: Situation) -> list[Candidate]:
    relevance = _relevance(situation)
    worths = worth(
        _standing(situation.estimates),
        situation.prerequisites,
        relevance,
        least_recall=situation.least_recall,
    )
    found = [
        _Place(situation, worths, place, float(relevance[place]))
        for place in range(len(situation.estimates.pairs.competencies))
    ]
    return [offer for place in found for offer in place.offers() if offer.score > 0]


def _standing(estimates: Estimates) -> Standing:
    numbers = estimates.numbers
    return Standing(
        p_mastered=np.where(estimates.is_demonstrated, 1.0, numbers.p_mastered),
        success=numbers.success,
        variance=numbers.sd**2,
        practice=numbers.practice,
        recall=estimates.recall,
        is_demonstrated=estimates.is_demonstrated,
    )


def _relevance(situation: Situation) -> Floats:
    n = len(situation.estimates)
    relevance = np.ones(n)
    if situation.window:
        relevance[[place not in situation.window for place in range(n)]] = OUTSIDE_WINDOW
    goals = sorted(situation.pinned | situation.chosen)
    relevance[goals] *= GOAL
    return relevance


@dataclass(frozen=True)
class _Place:
    """One competency in a situation: what could be offered there."""

    situation: Situation
    worths: Worth
    place: int
    relevance: float

    def offers(self) -> list[Candidate]:
        status = self.situation.estimates.status(self.place)
        if status is Status.DEMONSTRATED:
            return []
        if status is Status.REFRESH:
            return self._offer(StepKind.REFRESH, _PRACTISE, self._review(), self._faded())
        if status is Status.READY:
            show = self._offer(StepKind.SHOW, _SHOW, self._showing(), self._ready())
            return show or self._practise(status)
        return [*self._learn(status), *self._practise(status)]

    def _learn(self, status: Status) -> list[Candidate]:
        slip = self.situation.slips.get(self.place)
        if slip:
            reason = self._said(words.LEARN_SLIP, slip=str(slip[0]), count=slip[1])
        elif status is Status.NOT_STARTED:
            sentence = self._by_prerequisites(words.LEARN_OPEN, words.LEARN_NEW, words.LEARN_AHEAD)
            reason = self._said(sentence)
        else:
            reason = self._said(words.LEARN_HARD)
        alone = float(challenge_of(np.array([min(self._success, HARDEST)]))[0])
        score = self.worths.readiness[self.place] * (1 - alone) * self.relevance
        score += SLIP_WEIGHT * bool(slip) * self.relevance
        if status is Status.NOT_STARTED:
            score += LOOK_WEIGHT * self.worths.score[self.place]
        elif not (slip or self._success < HARDEST):
            return []
        return self._offer(StepKind.LEARN, _LEARN, float(score), reason)

    def _practise(self, status: Status) -> list[Candidate]:
        n_pieces = int(self.situation.estimates.n_pieces[self.place])
        if status is Status.READY:
            reason = self._said(words.PRACTISE_READY)
        elif status is Status.NEEDS_EVIDENCE:
            reason = self._said(words.PRACTISE_UNSURE, pieces=words.pieces(n_pieces))
        elif status is Status.NOT_STARTED:
            sentence = self._by_prerequisites(
                words.PRACTISE_OPEN, words.PRACTISE_FRINGE, words.PRACTISE_AHEAD
            )
            reason = self._said(sentence)
        else:
            reason = self._said(words.PRACTISE_ON)
        score = float(self.worths.score[self.place])
        return self._offer(StepKind.PRACTISE, _PRACTISE, score, reason)

    def _offer(
        self, kind: StepKind, tasks: Sequence[TaskKind], score: float, reason: Reason
    ) -> list[Candidate]:
        """Return the offer with its fitting task, or none where there is no such task."""
        task = self._task(tasks)
        if task is None:
            return []
        if self.place in self.situation.pinned:
            reason = words.pinned(reason)
        competency = self.situation.estimates.pairs.competencies[self.place]
        return [Candidate(kind, competency, task, reason, round(score, 6))]

    def _task(self, kinds: Sequence[TaskKind]) -> int | None:
        """Return the task done least often so far whose chance of success challenges best."""
        competency = self.situation.estimates.pairs.competencies[self.place]
        fitting = [t.pk for t in self.situation.tasks[competency.pk] if t.kind in kinds]
        if not fitting:
            return None
        least = min(self.situation.times_done.get(task, 0) for task in fitting)
        fresh = [t for t in fitting if self.situation.times_done.get(t, 0) == least]
        if len(fresh) == 1:
            return fresh[0]
        fit = challenge_of(self._chances(fresh))
        return fresh[int(np.argmax(fit))]

    def _chances(self, tasks: Sequence[int]) -> Floats:
        estimates = self.situation.estimates
        mean, sd = estimates.numbers.mean[self.place], estimates.numbers.sd[self.place]
        terms = np.array([estimates.model.item_terms_of(task) for task in tasks])
        spread = sd**2 + terms[:, 1]
        chances: Floats = 1 / (1 + np.exp(-(mean + terms[:, 0]) / np.sqrt(1 + np.pi * spread / 8)))
        return chances

    def _review(self) -> float:
        return float((REVIEW_WEIGHT * (1 + self.worths.review[self.place])) * self.relevance)

    def _showing(self) -> float:
        p = self.situation.estimates.numbers.p_mastered[self.place]
        return float(SHOW_WEIGHT * p * self.relevance)

    def _ready(self) -> Reason:
        certainty = words.we_are(self.situation.estimates.certainty(self.place))
        return self._said(words.SHOW_READY, certainty=certainty)

    def _faded(self) -> Reason:
        return self._said(words.REFRESH_FADED)

    def _said(self, sentence: Sentence, **places: object) -> Reason:
        (learner,) = self.situation.estimates.pairs.learners
        return sentence.said(learner.first_name, standing=self._standing, **places)

    def _by_prerequisites(
        self, without: Sentence, in_place: Sentence, missing: Sentence
    ) -> Sentence:
        if not self.situation.prerequisites[self.place].size:
            return without
        return in_place if self.worths.prerequisites_met[self.place] >= IN_PLACE else missing

    @property
    def _success(self) -> float:
        return float(self.situation.estimates.numbers.success[self.place])

    @property
    def _standing(self) -> str:
        return words.standing(self.situation.estimates, self.place)
