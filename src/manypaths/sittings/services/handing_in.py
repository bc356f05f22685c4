"""Hand work in for a step, and answer it: what learners and those who look at it do in one go."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.clock import date_of, from_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.models import Achievement
from manypaths.estimates.services import (
    AchievementDraft,
    drop_draft,
    look_at,
    sign_off,
    take_in_artifact,
    take_in_rating,
    withdraw,
)
from manypaths.evidence.access import rater_roles
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.models import Artifact, Rating
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor
from manypaths.people.models import Person, User
from manypaths.plans.services import finish_choice
from manypaths.sittings.access import ANSWERING_ROLES
from manypaths.sittings.work import WorkAnswer, WorkDraft, draft_place


@transaction.atomic
def hand_in(learner: Person, work: WorkDraft, *, by: Actor, at: datetime) -> Artifact:
    """Hand work in: it waits for somebody to look at it. The draft goes, and the step is done."""
    artifact = take_in_artifact(
        learner,
        kind=work.kind,
        title=work.title,
        text=work.text,
        link=work.link,
        file=work.file,
        task=work.task,
        competency=work.competency,
        key=work.key,
        done_at=at,
        by=by,
        at=at,
    )
    drop_draft(learner, draft_place(work.competency, work.task), by=by, at=at)
    if work.choice is not None and work.choice.learner_id == learner.pk:
        finish_choice(work.choice, by=by, at=at)
    return artifact


@transaction.atomic
def answer_work(artifact: Artifact, answer: WorkAnswer, *, by: Actor, at: datetime) -> Artifact:
    """Answer work that was handed in: words for the learner, a level, a sign-off.

    A second answer takes the place of the first. Raises Refused for work on no competency, or an
    answer that says nothing.
    """
    if artifact.competency is None or not (
        answer.words.strip() or answer.level is not None or answer.is_signed_off
    ):
        raise Refused(_("Choose a level, sign it off, or write a few words."))
    look_at(artifact, words=answer.words, by=by, at=at)
    if answer.level is not None:
        _rate(artifact, artifact.competency, answer.level, by=by, at=at)
    if answer.is_signed_off:
        _sign(artifact, artifact.competency, by=by, at=at)
    return artifact


def _rate(
    artifact: Artifact, competency: Competency, level: int, *, by: Actor, at: datetime
) -> None:
    rater = Person.objects.get(user=by) if isinstance(by, User) else artifact.learner
    before = Rating.objects.standing().filter(artifact=artifact, rater=rater).first()
    if before is not None and before.level == level:
        return
    if before is not None:
        withdraw(before, reason="Rated anew.", by=by, at=at)
    held = rater_roles(by, artifact.learner)
    take_in_rating(
        RatingDraft(
            artifact.learner,
            competency,
            level,
            rater,
            next(role for role in ANSWERING_ROLES if role in held),
            done_at=from_microseconds(artifact.done_at),
            task=artifact.task,
            artifact=artifact,
        ),
        by=by,
        at=at,
    )


def _sign(artifact: Artifact, competency: Competency, *, by: Actor, at: datetime) -> None:
    day = date_of(from_microseconds(artifact.done_at))
    signed = Achievement.objects.filter(
        learner=artifact.learner,
        competency=competency.lineage,
        demonstrated_on=day,
        task=artifact.task,
    )
    if not signed.exists():
        draft = AchievementDraft(artifact.learner, competency, day, task=artifact.task)
        sign_off(draft, by=by, at=at)
