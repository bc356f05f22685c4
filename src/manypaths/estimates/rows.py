"""Beliefs between the engine and the tables: the same numbers, in rows."""

from collections.abc import Iterable, Mapping
from math import isnan, nan

from manypaths.estimates.models import Belief, FittedModel, GeneralBelief
from manypaths.frameworks.models import Framework
from manypaths.mastery.beliefs import Beliefs, CompetencyBelief
from manypaths.mastery.beliefs import GeneralBelief as EngineGeneral
from manypaths.mastery.log import Key
from manypaths.people.models import Person

GENERAL_FIELDS = ("mean", "variance", "shrink", "moved", "settled")
# In the order of the engine's rows.
OWN_FIELDS = (
    "mean",
    "variance",
    "coupling",
    "moved",
    "settled",
    "touched_at",
    "n_right",
    "n_wrong",
    "n_pieces",
    "n_days",
    "last_day",
    "n_ratings_by_others",
)


def engine_beliefs(general: GeneralBelief, rows: Iterable[Belief]) -> Beliefs:
    """Return the engine's beliefs of a learner from their rows."""
    return Beliefs(
        EngineGeneral(*(getattr(general, name) for name in GENERAL_FIELDS)),
        {row.competency_id: _engine_belief(row) for row in rows},
    )


def save_beliefs(
    learner: Person,
    family: Framework,
    model: FittedModel,
    beliefs: Beliefs,
    *,
    n_events: int,
    last_done_at: int,
    changed: Mapping[Key, CompetencyBelief],
) -> None:
    """Write a learner's general belief and those competencies that changed. Two queries."""
    GeneralBelief.objects.bulk_create(
        [
            GeneralBelief(
                learner=learner,
                family=family,
                model=model,
                n_events=n_events,
                last_done_at=last_done_at,
                **{name: getattr(beliefs.general, name) for name in GENERAL_FIELDS},
            )
        ],
        update_conflicts=True,
        unique_fields=["district_id", "learner", "family"],
        update_fields=["model", "n_events", "last_done_at", *GENERAL_FIELDS],
    )
    Belief.objects.bulk_create(
        [
            Belief(
                learner=learner,
                competency_id=key,
                **{name: _stored(getattr(belief, name)) for name in OWN_FIELDS},
            )
            for key, belief in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["district_id", "learner", "competency"],
        update_fields=list(OWN_FIELDS),
    )


def agree(one: Beliefs, other: Beliefs, *, within: float = 1e-9) -> bool:
    """Say whether two learners' beliefs are the same numbers."""
    if one.competencies.keys() != other.competencies.keys():
        return False
    near = all(
        abs(getattr(one.general, name) - getattr(other.general, name)) <= within
        for name in GENERAL_FIELDS
    )
    return near and all(
        _agree(belief, other.competencies[key], within) for key, belief in one.competencies.items()
    )


def _agree(one: CompetencyBelief, other: CompetencyBelief, within: float) -> bool:
    return all(
        (isnan(a) and isnan(b)) or abs(a - b) <= within
        for a, b in ((getattr(one, name), getattr(other, name)) for name in OWN_FIELDS)
    )


def _engine_belief(row: Belief) -> CompetencyBelief:
    values = {name: getattr(row, name) for name in OWN_FIELDS}
    values["touched_at"] = nan if row.touched_at is None else row.touched_at
    return CompetencyBelief(**values)


def _stored(value: float) -> float | None:
    return None if isnan(value) else value
