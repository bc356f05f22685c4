"""Deeds for several learners of a class at once: give a step, add a small group."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor, require_group_sight
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_of
from manypaths.plans.access import require_grouping_right
from manypaths.plans.models import Choice, Grouping, Seat, StepKind
from manypaths.plans.small_groups import SmallGroup


@transaction.atomic
def give_step(
    group: Group,
    learners: Sequence[Person],
    competency: Competency,
    *,
    kind: StepKind,
    by: Actor,
    at: datetime,
    task: Task | None = None,
) -> list[Choice]:
    """Plan a step for some learners of a group, as one deed: practice, say, or a check.

    Raises NotFound for somebody who is not in the group, Refused for a task on something else.
    """
    _require_members(group, learners, by)
    alignments = task.alignments.filter(competency__lineage=competency.lineage) if task else None
    if alignments is not None and not alignments.exists():
        raise Refused(
            _("The task {task} does not show {competency}.").format(
                task=task, competency=competency.name
            )
        )
    choices = Choice.objects.bulk_create(
        [
            Choice(
                learner=learner,
                kind=kind,
                competency=competency,
                task=task,
                chosen_at=to_microseconds(at),
                chosen_by=by.actor_id,
                is_learners_own=False,
            )
            for learner in learners
        ],
        AT_ONCE,
    )
    record_deed("give step", by=by, at=at, subject=("group", group.pk), count=len(choices))
    return choices


@transaction.atomic
def take_back_steps(group: Group, choices: Sequence[Choice], *, by: Actor, at: datetime) -> int:
    """Take back steps that one gave to learners of a group just now; return how many were open."""
    _require_members(group, [choice.learner for choice in choices], by)
    mine = Choice.objects.filter(
        pk__in=[choice.pk for choice in choices], chosen_by=by.actor_id, dropped_at=None
    )
    n_dropped = mine.update(dropped_at=to_microseconds(at))
    record_deed("take back steps", by=by, at=at, subject=("group", group.pk), count=n_dropped)
    return n_dropped


@transaction.atomic
def add_small_group(
    group: Group, small: SmallGroup, *, held_on: date, by: Actor, at: datetime
) -> int:
    """Add a small group to those of a day, and return its number.

    Who sits in another one that day moves over. Raises NotFound for somebody not in the group.
    """
    require_grouping_right(by, group)
    _require_members(group, small.learners, by)
    grouping, _made = Grouping.objects.get_or_create(
        group=group,
        held_on=held_on,
        defaults={"kept_at": to_microseconds(at), "kept_by": by.actor_id},
    )
    seats = Seat.objects.filter(grouping=grouping)
    seats.filter(learner__in=small.learners).delete()
    number = max(seats.values_list("number", flat=True), default=0) + 1
    Seat.objects.bulk_create(
        [
            Seat(
                grouping=grouping,
                learner=learner,
                number=number,
                kind=small.need.kind,
                competency=small.need.competency,
                slip=small.need.slip,
                reason=small.reason,
            )
            for learner in small.learners
        ]
    )
    record_deed("add small group", by=by, at=at, subject=("grouping", grouping.pk), number=number)
    return number


@transaction.atomic
def drop_small_group(group: Group, number: int, *, held_on: date, by: Actor, at: datetime) -> None:
    """Take a small group out of those of a day. Raises NotFound where there is none."""
    require_grouping_right(by, group)
    seats = Seat.objects.filter(grouping__group=group, grouping__held_on=held_on, number=number)
    seat = seats.first()
    if seat is None:
        raise NotFound
    seats.delete()
    record_deed(
        "drop small group", by=by, at=at, subject=("grouping", seat.grouping_id), number=number
    )


def _require_members(group: Group, learners: Sequence[Person], by: Actor) -> None:
    require_group_sight(by, group)
    members = {learner.pk for learner in learners_of(group, by=by)}
    if not learners or any(learner.pk not in members for learner in learners):
        raise NotFound
