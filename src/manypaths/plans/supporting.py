"""Planned help with its sessions, and educators' notes: deeds and reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.prepared import prepared
from manypaths.evidence.models import Slip
from manypaths.frameworks.models import Competency
from manypaths.people.access import (
    Actor,
    groups_seen_by,
    require_group_sight,
    require_meeting,
)
from manypaths.people.models import Group, Person
from manypaths.people.queries import learners_of
from manypaths.plans.access import require_note_right
from manypaths.plans.models import Note, Support, SupportedLearner, SupportSession

LONGEST_TITLE, LONGEST_NOTE, MOST_SESSIONS = 200, 2_000, 60
# Those of years, one a week; a page of more nobody reads. All leave with the learner's record.
MOST_NOTES = 100


@dataclass(frozen=True)
class SupportDraft:
    """Help for learners of a group on a competency, from a day, in so many sessions."""

    title: str
    competency: Competency
    learners: Sequence[Person]
    planned_for: date
    n_sessions: int = 1
    given_by: str = ""
    slip: Slip | None = None


@transaction.atomic
def plan_support(group: Group, draft: SupportDraft, *, by: Actor, at: datetime) -> Support:
    """Plan help for learners of a group. Raises NotFound for somebody who is not in it."""
    require_group_sight(by, group)
    require_meeting(group)
    members = {learner.pk for learner in learners_of(group, by=by)}
    if not draft.learners or any(learner.pk not in members for learner in draft.learners):
        raise NotFound
    title = draft.title.strip()[:LONGEST_TITLE]
    if not title:
        raise Refused(_("Say in a few words what the help will be."))
    if not 1 <= draft.n_sessions <= MOST_SESSIONS:
        raise Refused(_("A plan has 1 to %(most)s sessions.") % {"most": MOST_SESSIONS})
    support = Support.objects.create(
        group=group,
        title=title,
        competency=draft.competency,
        slip=draft.slip,
        given_by=draft.given_by.strip()[:100],
        planned_for=draft.planned_for,
        n_sessions=draft.n_sessions,
        planned_at=to_microseconds(at),
        planned_by=by.actor_id,
    )
    SupportedLearner.objects.bulk_create(
        [SupportedLearner(support=support, learner=learner) for learner in draft.learners]
    )
    record_deed(
        "plan support", by=by, at=at, subject=("support", support.pk), count=len(draft.learners)
    )
    return support


@transaction.atomic
def log_session(
    support: Support,
    *,
    held_on: date,
    was_given: bool,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
) -> SupportSession:
    """Note that a session was given, or did not happen; after the last one the support ends."""
    _require_open(support, by)
    session = SupportSession.objects.create(
        support=support,
        held_on=held_on,
        was_given=was_given,
        minutes=minutes,
        logged_at=to_microseconds(at),
        logged_by=by.actor_id,
    )
    given = SupportSession.objects.filter(support=support, was_given=True).count()
    if given >= support.n_sessions:
        support.ended_at = to_microseconds(at)
        support.save(update_fields=["ended_at"])
    record_deed(
        "log session", by=by, at=at, subject=("support session", session.pk), given=was_given
    )
    return session


@transaction.atomic
def move_support(support: Support, *, to: date, by: Actor, at: datetime) -> Support:
    """Plan a support for another day."""
    _require_open(support, by)
    support.planned_for = to
    support.save(update_fields=["planned_for"])
    record_deed("move support", by=by, at=at, subject=("support", support.pk))
    return support


@transaction.atomic
def end_support(support: Support, *, by: Actor, at: datetime) -> Support:
    """End a support before all its sessions were given; it stays on record."""
    _require_open(support, by)
    support.ended_at = to_microseconds(at)
    support.save(update_fields=["ended_at"])
    record_deed("end support", by=by, at=at, subject=("support", support.pk))
    return support


def open_supports(group: Group, *, by: Actor) -> list[Support]:
    """Return planned help that is not given yet, the earliest first. A fixed number of queries."""
    require_group_sight(by, group)
    supports = _open_supports(group.pk)
    if not supports:
        return []
    learners = SupportedLearner.objects.select_related("learner").order_by(
        "learner__given_name", "pk"
    )
    prefetch_related_objects(
        supports, Prefetch("learners", learners), Prefetch("sessions", SupportSession.objects.all())
    )
    return supports


@prepared
def _open_supports(group: int) -> QuerySet[Support]:
    supports = Support.objects.filter(group=group, ended_at=None)
    return supports.select_related("competency", "slip").order_by("planned_for", "pk")


def support_for(support_id: UUID, *, by: Actor) -> Support:
    """Return the support with this id, for who may see all members of its group."""
    found = Support.objects.filter(public_id=support_id, group__in=groups_seen_by(by))
    support = found.select_related("group", "competency").first()
    if support is None:
        raise NotFound
    return support


@transaction.atomic
def write_note(learner: Person, text: str, *, by: Actor, at: datetime) -> Note:
    """Keep a note about a learner, for educators who teach or support them alone."""
    require_note_right(by, learner)
    words = text.strip()
    if not 1 <= len(words) <= LONGEST_NOTE:
        raise Refused(_("A note has 1 to %(most)s characters.") % {"most": LONGEST_NOTE})
    note = Note.objects.create(
        learner=learner, text=words, written_at=to_microseconds(at), written_by=by.actor_id
    )
    record_deed("write note", by=by, at=at, subject=("note", note.pk))
    return note


@transaction.atomic
def take_back_note(note: Note, *, by: Actor, at: datetime) -> Note:
    """Take back a note that one wrote oneself; nobody reads it any more."""
    require_note_right(by, note.learner)
    if by.actor_id != note.written_by or note.taken_back_at is not None:
        raise Refused(_("Only who wrote a note can take it back, and only once."))
    note.taken_back_at = to_microseconds(at)
    note.save(update_fields=["taken_back_at"])
    record_deed("take back note", by=by, at=at, subject=("note", note.pk))
    return note


def notes_about(learner: Person, *, by: Actor) -> list[Note]:
    """Return the newest MOST_NOTES notes about a learner, for who teaches or supports them."""
    require_note_right(by, learner)
    notes = Note.objects.filter(learner=learner, taken_back_at=None)
    return list(notes.order_by("-written_at", "-pk")[:MOST_NOTES])


def _require_open(support: Support, by: Actor) -> None:
    require_group_sight(by, support.group)
    require_meeting(support.group)
    if support.ended_at is not None:
        raise Refused(_("This help has ended already."))
