"""Calls that read what is believed of learners, why, and what could come next."""

from datetime import datetime
from uuid import UUID

from ninja import Router

from manypaths.api import shapes
from manypaths.api.door import Call, TokenWith, look, on_behalf
from manypaths.api.paging import Cursor, Limit, page_of
from manypaths.api.statuses import answers
from manypaths.base.clock import from_microseconds, now
from manypaths.estimates.queries import Why, estimates_of
from manypaths.estimates.queries import why as find_why
from manypaths.estimates.table import Estimates
from manypaths.evidence.models import Clock, Rating, Response
from manypaths.frameworks.access import framework_for
from manypaths.frameworks.queries import competency_for, levels_of
from manypaths.mastery import Estimate
from manypaths.mastery.explain import Piece
from manypaths.people.access import TokenScope, group_for, person_for
from manypaths.people.queries import learners_of
from manypaths.plans.queries import next_steps as find_steps

router = Router(auth=TokenWith(TokenScope.READ_ESTIMATES), tags=["Learners"])

_WORDS = {
    "practice": "having worked on it, whatever the outcomes",
    "other": "evidence on other competencies",
    "time": "time that has passed",
}


@router.get(
    "/learners/{uuid:learner_id}/estimates",
    response=answers(shapes.EstimatesShape),
    url_name="estimates",
)
@on_behalf
def estimates(request: Call, learner_id: UUID, framework: UUID) -> shapes.EstimatesShape:
    """Give a learner's estimates and statuses on a framework."""
    learner = person_for(request.by, learner_id)
    found = framework_for(request.by, framework)
    look(request, learner)
    table = estimates_of([learner], found, by=request.by, at=now())
    levels = [level.code for level in levels_of(found)]
    return shapes.EstimatesShape(
        learner=learner.public_id,
        framework=found.public_id,
        model=table.model.version,
        estimates=[_estimate(table, row, levels) for row in range(len(table))],
    )


@router.get("/learners/{uuid:learner_id}/why", response=answers(shapes.WhyShape), url_name="why")
@on_behalf
def why(request: Call, learner_id: UUID, competency: UUID) -> shapes.WhyShape:
    """Say what moved a learner's estimate of a competency: rows that sum to it."""
    learner = person_for(request.by, learner_id)
    found = competency_for(competency, by=request.by)
    framework_for(request.by, found.framework.public_id)
    look(request, learner)
    reasons = find_why(learner, found, by=request.by, at=now())
    return shapes.WhyShape(
        learner=learner.public_id,
        competency=found.public_id,
        model=reasons.estimate.model.version,
        status=reasons.estimate.status(0).value,
        certainty=reasons.estimate.certainty(0).value,
        prior=_numbers(reasons.explanation.prior),
        rows=[_why_row(reasons, piece) for piece in reasons.explanation.pieces],
        estimate=_numbers(reasons.explanation.estimate),
    )


@router.get(
    "/learners/{uuid:learner_id}/next-steps",
    response=answers(shapes.StepsShape),
    url_name="next_steps",
)
@on_behalf
def next_steps(request: Call, learner_id: UUID, framework: UUID) -> shapes.StepsShape:
    """Give the next steps that a learner is offered on a framework, with reasons."""
    learner = person_for(request.by, learner_id)
    found = framework_for(request.by, framework)
    look(request, learner)
    return shapes.StepsShape(
        learner=learner.public_id,
        framework=found.public_id,
        steps=[
            shapes.StepShape(
                kind=step.kind.value,
                competency=step.competency.public_id,
                task=step.task.public_id,
                task_title=step.task.spoken.title,
                reason=step.reason,
            )
            for step in find_steps(learner, found, by=request.by, at=now())
        ],
    )


@router.get(
    "/groups/{uuid:group_id}/status",
    response=answers(shapes.GroupStatusShape),
    url_name="group_status",
)
@on_behalf
def group_status(
    request: Call, group_id: UUID, framework: UUID, cursor: Cursor = None, limit: Limit = 100
) -> shapes.GroupStatusShape:
    """Give the statuses of all learners of a group on a framework."""
    group = group_for(request.by, group_id)
    found = framework_for(request.by, framework)
    look(request, group)
    learners = sorted(learners_of(group, by=request.by), key=lambda one: one.public_id)
    later = [one for one in learners if cursor is None or one.public_id > cursor]
    page, following = page_of(later[: limit + 1], limit)
    table = estimates_of(page, found, by=request.by, at=now())
    competencies = table.pairs.competencies
    status: list[dict[str, str]] = [{} for _ in page]
    for row, (who, what) in enumerate(zip(table.pairs.who, table.pairs.what, strict=True)):
        status[who][str(competencies[what].public_id)] = table.status(row).value
    return shapes.GroupStatusShape(
        group=group.public_id,
        framework=found.public_id,
        items=[
            shapes.StatusShape(learner=learner.public_id, status=words)
            for learner, words in zip(page, status, strict=True)
        ],
        next=following,
    )


def _estimate(table: Estimates, row: int, levels: list[str]) -> shapes.EstimateShape:
    competency = table.pairs.competencies[table.pairs.what[row]]
    level = int(table.level[row])
    return shapes.EstimateShape(
        competency=competency.public_id,
        code=competency.code,
        status=table.status(row).value,
        certainty=table.certainty(row).value,
        p_mastered=float(table.numbers.p_mastered[row]),
        mean=float(table.numbers.mean[row]),
        sd=float(table.numbers.sd[row]),
        n_pieces=int(table.n_pieces[row]),
        level=levels[level] if 0 <= level < len(levels) else None,
    )


def _numbers(estimate: Estimate) -> shapes.NumbersShape:
    return shapes.NumbersShape(p_mastered=estimate.p_mastered, mean=estimate.mean, sd=estimate.sd)


def _done_at(row: Response | Rating) -> datetime | None:
    return from_microseconds(row.done_at) if row.clock == Clock.CALENDAR else None


def _why_row(reasons: Why, piece: Piece) -> shapes.WhyRowShape:
    place = piece.event
    return shapes.WhyRowShape(
        kind=piece.kind,
        about=_WORDS[piece.kind] if place is None else reasons.descriptions[place],
        done_at=None if place is None else _done_at(reasons.pieces[place].row),
        shift_p=piece.shift_p,
        shift_mean=piece.shift_mean,
    )
