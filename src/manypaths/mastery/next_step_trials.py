"""How much is mastered by following a policy for the next step, in worlds whose truth is known.

A policy is told what the engine believes and what is said to precede what, and names everybody's
next competency. The engine knows the world only by a model that was fitted to an earlier year.
Arrays have the shape (n_learners, n_competencies) unless said otherwise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter

import numpy as np

from manypaths.mastery.beliefs import CompetencyBelief, Event, GeneralBelief, start
from manypaths.mastery.fitting import fit
from manypaths.mastery.log import Alignment, Floats, Ints, ResponseLog
from manypaths.mastery.model import Model
from manypaths.mastery.next_steps import (
    Standing,
    expected_gain,
    prerequisites_met,
    worth,
)
from manypaths.mastery.standing import (
    N_GENERAL,
    N_OWN,
    Practice,
    estimate_rows,
    untouched_rows,
)
from manypaths.mastery.stream import update
from manypaths.mastery.trial_worlds import (
    N_ITEMS,
    WORLDS,
    Tried,
    World,
    draw_graph,
    mistaken,
    prerequisite_places,
)

Policy = Callable[[Standing, Sequence[Ints], np.random.Generator], Ints]

ORACLE, OURS = "oracle", "ours"
RIGHT_GRAPH, WRONG_GRAPH = "right", "partly wrong"
# In the earlier year so many lessons were chosen by somebody who knew; the others at random.
_WELL_CHOSEN = 0.7


@dataclass(frozen=True)
class Trial:
    """How large a trial is: a lesson a day, each on one competency, with some items of it.

    `share_wrong` is that of the prerequisites which the graph with mistakes has wrong.
    """

    n_learners: int = 60
    n_competencies: int = 30
    n_lessons: int = 120
    items_a_lesson: int = 8
    share_wrong: float = 0.2

    def __post_init__(self) -> None:
        """Raise ValueError for a trial in which nothing can be tried."""
        if min(self.n_learners, self.n_competencies, self.n_lessons, self.items_a_lesson) < 1:
            raise ValueError(f"a trial has learners, competencies, lessons and items; got {self}")
        if not 0 <= self.share_wrong <= 1:
            raise ValueError(f"share_wrong must lie in [0, 1]; got {self.share_wrong}")


@dataclass(frozen=True)
class Outcome:
    """What following a policy came to, in shares: of skills, and of the oracle's, and of lessons.

    `mastered` is the share of all skills truly mastered at the end, `regret` what is missing to
    the oracle's share, relative to it; `unready` and `known` are shares of lessons on what could
    not be learned yet, and on what was mastered already.
    """

    world: str
    graph: str
    policy: str
    mastered: float
    regret: float
    unready: float
    known: float


def at_random(standing: Standing, before: Sequence[Ints], rng: np.random.Generator) -> Ints:
    """Choose any competency."""
    n_learners, n = standing.success.shape
    return np.asarray(rng.integers(0, n, n_learners))


def weakest_first(standing: Standing, before: Sequence[Ints], rng: np.random.Generator) -> Ints:
    """Choose what is least likely mastered."""
    return _best(-standing.p_mastered)


def near_seven_of_ten(standing: Standing, before: Sequence[Ints], rng: np.random.Generator) -> Ints:
    """Choose what comes nearest to 7 of 10 right, whatever precedes it."""
    return _best(-np.abs(standing.success - 0.7))


def on_the_fringe(standing: Standing, before: Sequence[Ints], rng: np.random.Generator) -> Ints:
    """Choose what is most likely open and not mastered yet."""
    return _best(_fringe(standing, before))


def most_gain_on_the_fringe(
    standing: Standing, before: Sequence[Ints], rng: np.random.Generator
) -> Ints:
    """Choose where being open and not mastered, times the expected gain, is greatest."""
    return _best(_fringe(standing, before) * expected_gain(standing))


def most_worth(standing: Standing, before: Sequence[Ints], rng: np.random.Generator) -> Ints:
    """Choose what we would offer first."""
    relevance = np.ones(standing.success.shape[1])
    return _best(worth(standing, before, relevance, least_recall=0.85).score)


def _best(value: Floats) -> Ints:
    """Return everybody's place of the greatest value, the first where several are."""
    places: Ints = np.asarray(np.argmax(value, axis=1))
    return places


def _fringe(standing: Standing, before: Sequence[Ints]) -> Floats:
    return prerequisites_met(standing.p_mastered, before) * (1 - standing.p_mastered)


POLICIES: dict[str, Policy] = {
    "random": at_random,
    "weakest first": weakest_first,
    "near 7 of 10": near_seven_of_ten,
    "fringe": on_the_fringe,
    "fringe x gain": most_gain_on_the_fringe,
    OURS: most_worth,
}


SEES_NO_GRAPH = ("random", "weakest first", "near 7 of 10")


def try_policies(trial: Trial, *, seed: int) -> list[Outcome]:
    """Return what each policy comes to in each world, with the right graph and a wrong one.

    The oracle comes first; it knows the truth, and takes what is open and soonest mastered. All
    meet the same learners. With the usual sizes it takes some twenty seconds a world.
    """
    return [outcome for world in WORLDS for outcome in _School(trial, world, seed).outcomes()]


class _School:
    """A world with its graphs, and the model that was fitted to another year of it."""

    def __init__(self, trial: Trial, world: str, seed: int) -> None:
        self.trial, self.world, self.seed = trial, world, seed
        self.graph = draw_graph(trial.n_competencies, self._rng("graph"))
        wrong = mistaken(self.graph, self._rng("mistakes"), share=trial.share_wrong)
        self.graphs = {RIGHT_GRAPH: self.graph, WRONG_GRAPH: wrong}
        self.model = fit(self._earlier_year(), seed=seed)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcomes, the oracle's first."""
        best = self._follow(ORACLE, RIGHT_GRAPH, best=None)
        yield best
        found = {policy: self._follow(policy, RIGHT_GRAPH, best) for policy in POLICIES}
        yield from found.values()
        for policy, outcome in found.items():
            if policy in SEES_NO_GRAPH:
                yield replace(outcome, graph=WRONG_GRAPH)
            else:
                yield self._follow(policy, WRONG_GRAPH, best)

    def _follow(self, policy: str, graph: str, best: Outcome | None) -> Outcome:
        world, luck, whim = self._learners("pupils"), self._rng("luck"), self._rng("whim")
        watched = _Watched(self.model, world.shape)
        before, who = prerequisite_places(self.graphs[graph]), np.arange(self.trial.n_learners)
        unready = known = 0.0
        for lesson in range(self.trial.n_lessons):
            if policy == ORACLE:
                places = _soonest(world)
            else:
                places = POLICIES[policy](watched.standing(lesson), before, whim)
            is_known = world.is_mastered()[who, places]
            known += float(is_known.mean())
            unready += float((~is_known & ~world.is_ready()[who, places]).mean())
            for _ in range(self.trial.items_a_lesson):
                tried = world.try_at(places, luck)
                if policy != ORACLE:
                    watched.see(places, tried, lesson)
        mastered = float(world.is_mastered().mean())
        return Outcome(
            world=self.world,
            graph=graph,
            policy=policy,
            mastered=mastered,
            regret=1 - mastered / best.mastered if best and best.mastered else 0.0,
            unready=unready / self.trial.n_lessons,
            known=known / self.trial.n_lessons,
        )

    def _earlier_year(self) -> ResponseLog:
        """Return the log of other learners, most of whose lessons were well chosen."""
        world, rng = self._learners("elders"), self._rng("earlier year")
        n_learners, n = world.shape
        work = []
        for _ in range(self.trial.n_lessons):
            chosen = rng.random(size=n_learners) < _WELL_CHOSEN
            places = np.where(chosen, _soonest(world), rng.integers(0, n, n_learners))
            for _ in range(self.trial.items_a_lesson):
                tried = world.try_at(places, rng)
                work.append((places * N_ITEMS + tried.item, tried.right))
        instrument, outcome = np.array(work).transpose(1, 2, 0).reshape(2, -1)
        lessons = np.repeat(np.arange(self.trial.n_lessons), self.trial.items_a_lesson)
        return ResponseLog.of(
            Alignment.of([(item, [(item // N_ITEMS, 1.0)]) for item in range(n * N_ITEMS)]),
            learner=np.repeat(np.arange(n_learners), lessons.size),
            instrument=instrument.astype(np.int64),
            outcome=outcome,
            time=np.tile(lessons, n_learners),
        )

    def _learners(self, name: str) -> World:
        make = WORLDS[self.world]
        return make(self.trial.n_learners, self.graph, self._rng("school"), self._rng(name))

    def _rng(self, what: str) -> np.random.Generator:
        """Return the chance of one thing, the same whenever it is asked for."""
        seed = (self.seed, *self.world.encode(), *what.encode())
        return np.random.default_rng(seed)


def _soonest(world: World) -> Ints:
    return _best(-np.where(world.is_mastered(), np.inf, world.tries_left()))


_general_row = attrgetter(*(field.name for field in fields(GeneralBelief)[:N_GENERAL]))
_own_row = attrgetter(*(field.name for field in fields(CompetencyBelief)[:N_OWN]))


class _Watched:
    """What the engine believes of everybody, brought up to date with each answer."""

    def __init__(self, model: Model, shape: tuple[int, int]) -> None:
        n_learners, n = shape
        self.model, self.shape, self.keys = model, shape, range(n)
        self.beliefs = [start(model)] * n_learners
        self.place = np.tile(np.arange(n), n_learners)
        self.general = np.tile(_general_row(self.beliefs[0].general), (n_learners, 1))
        self.own = untouched_rows(model, self.keys, self.place).reshape(*shape, N_OWN)

    def see(self, places: Ints, tried: Tried, day: float) -> None:
        """Take in what everybody answered."""
        answers = zip(places.tolist(), tried.item.tolist(), tried.right.tolist(), strict=True)
        for who, (place, item, right) in enumerate(answers):
            event = Event(place * N_ITEMS + item, ((place, 1.0),), right, time=day)
            before, after = self.beliefs[who], update(self.model, self.beliefs[who], event)
            self.beliefs[who] = after
            self.general[who] = _general_row(after.general)
            # Now and then the engine writes out all that waits for the general belief.
            is_written_out = after.general.shrink > before.general.shrink
            for key in self.keys if is_written_out else (place,):
                if key in after.competencies:
                    self.own[who, key] = _own_row(after.competencies[key])

    def standing(self, day: float) -> Standing:
        """Return where everybody stands on a day."""
        n = self.shape[1]
        rows = estimate_rows(
            self.model,
            self.keys,
            self.place,
            np.repeat(self.general, n, axis=0),
            self.own.reshape(-1, N_OWN),
            at=day,
        )
        practice = [getattr(rows.practice, field.name) for field in fields(Practice)]
        return Standing(
            p_mastered=rows.p_mastered.reshape(self.shape),
            success=rows.success.reshape(self.shape),
            variance=(rows.sd**2).reshape(self.shape),
            practice=Practice(*(column.reshape(self.shape) for column in practice)),
            recall=np.ones(self.shape),
            is_demonstrated=np.zeros(self.shape, bool),
        )
