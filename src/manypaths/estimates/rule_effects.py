"""What other thresholds would change for whom: statuses by the rules that hold, and by others."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from manypaths.estimates.access import require_upkeep
from manypaths.estimates.engine import engine_for, family_of
from manypaths.estimates.models import GeneralBelief
from manypaths.estimates.queries import estimated_competencies
from manypaths.estimates.status import STATUSES, Status
from manypaths.estimates.table import day_of, read_beliefs
from manypaths.frameworks.models import Framework
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
    StatusRules.of(rules)
    changed = copy(framework)
    changed.rules = rules
    model, competencies = engine_for(family), estimated_competencies(framework)
    ids = list(
        GeneralBelief.objects.filter(family=family)
        .order_by("learner")
        .values_list("learner", flat=True)
    )
    chosen = ids[:: -(-len(ids) // MOST_LEARNERS)] if ids else []
    counts = np.zeros((len(STATUSES), len(STATUSES)), np.int64)
    n_changed = 0
    for first in range(0, len(chosen), _AT_ONCE):
        learners = list(Person.objects.filter(pk__in=chosen[first : first + _AT_ONCE]))
        table = read_beliefs(learners, competencies, family, model)
        pairs = table.touched()
        before, after = (
            table.estimates(pairs, model, one, day_of(at)).status_code
            for one in (framework, changed)
        )
        np.add.at(counts, (before, after), 1)
        n_changed += np.unique(pairs.who[before != after]).size
    return RuleEffects(len(chosen), len(ids), n_changed, _changes(counts))


def _changes(counts: np.ndarray[Any, Any]) -> list[StatusChange]:  # Any: shape and type of numpy
    found = [
        StatusChange(STATUSES[before], STATUSES[after], int(counts[before, after]))
        for before, after in zip(*np.nonzero(counts), strict=True)
        if before != after
    ]
    return sorted(found, key=lambda change: -change.n)
