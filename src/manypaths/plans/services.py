"""Deeds on choices and windows."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.services import link_evidence
from manypaths.evidence.models import Task
from manypaths.frameworks.models import Competency
from manypaths.people.access import Actor, is_learner_themself
from manypaths.people.models import Group, Person
from manypaths.people.services import hand_over
from manypaths.plans.access import require_choice, require_window_right
from manypaths.plans.models import Choice, StepKind, WindowEntry


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
        raise Refused(f"The task {task} does not show {competency.name}.")
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
    if choice.dropped_at is not None:
        raise Refused("This step has been let go already.")
    choice.dropped_at = to_microseconds(at)
    choice.save(update_fields=["dropped_at"])
    record_deed("drop choice", by=by, at=at, subject=("choice", choice.pk))
    return choice


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

    An empty window leaves everything open. Raises Refused for a pin outside the window.
    """
    require_window_right(by, group)
    if pinned is not None and pinned not in competencies:
        raise Refused(f"{pinned.name} can't be pinned: it is not in the window.")
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
def link_learner(unnamed: Person, person: Person, *, by: Actor, at: datetime) -> Person:
    """Say that an unnamed learner is this person: evidence, groups and choices become theirs.

    Raises Refused where the first has a name: two named people are not joined here.
    """
    require_choice(by, unnamed)
    require_choice(by, person)
    # The evidence first: who teaches the unnamed learner does so through the groups handed over.
    link_evidence(unnamed, person, by=by, at=at)
    hand_over(unnamed, person, by=by, at=at)
    Choice.objects.filter(learner=unnamed).update(learner=person)
    record_deed("link learner", by=by, at=at, subject=("person", person.pk), before=unnamed.pk)
    return person
