"""Deeds for several learners of a class: give a step, add a small group, clear a row."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.bulk import AT_ONCE
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor, require_group_sight, require_meeting
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_of
from manypaths.plans.access import require_grouping_right
from manypaths.plans.models import Choice, ClearedRow, Grouping, ListKind, Seat, StepKind
from manypaths.plans.queries import open_choices
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

    Whom it waits for already does not get it again, so that a button pressed twice gives it once.
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
    # One after the other, or two at once would each find nothing that waits.
    Group.objects.select_for_update().get(pk=group.pk)
    waiting = {
        choice.learner_id
        for choice in open_choices(learners, by=by)
        if choice.kind == kind and choice.competency.lineage_id == competency.lineage_id
    }
    wanted = [learner for learner in learners if learner.pk not in waiting]
    if not wanted:
        return []
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
            for learner in wanted
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
    Seat.objects.bulk_create(small.seats(grouping, number))
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


@transaction.atomic
def clear_rows(
    group: Group,
    competency: Competency,
    n_pieces: Mapping[Person, int],
    *,
    cleared_from: ListKind,
    by: Actor,
    at: datetime,
) -> list[ClearedRow]:
    """Clear learners from a place in a list of the group, until new evidence comes.

    `n_pieces` says how many pieces of evidence each has on the competency now.
    """
    _require_members(group, list(n_pieces), by)
    _cleared(group, competency, cleared_from).filter(learner__in=list(n_pieces)).delete()
    rows = ClearedRow.objects.bulk_create(
        [
            ClearedRow(
                group=group,
                learner=learner,
                competency_id=competency.lineage_id or competency.pk,
                cleared_from=cleared_from,
                n_pieces=count,
                cleared_at=to_microseconds(at),
                cleared_by=by.actor_id,
            )
            for learner, count in n_pieces.items()
        ]
    )
    record_deed("clear rows", by=by, at=at, subject=("group", group.pk), count=len(rows))
    return rows


@transaction.atomic
def restore_rows(
    group: Group, competency: Competency, *, cleared_from: ListKind, by: Actor, at: datetime
) -> int:
    """Put back who was cleared from a place in a list; return how many."""
    require_group_sight(by, group)
    require_meeting(group)
    count, _rows = _cleared(group, competency, cleared_from).delete()
    record_deed("restore rows", by=by, at=at, subject=("group", group.pk), count=count)
    return count


def _cleared(group: Group, competency: Competency, cleared_from: ListKind) -> QuerySet[ClearedRow]:
    return ClearedRow.objects.filter(
        group=group, competency=competency.lineage_id, cleared_from=cleared_from
    )


def _require_members(group: Group, learners: Sequence[Person], by: Actor) -> None:
    require_group_sight(by, group)
    members = {learner.pk for learner in learners_of(group, by=by)}
    if not learners or any(learner.pk not in members for learner in learners):
        raise NotFound
