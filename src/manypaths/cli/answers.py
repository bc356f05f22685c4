"""The JSON objects that commands print: the same facts as the pages, in a fixed form."""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from manypaths.base.clock import from_microseconds
from manypaths.base.scope import current_scope
from manypaths.estimates.calibration import CalibrationReport, Subgroup
from manypaths.estimates.evidence_log import MICROSECONDS_A_DAY
from manypaths.estimates.queries import Why
from manypaths.evidence.models import Clock, Rating, Response
from manypaths.mastery import Estimate
from manypaths.mastery.explain import Piece as EnginePiece
from manypaths.people.models import Group, Person
from manypaths.plans.class_lists import Need
from manypaths.plans.offers import Offer
from manypaths.plans.queries import ClassOverview
from manypaths.plans.small_groups import GroupingSuggested

if TYPE_CHECKING:
    from manypaths.mastery.calibration import Figure

Json = dict[str, Any]

_WORDS = {
    "practice": "having worked on it, whatever the outcomes",
    "other": "evidence on other competencies",
    "time": "time that has passed",
}


def offers_answer(learner: Person, offers: Sequence[Offer]) -> Json:
    """Return what a learner could do next."""
    return {
        "learner": str(learner.public_id),
        "offers": [
            {
                "kind": offer.kind.value,
                "competency": str(offer.competency),
                "task": offer.task.source_id,
                "reason": offer.reason,
                "score": offer.score,
            }
            for offer in offers
        ],
    }


def class_answer(overview: ClassOverview) -> Json:
    """Return what a class needs, and everyone's status by competency code."""
    return {
        "group": overview.group.name,
        "needs_help": _needs(overview.needs_help),
        "planned": _needs(overview.planned),
        "chosen_checks": _needs(overview.chosen_checks),
        "supports": [
            {
                "title": support.title,
                "competency": str(support.competency),
                "planned_for": support.planned_for.isoformat(),
                "n_given": support.n_given,
                "n_sessions": support.n_sessions,
                "learners": [_who(one.learner) for one in support.learners.all()],
            }
            for support in overview.supports
        ],
        "ready_to_show": _needs(overview.ready_to_show),
        "ready_to_move_on": _needs(overview.ready_to_move_on),
        "learners": [
            {"id": str(learner.public_id), "name": learner.name, "status": status}
            for learner, status in zip(overview.learners, overview.status, strict=True)
        ],
    }


def groups_answer(group: Group, grouping: GroupingSuggested, *, kept: bool) -> Json:
    """Return the small groups of a day with their reasons, and who is in none."""
    return {
        "group": group.name,
        "date": grouping.held_on.isoformat(),
        "kept": kept,
        "groups": [
            {
                "need": small.need.kind.value,
                "competency": str(small.need.competency),
                "slip": small.need.slip.code if small.need.slip else None,
                "reason": small.reason,
                "learners": [_who(learner) for learner in small.learners],
            }
            for small in grouping.groups
        ],
        "left_alone": [
            {**_who(left.learner), "reason": left.reason} for left in grouping.left_alone
        ],
    }


def why_answer(reasons: Why) -> Json:
    """Return what an estimate rests on; prior and shifts sum to the estimate."""
    row = reasons.estimate
    return {
        "competency": str(reasons.competency),
        "prior": _numbers(reasons.explanation.prior),
        "pieces": [_piece(reasons, piece) for piece in reasons.explanation.pieces],
        "estimate": {
            **_numbers(reasons.explanation.estimate),
            "status": row.status(0).value,
            "certainty": row.certainty(0).value,
            "model": row.model.version,
        },
    }


def calibration_answer(report: CalibrationReport) -> Json:
    """Return for whom the estimates are worse; nothing of it is of few people."""
    return {
        "framework": report.family.title,
        "everyone": _calibration(report.everyone),
        "subgroups": [
            {
                "name": list(subgroup.name),
                **_calibration(subgroup),
                "gaps": {name: _figure(gap) for name, gap in subgroup.calibration.gaps.items()},
                "differs": sorted(subgroup.differs),
            }
            for subgroup in report.subgroups
        ],
        "items": [
            {
                "subgroup": list(odd.name),
                "task": odd.task.source_id,
                "letter": odd.difference.letter,
                "delta": round(odd.difference.delta, 2),
                "error": round(odd.difference.error, 2),
            }
            for odd in report.items
        ],
        "is_partial": report.is_partial,
    }


def _calibration(subgroup: Subgroup) -> Json:
    return {
        "learners": subgroup.n_learners,
        "responses": subgroup.n_responses,
        **{name: _figure(figure) for name, figure in subgroup.calibration.figures.items()},
        "ece_by_chance": round(subgroup.calibration.ece_by_chance, 3),
        "later_work_held": None if subgroup.covered is None else round(subgroup.covered, 2),
    }


def _figure(figure: "Figure") -> Json:
    """Return a figure with its 95 % interval, in as many digits as tell of nobody."""
    return {
        name: None if isnan(value) else round(value, 3)
        for name in ("value", "low", "high")
        for value in [getattr(figure, name)]
    }


def done_at(row: Response | Rating) -> str | None:
    """Return when a piece of work was done: ISO 8601, days since an unknown origin, or None."""
    if row.clock == Clock.NONE:
        return None
    if row.clock == Clock.RELATIVE:
        return f"+{row.done_at / MICROSECONDS_A_DAY:.6f} days"
    return from_microseconds(row.done_at).astimezone(current_scope().zone).isoformat()


def _piece(reasons: Why, piece: EnginePiece) -> Json:
    found = None if piece.event is None else reasons.pieces[piece.event].row
    return {
        "kind": piece.kind,
        "evidence": None if found is None else name_of(found),
        "done_at": None if found is None else done_at(found),
        "about": about(reasons, piece),
        "shift_mean": piece.shift_mean,
        "shift_p": piece.shift_p,
    }


def about(reasons: Why, piece: EnginePiece) -> str:
    """Return in words what a row of an explanation is about."""
    if piece.event is not None:
        return reasons.descriptions[piece.event]
    return _WORDS[piece.kind]


def name_of(row: Response | Rating) -> str:
    """Return the id by which a piece of evidence is named."""
    return f"{type(row).__name__.lower()} {row.pk}"


def _numbers(estimate: Estimate) -> Json:
    return {"mean": estimate.mean, "sd": estimate.sd, "p": estimate.p_mastered}


def _who(learner: Person) -> Json:
    return {"id": str(learner.public_id), "name": learner.name}


def _needs(needs: Sequence[Need]) -> list[Json]:
    return [
        {
            "learner": str(need.learner.public_id),
            "name": need.learner.name,
            "competency": str(need.competency),
            "reason": need.reason,
        }
        for need in needs
    ]
