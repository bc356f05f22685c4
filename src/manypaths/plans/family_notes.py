"""Notes from home: a guardian writes to those who teach a learner, and the learner reads along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.clock import from_microseconds, to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.prepared import prepared
from manypaths.people.access import Actor, require_sight
from manypaths.people.models import Person, User
from manypaths.people.queries import people_signed_in
from manypaths.plans.access import require_guardianship
from manypaths.plans.models import FamilyNote

LONGEST = 1000


@dataclass(frozen=True)
class NoteFromHome:
    """A note with its writer; `is_own` says whether the reader wrote it."""

    note: FamilyNote
    writer: Person | None
    written_at: datetime
    is_own: bool


@transaction.atomic
def write_family_note(learner: Person, words: str, *, by: Actor, at: datetime) -> FamilyNote:
    """Write to those who teach a learner in one's care. Raises Refused for an empty or long one."""
    require_guardianship(by, learner)
    said = words.strip()
    if not 1 <= len(said) <= LONGEST:
        raise Refused(
            gettext("A note to the teachers has 1 to {longest} characters.").format(longest=LONGEST)
        )
    note = FamilyNote.objects.create(
        learner=learner, words=said, written_at=to_microseconds(at), written_by=by.actor_id or 0
    )
    record_deed("write family note", by=by, at=at, subject=("family note", note.pk))
    return note


@transaction.atomic
def take_back_family_note(note: FamilyNote, *, by: Actor, at: datetime) -> FamilyNote:
    """Take back a note that one wrote: nobody reads it any more. Raises Refused the second time."""
    _require_own(note, by)
    if note.taken_back_at is not None:
        raise Refused(gettext("This note has been taken back already."))
    note.taken_back_at = to_microseconds(at)
    note.save(update_fields=["taken_back_at"])
    record_deed("take back family note", by=by, at=at, subject=("family note", note.pk))
    return note


@transaction.atomic
def restore_family_note(note: FamilyNote, *, by: Actor, at: datetime) -> FamilyNote:
    """Let a note that one took back be read again."""
    _require_own(note, by)
    note.taken_back_at = None
    note.save(update_fields=["taken_back_at"])
    record_deed("restore family note", by=by, at=at, subject=("family note", note.pk))
    return note


def family_notes_of(learners: Sequence[Person], *, by: Actor) -> dict[int, list[NoteFromHome]]:
    """Return the notes about learners whom `by` may see, newest first, by row id. Fixed queries."""
    require_sight(by, learners)
    found: dict[int, list[NoteFromHome]] = {learner.pk: [] for learner in learners}
    rows = _notes_about([learner.pk for learner in learners])
    by_user = people_signed_in([row.written_by for row in rows])
    for row in rows:
        found[row.learner_id].append(
            NoteFromHome(
                note=row,
                writer=by_user.get(row.written_by),
                written_at=from_microseconds(row.written_at),
                is_own=isinstance(by, User) and row.written_by == by.pk,
            )
        )
    return found


@prepared
def _notes_about(learners: Sequence[int]) -> QuerySet[FamilyNote]:
    notes = FamilyNote.objects.filter(learner__in=learners, taken_back_at=None)
    return notes.order_by("-written_at", "-pk")


def family_note_for(note_id: UUID, *, by: Actor) -> FamilyNote:
    """Return a note that `by` wrote, else raise NotFound."""
    note = FamilyNote.objects.filter(public_id=note_id).select_related("learner").first()
    if note is None:
        raise NotFound
    _require_own(note, by)
    return note


def _require_own(note: FamilyNote, by: Actor) -> None:
    if not isinstance(by, User) or note.written_by != by.pk:
        raise NotFound
    require_guardianship(by, note.learner)
