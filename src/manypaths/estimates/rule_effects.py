"""What other thresholds would change for whom: statuses by the rules that hold, and by others."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import engine_for, family_of, self_ratings_move
from manypaths.estimates.evidence_log import log_of, self_rated
from manypaths.estimates.models import GeneralBelief
from manypaths.estimates.queries import estimated_competencies
from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import Estimates, believe, day_of, read_beliefs
from manypaths.estimates.words import rules_in_words
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rules import StatusRules
from manypaths.people.access import Actor
from manypaths.people.models import Person

# A page waits for so many learners at most; of more, these are looked at, taken evenly.
MOST_LEARNERS = 3_000
_AT_ONCE = 1_000


@dataclass(frozen=True)
class StatusChange:
    """How many learners' competencies would have another status: from which to which."""

    before: Status
    after: Status
    n: int


@dataclass(frozen=True)
class RuleEffects:
    """Of how many learners some would see another status, and which; nobody is named."""

    n_looked_at: int
    n_learners: int
    n_changed: int
    changes: list[StatusChange]


def effects_of_rules(
    framework: Framework,
    rules: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> RuleEffects:
    """Return what these thresholds would change today. A few queries for each thousand learners.

    `rules` as the framework keeps them: where it departs from the defaults. Raises Refused for bad
    ones.
    """
    family = family_of(framework)
    require_upkeep(by, family)
    changed = _ruled(framework, rules)
    model, competencies = engine_for(family), estimated_competencies(framework)
    ids = list(
        GeneralBelief.objects.filter(family=family)
        .order_by("learner")
        .values_list("learner", flat=True)
    )

    def both(chosen: Sequence[int]) -> Iterator[Estimates]:
        learners = list(Person.objects.filter(pk__in=chosen))
        table = read_beliefs(learners, competencies, family, model)
        for one in (framework, changed):
            yield table.estimates(table.touched(), model, one, day_of(at))

    return _counted(ids, both)


def effects_of_self_ratings(
    framework: Framework, value: bool, *, by: Actor, at: datetime
) -> RuleEffects:
    """Return what would change today if own ratings moved estimates, or moved them no longer.

    Only learners who rated themselves are looked at. A few queries for each thousand of them.
    """
    family = family_of(framework)
    require_upkeep(by, family)
    model, competencies = engine_for(family), estimated_competencies(framework)

    def both(chosen: Sequence[int]) -> Iterator[Estimates]:
        people = Person.objects.in_bulk(chosen)
        for own_move in (self_ratings_move(family), value):
            found = log_of(family, chosen, own_move=own_move)
            learners = [people[key] for key in found.learners.tolist()]
            table = believe(found.log, learners, competencies, model)
            yield table.estimates(table.touched(), model, framework, day_of(at))

    return _counted(self_rated(family), both)


def rules_told(framework: Framework, rules: dict[str, Any], *, by: Actor) -> list[str]:
    """Return in sentences what these thresholds say on a framework. Refuses bad ones."""
    family = family_of(framework)
    require_upkeep(by, family)
    target = None
    if engine_for(family).has_ratings:
        names = [level.spoken.name for level in levels_of(framework)]
        target = names[framework.target_level or 0] if names else ""
    return rules_in_words(_ruled(framework, rules), target=target)


def _ruled(framework: Framework, rules: dict[str, Any]) -> Framework:
    """Return the framework as it would be with other rules. Raises Refused for bad ones."""
    StatusRules.of(rules)
    changed = copy(framework)
    changed.rules = rules
    return changed


def _counted(
    ids: Sequence[int], both: Callable[[Sequence[int]], Iterator[Estimates]]
) -> RuleEffects:
    """Count what differs between two estimates of the same pairs, some learners at a time."""
    chosen = ids[:: -(-len(ids) // MOST_LEARNERS)] if ids else []
    counts = np.zeros((len(STATUSES), len(STATUSES)), np.int64)
    n_changed = 0
    for first in range(0, len(chosen), _AT_ONCE):
        before, after = both(chosen[first : first + _AT_ONCE])
        np.add.at(counts, (before.status_code, after.status_code), 1)
        differs = before.status_code != after.status_code
        n_changed += np.unique(before.pairs.who[differs]).size
    return RuleEffects(len(chosen), len(ids), n_changed, _changes(counts))


def _changes(counts: np.ndarray[Any, Any]) -> list[StatusChange]:  # Any: shape and type of numpy
    found = [
        StatusChange(STATUSES[before], STATUSES[after], int(counts[before, after]))
        for before, after in zip(*np.nonzero(counts), strict=True)
        if before != after
    ]
    return sorted(found, key=lambda change: -change.n)
