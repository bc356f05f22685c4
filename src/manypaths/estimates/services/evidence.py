"""Take evidence in, correct it or take it back: the log and the beliefs in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from manypaths.base.kept import FRAMEWORKS, MODELS, atomic_beside
from manypaths.estimates.engine import family_of, self_ratings_move
from manypaths.estimates.evidence_log import (
    families_of,
    families_shown,
    rating_event,
    response_event,
    shares_by_task,
)
from manypaths.estimates.services.fitting import fit_family, is_unfitted
from manypaths.estimates.services.replaying import (
    MANY_LEARNERS,
    bring_in,
    lock,
    model_for,
    rebuild_learners,
    replay_one,
)
from manypaths.estimates.telling import note_moves
from manypaths.evidence import services as evidence
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.files import CheckedFile
from manypaths.evidence.models import Artifact, ArtifactKind, Rating, Response, Task
from manypaths.evidence.services import Piece
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor
from manypaths.people.models import Group, Organization, Person


@atomic_beside(FRAMEWORKS, MODELS)
def take_in(draft: ResponseDraft, *, by: Actor, at: datetime) -> Response:
    """Record a response and move the learner's beliefs by it."""
    lock(draft.learner)
    response = evidence.record_response(draft, by=by, at=at)
    for family in families_shown(response.task_id):
        shares = shares_by_task(family)
        bring_in(
            draft.learner,
            family,
            model_for(family, at=at),
            event=response_event(response, shares[response.task_id]),
            done_at=response.done_at,
            shares=shares,
        )
        note_moves([draft.learner.pk], family, at=at)
    return response


@transaction.atomic
def take_in_rating(draft: RatingDraft, *, by: Actor, at: datetime) -> Rating:
    """Record a rating and move the learner's beliefs by it."""
    lock(draft.learner)
    rating = evidence.record_rating(draft, by=by, at=at)
    family = family_of(draft.competency.framework)
    bring_in(
        draft.learner,
        family,
        model_for(family, at=at),
        event=rating_event(rating, own_move=self_ratings_move(family)),
        done_at=rating.done_at,
        shares=shares_by_task(family),
    )
    note_moves([draft.learner.pk], family, at=at)
    return rating


@transaction.atomic
def take_in_responses(
    columns: ResponseColumns,
    *,
    organization: Organization,
    by: Actor,
    at: datetime,
    file_sha256: str = "",
) -> range:
    """Record many responses as one deed and bring their learners' beliefs along."""
    ids = evidence.record_responses(
        columns, organization=organization, by=by, at=at, file_sha256=file_sha256
    )
    learners = np.unique(columns.learner).tolist()
    for family in _families(np.unique(columns.task).tolist()):
        if is_unfitted(family):
            # There is nothing to compare a first model with, so it comes into force at once.
            fit_family(family, by=by, at=at)
        else:
            bring_along(family, learners, at=at)
        note_moves(learners, family, at=at)
    return ids


@transaction.atomic
def take_in_handed_on(
    columns: ResponseColumns, *, organization: Organization, by: Actor, at: datetime
) -> range:
    """Record responses that a program hands on as one deed; bring their learners' beliefs along.

    No model is fitted to them, however few there were before: in whatever portions the same
    responses come, the same model speaks of them.
    """
    ids = evidence.record_responses(columns, organization=organization, by=by, at=at)
    learners = np.unique(columns.learner).tolist()
    for family in _families(np.unique(columns.task).tolist()):
        bring_along(family, learners, at=at)
        note_moves(learners, family, at=at)
    return ids


@transaction.atomic
def take_in_ratings(
    drafts: Sequence[RatingDraft], *, organization: Organization, by: Actor, at: datetime
) -> list[Rating]:
    """Record many ratings as one deed and bring their learners' beliefs along."""
    ratings = evidence.record_ratings(drafts, organization=organization, by=by, at=at)
    _bring_along_rated(ratings, at=at)
    return ratings


@transaction.atomic
def take_in_class_ratings(
    drafts: Sequence[RatingDraft], *, group: Group, by: Actor, at: datetime
) -> list[Rating]:
    """Record a teacher's ratings of a class as one deed and bring its learners' beliefs along."""
    ratings = evidence.record_class_ratings(drafts, group=group, by=by, at=at)
    _bring_along_rated(ratings, at=at)
    return ratings


@transaction.atomic
def withdraw_class_ratings(
    *, group: Group, recorded_at: int, reason: str, by: Actor, at: datetime
) -> int:
    """Withdraw what `by` rated of a class at one moment; return how many ratings."""
    ratings = evidence.withdraw_class_ratings(
        group=group, recorded_at=recorded_at, reason=reason, by=by, at=at
    )
    _bring_along_rated(ratings, at=at, is_evidence=False)
    return len(ratings)


@transaction.atomic
def take_in_artifact(
    learner: Person,
    *,
    kind: ArtifactKind,
    title: str,
    done_at: datetime,
    by: Actor,
    at: datetime,
    task: Task | None = None,
    competency: Competency | None = None,
    text: str = "",
    link: str = "",
    file: CheckedFile | None = None,
    key: UUID | None = None,
) -> Artifact:
    """Record a piece of work. It moves no belief: the ratings that point to it do."""
    lock(learner)  # so that the same handing-in twice at once is recorded once
    return evidence.record_artifact(
        learner,
        kind=kind,
        title=title,
        done_at=done_at,
        by=by,
        at=at,
        task=task,
        competency=competency,
        text=text,
        link=link,
        file=file,
        key=key,
    )


@transaction.atomic
def withdraw(piece: Piece, *, reason: str, by: Actor, at: datetime) -> Piece:
    """Withdraw a piece of evidence: beliefs become as if it had never come."""
    lock(piece.learner)
    evidence.withdraw_evidence(piece, reason=reason, by=by, at=at)
    for family in _families_of_piece(piece):
        replay_one(piece.learner, family, model_for(family, at=at))
        note_moves([piece.learner.pk], family, at=at, is_evidence=False)
    return piece


@transaction.atomic
def correct_response(
    response: Response,
    *,
    outcome: float,
    reason: str,
    by: Actor,
    at: datetime,
    chosen: int | None = None,
) -> Response:
    """Withdraw a response and record it anew with another outcome, on the date of the work."""
    lock(response.learner)
    corrected = evidence.correct_response(
        response, outcome=outcome, chosen=chosen, reason=reason, by=by, at=at
    )
    for family in _families_of_piece(corrected):
        replay_one(response.learner, family, model_for(family, at=at))
        note_moves([response.learner.pk], family, at=at)
    return corrected


@transaction.atomic
def withdraw_responses(
    ids: Sequence[int], *, organization: Organization, reason: str, by: Actor, at: datetime
) -> int:
    """Withdraw many responses as one deed and bring their learners' beliefs along.

    Returns how many stood until now.
    """
    done = evidence.withdraw_responses(ids, organization=organization, reason=reason, by=by, at=at)
    for family in _families(done.tasks):
        bring_along(family, sorted(done.learners), at=at)
        note_moves(sorted(done.learners), family, at=at, is_evidence=False)
    return done.n


def _families(tasks: Iterable[int]) -> list[Framework]:
    return list(Framework.objects.filter(pk__in=families_of(tasks)))


def _families_of_piece(piece: Piece) -> list[Framework]:
    if isinstance(piece, Response):
        return _families([piece.task_id])
    if isinstance(piece, Rating):
        return [family_of(piece.competency.framework)]
    return []


def _bring_along_rated(
    ratings: Sequence[Rating], *, at: datetime, is_evidence: bool = True
) -> None:
    learners = sorted({rating.learner_id for rating in ratings})
    for family in {family_of(rating.competency.framework) for rating in ratings}:
        bring_along(family, learners, at=at)
        note_moves(learners, family, at=at, is_evidence=is_evidence)


def bring_along(family: Framework, learners: Sequence[int], *, at: datetime) -> None:
    """Bring the beliefs of learners in line with evidence that came or went."""
    model = model_for(family, at=at)
    if len(learners) > MANY_LEARNERS:
        rebuild_learners(family, model, learners)
        return
    shares = shares_by_task(family)
    # In one order, so that two such deeds never wait for each other.
    for learner in Person.objects.filter(pk__in=learners).order_by("pk"):
        lock(learner)
        replay_one(learner, family, model, shares=shares)
