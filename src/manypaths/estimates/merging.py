"""Two people who are one: all that is the one's becomes the other's, and back.

Evidence goes through the engine again as if it had been one person's from the start.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.base.errors import Refused
from manypaths.estimates.models import Belief, GeneralBelief, TeachersWord
from manypaths.estimates.services.replaying import lock, model_for, replay_one
from manypaths.estimates.telling import note_moves
from manypaths.evidence.access import require_recording
from manypaths.evidence.models import Rating
from manypaths.frameworks.models import Framework
from manypaths.people.access import Actor, require_person
from manypaths.people.merging import (
    holds_rows_of,
    move_rows,
    move_rows_back,
    move_sign_in,
    move_sign_in_back,
    require_merge_right,
)
from manypaths.people.models import Merge, Person, Relationship

# Computed anew from the evidence, wherever that is.
_COMPUTED = (Belief, GeneralBelief)


@transaction.atomic
def merge_people(other: Person, kept: Person, *, by: Actor, at: datetime) -> Merge:
    """Say that two people on record are one: all that is the other's becomes the kept one's.

    Raises Refused where the two have to do with each other, or the kept one has no name and the
    other has.
    """
    require_merge_right(by, [other, kept])
    _lock_two(other, kept)
    if kept.is_unnamed and not other.is_unnamed:
        raise Refused(_("Keep the one who has a name."))
    _require_strangers(other, kept)
    merge = _merge(other, kept, by=by, at=at)
    record_deed(
        "merge people",
        by=by,
        at=at,
        subject=("person", kept.pk),
        before=other.pk,
        count=sum(len(ids) for ids in merge.moved.values()),
    )
    return merge


@transaction.atomic
def link_learner(unnamed: Person, person: Person, *, by: Actor, at: datetime) -> Person:
    """Say that an unnamed learner is this person: all that was theirs becomes the person's.

    For whoever teaches both. Raises Refused where the first has a name: people with names are
    merged by those who lead them.
    """
    require_person(by)
    require_recording(by, unnamed)
    require_recording(by, person)
    if not unnamed.is_unnamed or unnamed.pk == person.pk:
        raise Refused(_("Only a learner without a name can be linked to another person."))
    _lock_two(unnamed, person)
    _merge(unnamed, person, by=by, at=at)
    record_deed("link learner", by=by, at=at, subject=("person", person.pk), before=unnamed.pk)
    return person


@transaction.atomic
def unmerge_people(merge: Merge, *, by: Actor, at: datetime) -> Person:
    """Take a merge back: both have what they had; what came since stays with the kept one.

    Raises Refused for a merge that was taken back, and while a later one holds the kept person.
    """
    require_merge_right(by, [merge.kept])
    for person in sorted((merge.kept, merge.other), key=lambda one: one.pk):
        lock(person)
    merge.refresh_from_db()
    kept, other = merge.kept, merge.other
    if merge.undone_at is not None:
        raise Refused(_("This has been taken back already."))
    if kept.merged_into_id is not None:
        raise Refused(_("%(person)s was merged since. Take that back first.") % {"person": kept})
    later = Merge.objects.filter(undone_at=None, kept=kept, pk__gt=merge.pk)
    if any(holds_rows_of(one, merge) for one in later):
        raise Refused(_("Take the later merge of %(person)s back first.") % {"person": kept})
    families = _families_of(kept)
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    move_rows_back(merge)
    move_sign_in_back(merge)
    merge.undone_at, merge.undone_by = to_microseconds(at), by.actor_id
    # What it took to come back is done with; the audit entry says that it was.
    merge.moved, merge.set_aside = {}, []
    merge.save()
    _replay(families, (kept, other), at=at)
    record_deed("unmerge people", by=by, at=at, subject=("person", kept.pk), before=other.pk)
    return other


def _merge(other: Person, kept: Person, *, by: Actor, at: datetime) -> Merge:
    families = [*_families_of(other), *_families_of(kept)]
    sign_in = move_sign_in(other, kept)
    moves = move_rows(other, kept, but_not=_COMPUTED)
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    merge = Merge.objects.create(
        kept=kept,
        other=other,
        merged_at=to_microseconds(at),
        merged_by=by.actor_id,
        moved=moves.moved,
        set_aside=moves.set_aside,
        sign_in=sign_in,
    )
    _replay(families, (other, kept), at=at)
    return merge


def _replay(families: list[Framework], people: tuple[Person, Person], *, at: datetime) -> None:
    for family in dict.fromkeys(families):
        model = model_for(family, at=at)
        for person in people:
            replay_one(person, family, model)
        # Who was merged into another is shown to nobody.
        shown = [person.pk for person in people if person.merged_into_id is None]
        note_moves(shown, family, at=at, is_evidence=False)


def _families_of(person: Person) -> list[Framework]:
    found = GeneralBelief.objects.filter(learner=person).values("family")
    return list(Framework.objects.filter(pk__in=found))


def _lock_two(other: Person, kept: Person) -> None:
    """Let nobody else change either; raise Refused unless they are two who stand for themselves."""
    if other.pk == kept.pk:
        raise Refused(_("That is one person already."))
    for person in sorted((other, kept), key=lambda one: one.pk):
        lock(person)
        person.refresh_from_db()
    if other.merged_into_id is not None or kept.merged_into_id is not None:
        raise Refused(_("One of them has been merged already."))


def _require_strangers(other: Person, kept: Person) -> None:
    """Raise Refused for two who have to do with each other: nobody is their own guardian."""
    ties = Relationship.objects.filter(
        Q(supporter=other, learner=kept) | Q(supporter=kept, learner=other)
    )
    ratings = Rating.objects.filter(Q(rater=other, learner=kept) | Q(rater=kept, learner=other))
    words = TeachersWord.objects.filter(
        Q(said_by=other, learner=kept) | Q(said_by=kept, learner=other)
    )
    if ties.exists() or ratings.exists() or words.exists():
        raise Refused(
            _("One of them supports or rated the other, so they are two people. Nothing is merged.")
        )
