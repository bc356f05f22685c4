"""Record evidence and withdraw it. Called by `estimates.services`, which brings beliefs along."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE, in_chunks, insert_columns
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.ids import new_public_id
from manypaths.evidence.access import (
    require_rating,
    require_rating_handed_on,
    require_recording,
    require_recording_of_many,
    require_withdrawal,
)
from manypaths.evidence.checks import (
    require_past,
    require_possible,
    require_room,
    require_something,
    require_sound,
    require_tasks,
)
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.files import CheckedFile
from manypaths.evidence.links import safe_link
from manypaths.evidence.models import (
    Artifact,
    ArtifactKind,
    RaterRole,
    Rating,
    Response,
    Task,
    Withdrawal,
)
from manypaths.evidence.storage import keep_file
from manypaths.frameworks.models import Competency
from manypaths.people.access import (
    Actor,
    Integration,
    require_group_sight,
    require_leadership,
    require_meeting,
    require_person,
    require_sight,
    require_teaching,
)
from manypaths.people.models import Group, Membership, Organization, Part, Person, User

Piece = Response | Rating | Artifact


@dataclass(frozen=True)
class Withdrawn:
    """How many responses stood until they were withdrawn; their learners and tasks, as row ids."""

    n: int
    learners: Collection[int]
    tasks: Collection[int]


@transaction.atomic
def record_response(draft: ResponseDraft, *, by: Actor, at: datetime) -> Response:
    """Record one response. Raises Refused for an outcome, attempt or answer that can't be."""
    require_recording(by, draft.learner)
    require_possible(draft, at)
    response = Response.objects.create(
        learner=draft.learner,
        task=draft.task,
        outcome=draft.outcome,
        chosen=draft.chosen,
        attempt=draft.attempt,
        done_at=to_microseconds(draft.done_at),
        recorded_at=to_microseconds(at),
        recorded_by=by.actor_id,
    )
    record_deed("record response", by=by, at=at, subject=("response", response.pk))
    return response


@transaction.atomic
def record_responses(
    columns: ResponseColumns,
    *,
    organization: Organization,
    by: Actor,
    at: datetime,
    file_sha256: str = "",
) -> range:
    """Record many responses as one deed; return the range of their ids.

    For imports and whole-class work of an organization that `by` leads, or serves as an
    integration. Raises NotFound for a learner whom `by` does not teach, or a task that is not
    there.
    """
    require_recording_of_many(by, np.unique(columns.learner).tolist(), organization)
    require_tasks(np.unique(columns.task).tolist())
    n = len(columns)
    ids = insert_columns(
        Response,
        {
            "learner_id": columns.learner,
            "task_id": columns.task,
            "outcome": columns.outcome,
            "chosen": np.ma.masked_equal(columns.chosen, -1),
            "attempt": columns.attempt,
            "done_at": columns.done_at,
            "clock": columns.clock,
            "recorded_at": np.full(n, to_microseconds(at)),
            "recorded_by": [by.actor_id] * n,
        },
    )
    record_deed(
        "record responses",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        count=n,
        first_id=ids.start,
        last_id=ids.stop - 1,
        sha256=file_sha256,
    )
    return ids


@transaction.atomic
def record_rating(draft: RatingDraft, *, by: Actor, at: datetime) -> Rating:
    """Record one rating. Raises Refused for a level that the scale lacks, or a role not held."""
    require_rating(by, draft.learner, draft.rater, draft.role)
    require_sound(draft, at)
    rating = Rating.objects.create(**_values_of(draft, by, at))
    record_deed("record rating", by=by, at=at, subject=("rating", rating.pk))
    return rating


@transaction.atomic
def record_ratings(
    drafts: Sequence[RatingDraft], *, organization: Organization, by: Actor, at: datetime
) -> list[Rating]:
    """Record many ratings as one deed, for an organization that `by` leads or serves.

    Raises NotFound for a learner whom `by` does not teach, or a rater whom they may not see,
    Refused for a rater who does not rate the learner so, where an integration hands them on.
    """
    require_recording_of_many(by, [draft.learner.pk for draft in drafts], organization)
    require_sight(by, list({draft.rater.pk: draft.rater for draft in drafts}.values()))
    if isinstance(by, Integration):
        for learner, rater, role in {(one.learner, one.rater, one.role) for one in drafts}:
            require_rating_handed_on(learner, rater, role)
    for draft in drafts:
        require_sound(draft, at)
    ratings = Rating.objects.bulk_create(
        [Rating(**_values_of(draft, by, at)) for draft in drafts], AT_ONCE
    )
    record_deed(
        "record ratings",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        count=len(ratings),
    )
    return ratings


@transaction.atomic
def record_class_ratings(
    drafts: Sequence[RatingDraft], *, group: Group, by: Actor, at: datetime
) -> list[Rating]:
    """Record a teacher's ratings of learners of a group as one deed.

    Raises NotFound unless `by` leads the group and teaches all of them, Refused for a rating in
    another's name.
    """
    require_group_sight(by, group)
    require_meeting(group)
    require_teaching(by, [draft.learner.pk for draft in drafts])
    for draft in drafts:
        if isinstance(by, User) and draft.rater.user_id != by.pk:
            raise Refused(gettext("A rating is given in one's own name."))
        if draft.role != RaterRole.TEACHER:
            raise Refused(gettext("A class is rated by its teacher."))
        if draft.learner.pk == draft.rater.pk:
            raise Refused(gettext("Nobody rates themself as their teacher."))
        require_sound(draft, at)
    ratings = Rating.objects.bulk_create(
        [Rating(**_values_of(draft, by, at)) for draft in drafts], AT_ONCE
    )
    record_deed(
        "record class ratings", by=by, at=at, subject=("group", group.pk), count=len(ratings)
    )
    return ratings


@transaction.atomic
def withdraw_class_ratings(
    *, group: Group, recorded_at: int, reason: str, by: Actor, at: datetime
) -> list[Rating]:
    """Mark the ratings that `by` gave a group at one moment as withdrawn, as one deed."""
    require_group_sight(by, group)
    learners = Membership.objects.filter(group=group, part=Part.LEARNER).values("person")
    standing = Rating.objects.standing().filter(
        learner__in=learners, recorded_at=recorded_at, recorded_by=by.actor_id
    )
    ratings = list(standing.select_related("competency__framework__family"))
    withdrawal = _give_reason(reason, by=by, at=at)
    rows = Rating.objects.standing().filter(pk__in=[rating.pk for rating in ratings])
    rows.update(withdrawal=withdrawal)
    record_deed(
        "withdraw class ratings", by=by, at=at, subject=("group", group.pk), count=len(ratings)
    )
    return ratings


@transaction.atomic
def record_artifact(
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
    """Record a piece of work that ratings can point to. Raises Refused for an empty one.

    `key` is one that a page made up for this handing-in: the same one again changes nothing, and
    returns what was recorded then. Raises Refused for more files than one person may keep here.
    """
    require_person(by)
    require_recording(by, learner)
    known = _recorded_before(learner, key)
    if known is not None:
        return known
    require_past(done_at, at)
    require_something(kind, title, text, file)
    if file is not None:
        require_room(learner, len(file.content))
    artifact = Artifact.objects.create(
        public_id=_fresh(key),
        learner=learner,
        task=task,
        competency=competency,
        kind=kind,
        title=title.strip(),
        text=text,
        link=safe_link(link) if link or kind in (ArtifactKind.LINK, ArtifactKind.VIDEO) else "",
        done_at=to_microseconds(done_at),
        recorded_at=to_microseconds(at),
        recorded_by=by.actor_id,
        **_file_fields(file),
    )
    if file is not None:
        keep_file(artifact.public_id, file.content)
    record_deed("record artifact", by=by, at=at, subject=("artifact", artifact.pk))
    return artifact


@transaction.atomic
def withdraw_evidence(piece: Piece, *, reason: str, by: Actor, at: datetime) -> Piece:
    """Mark one piece of evidence as withdrawn: it stays readable and no longer counts.

    Raises Refused without a reason, or where it was withdrawn before.
    """
    require_withdrawal(by, piece, piece.learner)
    _withdraw(piece, reason=reason, by=by, at=at)
    kind = type(piece).__name__.lower()
    record_deed(f"withdraw {kind}", by=by, at=at, subject=(kind, piece.pk))
    return piece


@transaction.atomic
def correct_response(
    response: Response, *, outcome: float, chosen: int | None, reason: str, by: Actor, at: datetime
) -> Response:
    """Withdraw a response and record it anew with another outcome, on the date of the work."""
    require_withdrawal(by, response, response.learner)
    draft = ResponseDraft(
        response.learner,
        response.task,
        outcome,
        done_at=at,
        chosen=chosen,
        attempt=response.attempt,
    )
    require_possible(draft, at)
    _withdraw(response, reason=reason, by=by, at=at)
    corrected = Response.objects.create(
        learner=response.learner,
        task=response.task,
        outcome=outcome,
        chosen=chosen,
        attempt=response.attempt,
        done_at=response.done_at,
        clock=response.clock,
        recorded_at=to_microseconds(at),
        recorded_by=by.actor_id,
    )
    record_deed(
        "correct response", by=by, at=at, subject=("response", corrected.pk), before=response.pk
    )
    return corrected


@transaction.atomic
def withdraw_responses(
    ids: Sequence[int], *, organization: Organization, reason: str, by: Actor, at: datetime
) -> Withdrawn:
    """Mark many responses as withdrawn as one deed.

    Raises NotFound for a response that is not there, or of a learner whom `by` does not teach.
    """
    require_leadership(by, organization)
    learners, tasks = _whose_and_what(ids)
    require_teaching(by, learners)
    withdrawal = _give_reason(reason, by=by, at=at)
    n = 0
    for chunk in in_chunks(ids):
        n += Response.objects.standing().filter(pk__in=chunk).update(withdrawal=withdrawal)
    record_deed(
        "withdraw responses",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        count=n,
    )
    return Withdrawn(n, learners, tasks)


def _whose_and_what(ids: Sequence[int]) -> tuple[set[int], set[int]]:
    wanted = sorted(set(ids))
    learners: set[int] = set()
    tasks: set[int] = set()
    for chunk in in_chunks(wanted):
        rows = list(Response.objects.filter(pk__in=chunk).values_list("learner_id", "task_id"))
        if len(rows) != len(chunk):
            raise NotFound
        learners.update(learner for learner, _ in rows)
        tasks.update(task for _, task in rows)
    return learners, tasks


def _recorded_before(learner: Person, key: UUID | None) -> Artifact | None:
    if key is None:
        return None
    return Artifact.objects.get_queryset().filter(public_id=key, learner=learner).first()


def _fresh(key: UUID | None) -> UUID:
    """Return the key, or another one where it names somebody else's work already."""
    taken = key is None or Artifact.every_district.filter(public_id=key).exists()
    return new_public_id() if key is None or taken else key


def _file_fields(file: CheckedFile | None) -> dict[str, object]:
    if file is None:
        return {}
    return {
        "file_name": file.name,
        "file_type": file.type,
        "file_sha256": sha256(file.content).hexdigest(),
        "file_bytes": len(file.content),
    }


def _withdraw(piece: Piece, *, reason: str, by: Actor, at: datetime) -> None:
    rows = type(piece).objects.standing().filter(pk=piece.pk)
    withdrawal = _give_reason(reason, by=by, at=at)
    if not rows.update(withdrawal=withdrawal):
        raise Refused(gettext("This piece has been withdrawn already."))
    piece.withdrawal = withdrawal


def _give_reason(reason: str, *, by: Actor, at: datetime) -> Withdrawal:
    if not reason.strip():
        raise Refused(gettext("Say in a few words why this no longer counts."))
    return Withdrawal.objects.create(
        at=to_microseconds(at), actor_id=by.actor_id, reason=reason.strip()
    )


def _values_of(draft: RatingDraft, by: Actor, at: datetime) -> dict[str, object]:
    values = {
        name: getattr(draft, name)
        for name in (
            "learner",
            "competency",
            "task",
            "criterion",
            "artifact",
            "level",
            "rater",
            "role",
            "note",
        )
    }
    return values | {
        "done_at": to_microseconds(draft.done_at),
        "recorded_at": to_microseconds(at),
        "recorded_by": by.actor_id,
    }
