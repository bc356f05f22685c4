"""Sign off what was demonstrated. An achievement is a person's act, and it never vanishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.clock import date_of, to_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.access import require_right_to_sign
from manypaths.estimates.engine import family_of, lineage_of, row_in_force
from manypaths.estimates.models import Achievement
from manypaths.estimates.table import estimates_at
from manypaths.estimates.telling import note_moves
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency, Framework, Level
from manypaths.people.access import (
    Actor,
    require_group_sight,
    require_leadership,
    require_meeting,
)
from manypaths.people.models import Group, Organization, Person


@dataclass(frozen=True)
class AchievementDraft:
    """A level of a competency that a learner demonstrated (None: the target level)."""

    learner: Person
    competency: Competency
    demonstrated_on: date
    level: int | None = None
    task: Task | None = None
    note: str = ""


@transaction.atomic
def sign_off(draft: AchievementDraft, *, by: Actor, at: datetime) -> Achievement:
    """Sign off what a learner demonstrated, with what the engine expects of them today.

    Raises Refused for a level that the scale lacks or a day to come.
    """
    achievement = _sign([draft], by=by, at=at)[0]
    record_deed("sign off", by=by, at=at, subject=("achievement", achievement.pk))
    return achievement


@transaction.atomic
def sign_off_many(
    drafts: Sequence[AchievementDraft], *, organization: Organization, by: Actor, at: datetime
) -> list[Achievement]:
    """Sign off what many learners of an organization that `by` leads demonstrated, as one deed."""
    require_leadership(by, organization)
    achievements = _sign(drafts, by=by, at=at)
    record_deed(
        "sign off many",
        by=by,
        at=at,
        subject=("organization", organization.pk),
        count=len(achievements),
    )
    return achievements


@transaction.atomic
def sign_off_class(
    drafts: Sequence[AchievementDraft], *, group: Group, by: Actor, at: datetime
) -> list[Achievement]:
    """Sign off what learners of a group demonstrated, as one deed of somebody who leads it."""
    require_group_sight(by, group)
    require_meeting(group)
    achievements = _sign(drafts, by=by, at=at)
    record_deed(
        "sign off class", by=by, at=at, subject=("group", group.pk), count=len(achievements)
    )
    return achievements


def _sign(drafts: Sequence[AchievementDraft], *, by: Actor, at: datetime) -> list[Achievement]:
    learners = list({draft.learner.pk: draft.learner for draft in drafts}.values())
    for learner in learners:
        require_right_to_sign(by, learner)
    rows = []
    for framework in {draft.competency.framework for draft in drafts}:
        mine = [draft for draft in drafts if draft.competency.framework == framework]
        rows += _rows(mine, learners, framework, by=by, at=at)
        signed = {draft.learner.pk for draft in mine}
        note_moves(signed, family_of(framework), at=at, is_evidence=False)
    return Achievement.objects.bulk_create(rows, AT_ONCE)


def _rows(
    drafts: Sequence[AchievementDraft],
    learners: Sequence[Person],
    framework: Framework,
    *,
    by: Actor,
    at: datetime,
) -> list[Achievement]:
    competencies = list({d.competency.pk: d.competency for d in drafts}.values())
    # Not through a query: an assessor signs without sight of the learner's record.
    found = estimates_at(learners, competencies, framework, at)
    success = found.numbers.success.reshape(len(learners), len(competencies))
    who = {learner.pk: place for place, learner in enumerate(learners)}
    what = {competency.pk: place for place, competency in enumerate(competencies)}
    model = row_in_force(family_of(framework))
    levels = list(framework.scale.levels.all()) if framework.scale else []
    return [
        Achievement(
            learner=draft.learner,
            competency=lineage_of(draft.competency),
            level=_level(draft, framework, levels),
            demonstrated_on=_past(draft.demonstrated_on, at),
            signed_at=to_microseconds(at),
            signed_by=by.actor_id,
            task=draft.task,
            note=draft.note,
            expected_success=float(success[who[draft.learner.pk], what[draft.competency.pk]]),
            model=model,
        )
        for draft in drafts
    ]


def _level(draft: AchievementDraft, framework: Framework, levels: Sequence[Level]) -> int | None:
    level = framework.target_level if draft.level is None else draft.level
    if levels and (level is None or not 0 <= level < len(levels)):
        raise Refused(
            gettext("Choose one of the levels {names}.").format(names=", ".join(map(str, levels)))
        )
    return level


def _past(day: date, at: datetime) -> date:
    if day > date_of(at):
        raise Refused(
            gettext("Nothing can have been demonstrated on {day}, which is still to come.").format(
                day=day
            )
        )
    return day
