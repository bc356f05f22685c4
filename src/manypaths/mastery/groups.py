"""Who works together tomorrow: groups of the same need, of fitting sizes, and newly mixed.

Which needs get how many groups, and who joins which, is one mixed-integer assignment problem; those
who were together lately are then parted by exchanging them as long as that helps.

Shapes: `fit` and all that is chosen by it, (n_learners, n_needs); `together`,
(n_learners, n_learners); `joined`, (n_learners, n_groups).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from manypaths.mastery.log import Floats, Ints, Key

Claims = NDArray[np.bool_]

# In parts of what a perfectly fitting need is worth to one learner: each group more asks for
# somebody's attention, and a pair that was together last week learns less that is new.
COST_OF_GROUP, COST_OF_PAIR = 0.5, 0.15
_ENOUGH = 1e-9
# Up to so many learners the best is found; beyond, one that is at most this much worse a learner.
_FEW, _NEAR_ENOUGH = 30, 0.003


@dataclass(frozen=True)
class Sizes:
    """How many learners a group has: from `least` to `most`."""

    least: int = 3
    most: int = 6

    def __post_init__(self) -> None:
        """Raise ValueError for sizes that no group could have."""
        if not 1 <= self.least <= self.most:
            raise ValueError(f"sizes go from 1 up; got from {self.least} to {self.most}")


STUDENTS, ADULTS = Sizes(3, 6), Sizes(6, 10)


class LeftOut(Enum):
    """Why a learner is in no group."""

    NO_NEED = "needs nothing that a group could be about"
    TOO_FEW = "too few share what they need"
    NO_ROOM = "the sizes leave no room"


@dataclass(frozen=True)
class SuggestedGroup:
    """Learners who could work together on one need."""

    need: Key
    learners: tuple[Key, ...]


@dataclass(frozen=True)
class Suggestion:
    """All groups, and whoever is in none with the reason."""

    groups: tuple[SuggestedGroup, ...]
    left_out: Mapping[Key, LeftOut]


def suggest_groups(
    fit: Mapping[Key, Mapping[Key, float]],
    together: Mapping[tuple[Key, Key], float],
    *,
    sizes: Sizes = STUDENTS,
) -> Suggestion:
    """Return groups of learners with the same need, newly mixed.

    `fit[learner][need]` says how well working on a need suits a learner, from 0 (not at all, and
    so never) to 1; `together` how much two were together lately: 1 for last week, in any order of
    the two. As many as possible are placed; among such groupings the one is sought with the
    largest sum of fit, less the cost of groups and of pairs. Without pairs it is the best there
    is (beyond 30 learners, all but the best); with them, one that no exchange of two and no move
    of one improves. The same for any order
    in which learners and needs are given. Raises ValueError for a fit outside [0, 1], or a weight
    of a pair that is no number from 0 up.
    """
    learners = _in_order(fit)
    needs = _in_order({need for own in fit.values() for need in own})
    table = _fit_table(fit, learners, needs)
    met = _pair_table(together, learners)
    joins, n_groups = _assign(table, sizes)
    joined, need_of = _deal(joins, n_groups)
    joined = _part(joined, table[:, need_of], met, sizes)
    groups = [
        SuggestedGroup(needs[need], tuple(learners[who] for who in np.nonzero(members)[0]))
        for need, members in zip(need_of.tolist(), joined.T, strict=True)
    ]
    left_out = {
        learners[who]: _reason(table, who, sizes)
        for who in np.nonzero(~joined.any(axis=1))[0].tolist()
    }
    return Suggestion(tuple(groups), left_out)


def _in_order(keys: Iterable[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (isinstance(key, str), key))


def _fit_table(
    fit: Mapping[Key, Mapping[Key, float]], learners: list[Key], needs: list[Key]
) -> Floats:
    place = {need: number for number, need in enumerate(needs)}
    table = np.zeros((len(learners), len(needs)))
    for row, learner in enumerate(learners):
        for need, suits in fit[learner].items():
            if not 0 <= suits <= 1:
                raise ValueError(f"fit of {learner!r} to {need!r} must lie in [0, 1]; got {suits}")
            table[row, place[need]] = suits
    return table


def _pair_table(together: Mapping[tuple[Key, Key], float], learners: list[Key]) -> Floats:
    place = {learner: number for number, learner in enumerate(learners)}
    table = np.zeros((len(learners), len(learners)))
    for (one, other), weight in together.items():
        if not (weight >= 0 and isfinite(weight)):
            raise ValueError(f"{one!r} and {other!r} were together {weight}; allowed: from 0 up")
        if one != other and one in place and other in place:
            table[place[one], place[other]] += weight
            table[place[other], place[one]] += weight
    return table


def _assign(table: Floats, sizes: Sizes) -> tuple[Claims, Ints]:
    """Return who joins which need, and how many groups each need gets.

    A variable a learner and need that fits, then a number of groups a need. For given numbers the
    rest is a transportation problem, which has whole solutions of its own: only the numbers are
    branched on.
    """
    # They take a third of a second to load, for which no other command is to wait.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_array, csr_array, eye_array

    n_learners, n_needs = table.shape
    joins = np.zeros(table.shape, bool)
    who, what = np.nonzero(table)
    if not who.size:
        return joins, np.zeros(n_needs, np.int64)
    pair = np.arange(who.size)
    each_learner = csr_array((np.ones(who.size), (who, pair)), shape=(n_learners, who.size))
    each_need = csr_array((np.ones(who.size), (what, pair)), shape=(n_needs, who.size))
    rows = block_array(
        [
            [each_learner, csr_array((n_learners, n_needs))],
            [each_need, -sizes.most * eye_array(n_needs)],
            [-each_need, sizes.least * eye_array(n_needs)],
        ],
        format="csr",
    )
    most_groups = np.bincount(what, minlength=n_needs) // sizes.least
    # More than the fit of all together: whoever can be placed is.
    cost_of_leaving_out = 1.0 + n_learners
    worth = table[who, what] + cost_of_leaving_out
    gap = 0.0 if n_learners <= _FEW else _NEAR_ENOUGH / cost_of_leaving_out
    found = milp(
        -np.concatenate((worth, np.full(n_needs, -COST_OF_GROUP))),
        integrality=np.repeat([0, 1], [who.size, n_needs]),
        bounds=Bounds(0, np.concatenate((np.ones(who.size), most_groups))),
        constraints=LinearConstraint(
            rows, -np.inf, np.concatenate((np.ones(n_learners), np.zeros(2 * n_needs)))
        ),
        options={"mip_rel_gap": gap},
    )
    chosen = found.x[: who.size] > 0.5
    joins[who[chosen], what[chosen]] = True
    return joins, np.rint(found.x[who.size :]).astype(np.int64)


def _deal(joins: Claims, n_groups: Ints) -> tuple[Claims, Ints]:
    """Return who joins which group, each need's learners dealt out in turn, and groups' needs."""
    need_of = np.repeat(np.arange(n_groups.size), n_groups)
    joined = np.zeros((len(joins), need_of.size), bool)
    first = np.cumsum(n_groups) - n_groups
    for need in np.nonzero(n_groups)[0]:
        members = np.nonzero(joins[:, need])[0]
        joined[members, first[need] + np.arange(members.size) % n_groups[need]] = True
    return joined, need_of


def _part(joined: Claims, fit: Floats, together: Floats, sizes: Sizes) -> Claims:
    """Return the groups after the best exchange of two, or move of one, as long as one helps."""
    joined, fits = joined.copy(), fit > 0
    while joined.size:
        value = fit - COST_OF_PAIR * (together @ joined)
        exchange, move = (
            _exchanges(joined, value, fits, together),
            _moves(joined, value, fits, sizes),
        )
        if max(exchange.max(), move.max()) <= _ENOUGH:
            break
        if exchange.max() >= move.max():
            one, other = np.unravel_index(np.argmax(exchange), exchange.shape)
            joined[[one, other]] = joined[[other, one]]
        else:
            one, group = np.unravel_index(np.argmax(move), move.shape)
            joined[one] = np.arange(joined.shape[1]) == group
    return joined


def _exchanges(joined: Claims, value: Floats, fits: Claims, together: Floats) -> Floats:
    """Return what is gained where two change places, shape (n_learners, n_learners).

    `value` is what each learner is worth in each group as it is, shape (n_learners, n_groups).
    """
    placed: Claims = np.any(joined, axis=1)
    group = np.argmax(joined, axis=1)
    here = value[np.arange(group.size), group]
    # What each learner would be worth in the place of each other one, who leaves it.
    there = value[:, group] + COST_OF_PAIR * together
    gained = there + there.T - here[:, np.newaxis] - here
    can = fits[:, group]
    allowed = placed[:, np.newaxis] & placed & can & can.T & (group[:, np.newaxis] != group)
    return np.where(allowed, gained, -np.inf)


def _moves(joined: Claims, value: Floats, fits: Claims, sizes: Sizes) -> Floats:
    """Return what is gained where one goes to another group, shape (n_learners, n_groups)."""
    here = np.where(joined, value, 0.0).sum(axis=1, keepdims=True)
    size = joined.sum(axis=0)
    may_leave = (joined & (size > sizes.least)).any(axis=1, keepdims=True)
    allowed = may_leave & ~joined & fits & (size < sizes.most)
    return np.where(allowed, value - here, -np.inf)


def _reason(table: Floats, who: int, sizes: Sizes) -> LeftOut:
    own = table[who] > 0
    if not own.any():
        return LeftOut.NO_NEED
    if ((table[:, own] > 0).sum(axis=0) < sizes.least).all():
        return LeftOut.TOO_FEW
    return LeftOut.NO_ROOM
