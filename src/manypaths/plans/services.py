"""Deeds on choices, windows and small groups."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.locks import hold
from manypaths.estimates.engine import family_of
from manypaths.evidence.models import Task
from manypaths.frameworks.access import frameworks_seen_by
from manypaths.frameworks.models import Competency, Framework
from manypaths.people.access import Actor, is_learner_themself
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_of
from manypaths.plans.access import (
    require_choice,
    require_grouping_right,
    require_own,
    require_window_right,
)
from manypaths.plans.models import (
    Choice,
    GroupFramework,
    Grouping,
    HelpRequest,
    Seat,
    StepKind,
    WindowEntry,
)
from manypaths.plans.small_groups import SmallGroup


@transaction.atomic
def choose_step(
    learner: Person,
    competency: Competency,
    *,
    kind: StepKind,
    by: Actor,
    at: datetime,
    task: Task | None = None,
    reason: str = "",
) -> Choice:
    """Store the next step that a learner took up, or that an educator planned with them."""
    require_choice(by, learner)
    if (
        task is not None
        and not task.alignments.filter(competency__lineage=competency.lineage).exists()
    ):
        raise Refused(
            _("The task {task} does not show {competency}.").format(
                task=task, competency=competency.name
            )
        )
    choice = Choice.objects.create(
        learner=learner,
        kind=kind,
        competency=competency,
        task=task,
        reason=reason,
        chosen_at=to_microseconds(at),
        chosen_by=by.actor_id,
        is_learners_own=is_learner_themself(by, learner),
    )
    record_deed("choose step", by=by, at=at, subject=("choice", choice.pk), kind=kind.value)
    return choice


@transaction.atomic
def drop_choice(choice: Choice, *, by: Actor, at: datetime) -> Choice:
    """Let a choice go: it is no longer open, and stays on record."""
    require_choice(by, choice.learner)
    # Of two who do this at once, the row lets one through.
    still_open = Choice.objects.filter(pk=choice.pk, dropped_at=None)
    if not still_open.update(dropped_at=to_microseconds(at)):
        raise Refused(_("This step has been let go already."))
    choice.dropped_at = to_microseconds(at)
    record_deed("drop choice", by=by, at=at, subject=("choice", choice.pk))
    return choice


@transaction.atomic
def take_up_again(choice: Choice, *, by: Actor, at: datetime) -> Choice:
    """Open a choice again that was let go."""
    require_choice(by, choice.learner)
    let_go = Choice.objects.filter(pk=choice.pk, dropped_at__isnull=False)
    if not let_go.update(dropped_at=None):
        raise Refused(_("This step is open already."))
    choice.dropped_at = None
    record_deed("take up again", by=by, at=at, subject=("choice", choice.pk))
    return choice


@transaction.atomic
def finish_choice(choice: Choice, *, by: Actor, at: datetime) -> Choice:
    """Say that a step was done which leaves no evidence of its own; a second time changes nothing.

    Something was read, or work was handed in that somebody has yet to look at.
    """
    require_choice(by, choice.learner)
    not_done = Choice.objects.filter(pk=choice.pk, done_at=None)
    if not not_done.update(done_at=to_microseconds(at)):
        choice.refresh_from_db(fields=["done_at"])
        return choice
    choice.done_at = to_microseconds(at)
    record_deed("finish choice", by=by, at=at, subject=("choice", choice.pk))
    return choice


@transaction.atomic
def ask_for_help(
    learner: Person,
    *,
    by: Actor,
    at: datetime,
    competency: Competency | None = None,
    words: str = "",
) -> HelpRequest:
    """Ask those who teach the learner for help; an open request of theirs takes the new words.

    So nobody waits in a teacher's list twice for the same competency.
    """
    require_own(by, learner)
    # Two may be open for one competency, where the learner was on record twice.
    asked = (
        HelpRequest.objects.filter(learner=learner, competency=competency, answered_at=None)
        .order_by("pk")
        .first()
    ) or HelpRequest(learner=learner, competency=competency)
    asked.words, asked.asked_at = words.strip(), to_microseconds(at)
    asked.save()
    record_deed("ask for help", by=by, at=at, subject=("help request", asked.pk))
    return asked


@transaction.atomic
def answer_help_request(asked: HelpRequest, *, by: Actor, at: datetime) -> HelpRequest:
    """Say that help was given, or that the learner no longer waits for it."""
    require_choice(by, asked.learner)
    if asked.answered_at is not None:
        raise Refused(_("This request has been answered already."))
    asked.answered_at, asked.answered_by = to_microseconds(at), by.actor_id
    asked.save(update_fields=["answered_at", "answered_by"])
    record_deed("answer help request", by=by, at=at, subject=("help request", asked.pk))
    return asked


@transaction.atomic
def set_window(
    group: Group,
    competencies: Sequence[Competency],
    *,
    by: Actor,
    at: datetime,
    pinned: Competency | None = None,
) -> list[WindowEntry]:
    """Set the competencies that a group works on now, in place of those before; pin at most one.

    An empty window leaves it to the district's default, and without one everything is open. Raises
    Refused for a pin outside the window.
    """
    require_window_right(by, group)
    hold(group)
    if pinned is not None and pinned not in competencies:
        raise Refused(
            _("{pinned} can't be pinned: it is not in the window.").format(pinned=pinned.name)
        )
    WindowEntry.objects.filter(group=group).delete()
    entries = WindowEntry.objects.bulk_create(
        [
            WindowEntry(
                group=group,
                competency=competency,
                is_pinned=competency == pinned,
                opened_at=to_microseconds(at),
                opened_by=by.actor_id,
            )
            for competency in dict.fromkeys(competencies)
        ]
    )
    record_deed("set window", by=by, at=at, subject=("group", group.pk), count=len(entries))
    return entries


@transaction.atomic
def keep_groups(
    group: Group,
    small_groups: Sequence[SmallGroup],
    *,
    held_on: date,
    by: Actor,
    at: datetime,
) -> Grouping:
    """Store the small groups of a day, in place of those that were kept for it before.

    Raises NotFound for somebody who does not learn in the group today, Refused for somebody in two
    of them.
    """
    require_grouping_right(by, group)
    hold(group)
    seated = [learner for small in small_groups for learner in small.learners]
    members = {learner.pk for learner in learners_of(group, by=by)}
    if any(learner.pk not in members for learner in seated):
        raise NotFound
    if len({learner.pk for learner in seated}) < len(seated):
        raise Refused(_("A learner can be in one small group a day, and somebody is in two."))
    Grouping.objects.filter(group=group, held_on=held_on).delete()
    grouping = Grouping.objects.create(
        group=group, held_on=held_on, kept_at=to_microseconds(at), kept_by=by.actor_id
    )
    Seat.objects.bulk_create(
        seat
        for number, small in enumerate(small_groups, start=1)
        for seat in small.seats(grouping, number)
    )
    record_deed(
        "keep groups", by=by, at=at, subject=("grouping", grouping.pk), count=len(small_groups)
    )
    return grouping


@transaction.atomic
def move_seat(seat: Seat, *, to: int, by: Actor, at: datetime) -> Seat:
    """Move a learner to another small group of the same day, by its number.

    Raises Refused where there is no such small group on that day, or they are in it already.
    """
    require_grouping_right(by, seat.grouping.group)
    if seat.number == to:
        raise Refused(
            _("{learner} is in small group {to} already.").format(learner=seat.learner.name, to=to)
        )
    beside = Seat.objects.filter(grouping=seat.grouping, number=to).first()
    if beside is None:
        raise Refused(
            _("There is no small group {to} on {held_on}.").format(
                to=to, held_on=seat.grouping.held_on
            )
        )
    before = seat.number
    seat.number, seat.kind, seat.reason = to, beside.kind, beside.reason
    seat.competency, seat.slip = beside.competency, beside.slip
    seat.save(update_fields=["number", "kind", "reason", "competency", "slip"])
    record_deed("move seat", by=by, at=at, subject=("seat", seat.pk), before=before, to=to)
    return seat


@transaction.atomic
def choose_framework(group: Group, framework: Framework, *, by: Actor, at: datetime) -> Group:
    """Say by which framework a group works, from now on and in every version of it."""
    require_window_right(by, group)
    if not frameworks_seen_by(by).filter(pk=framework.pk).exists():
        raise NotFound
    GroupFramework.objects.update_or_create(
        group=group,
        defaults={
            "family": family_of(framework),
            "chosen_at": to_microseconds(at),
            "chosen_by": by.actor_id,
        },
    )
    record_deed(
        "choose framework",
        by=by,
        at=at,
        subject=("group", group.pk),
        framework=framework.family_id,
    )
    return group
