"""What is believed now: estimates with their status, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan, nan

from manypaths.base.clock import to_microseconds
from manypaths.base.scope import current_scope
from manypaths.estimates.engine import engine_for, family_of
from manypaths.estimates.evidence_log import Piece, days_since_1970, pieces_of
from manypaths.estimates.table import FIRST_CALENDAR_DAY, Estimates, Pairs, read_beliefs
from manypaths.evidence.queries import shown_lineages
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.queries import leaves, tree
from manypaths.mastery.explain import Explanation
from manypaths.mastery.explain import why as explain
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person


@dataclass(frozen=True)
class Why:
    """Where an estimate comes from: the engine's rows with the pieces of evidence behind them.

    `pieces` are all of the learner's evidence on the family; the events of the explanation are
    their places. `estimate` has one row, with the status.
    """

    competency: Competency
    explanation: Explanation
    pieces: Sequence[Piece]
    estimate: Estimates


def estimated_competencies(framework: Framework) -> list[Competency]:
    """Return the competencies of a framework that are estimated, in the order of the tree.

    Those that a task shows; where the framework has no tasks yet, its leaves.
    """
    shown = shown_lineages(framework)
    found = [node.competency for node in tree(framework) if node.competency.lineage_id in shown]
    return found or leaves(framework)


def estimates_of(
    learners: Sequence[Person],
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
    competencies: Sequence[Competency] | None = None,
) -> Estimates:
    """Return estimates of learners whom `by` may see, on every competency, learner by learner.

    `competencies` are all that are estimated unless given. A fixed number of queries.
    """
    require_sight(by, learners)
    shown = estimated_competencies(framework) if competencies is None else competencies
    family = family_of(framework)
    model = engine_for(family)
    table = read_beliefs(learners, shown, family, model)
    return table.estimates(Pairs.every(learners, shown), model, framework, _today(at))


def estimates_with_evidence(
    learners: Sequence[Person], framework: Framework, *, by: Actor, at: datetime
) -> Estimates:
    """Return estimates of learners whom `by` may see, where there is evidence. Fixed queries."""
    require_sight(by, learners)
    family = family_of(framework)
    model = engine_for(family)
    table = read_beliefs(learners, estimated_competencies(framework), family, model)
    return table.estimates(table.touched(), model, framework, _today(at))


def why(learner: Person, competency: Competency, *, by: Actor, at: datetime) -> Why:
    """Return what moved a learner's estimate of a competency, from the evidence itself."""
    require_sight(by, [learner])
    family = family_of(competency.framework)
    pieces = pieces_of(learner, family)
    events = [piece.event for piece in pieces]
    times = [event.time for event in events if not isnan(event.time)]
    # Without a calendar nobody can say how long ago the work was.
    now = _today(at) if times and max(times) >= FIRST_CALENDAR_DAY else nan
    return Why(
        competency=competency,
        explanation=explain(engine_for(family), events, competency.lineage_id or 0, at=now),
        pieces=pieces,
        estimate=estimates_of(
            [learner], competency.framework, by=by, at=at, competencies=[competency]
        ),
    )


def _today(at: datetime) -> float:
    """Return the beginning of the district's day, in days since 1970.

    Forgetting is counted in whole days, so that all screens agree with each other all day.
    """
    local = at.astimezone(current_scope().zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return days_since_1970(to_microseconds(midnight))
