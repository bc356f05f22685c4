"""Keep what a learner has written so far, until they hand it in."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.scope import current_owner
from manypaths.evidence.models import Artifact, Draft
from manypaths.people.access import Actor, is_learner_themself
from manypaths.people.models import Person

_LONGEST_TEXT = 100_000


@transaction.atomic
def save_draft(
    learner: Person,
    place: str,
    *,
    by: Actor,
    at: datetime,
    title: str = "",
    text: str = "",
    link: str = "",
    key: UUID | None = None,
) -> Draft | None:
    """Keep what a learner has written in a place so far, instead of what was kept before.

    `key` is that of the handing-in it is for: once that is done nothing is kept, and None returned,
    for a page saves once more while it is left.
    It leaves no audit entry: a draft is nobody's but the writer's, and is saved every few seconds.
    """
    _require_writer(by, learner)
    if len(text) > _LONGEST_TEXT or len(title) > 300 or len(link) > 2000:
        raise Refused(f"A text can have up to {_LONGEST_TEXT} signs, a title up to 300.")
    if key is not None and Artifact.objects.filter(public_id=key, learner=learner).exists():
        return None
    draft, _ = Draft.objects.update_or_create(
        learner=learner,
        place=place,
        defaults={"title": title, "text": text, "link": link, "saved_at": to_microseconds(at)},
    )
    return draft


@transaction.atomic
def drop_draft(learner: Person, place: str, *, by: Actor, at: datetime) -> None:
    """Let go of what was written in a place: it was handed in, or is not wanted any more."""
    _require_writer(by, learner)
    Draft.objects.filter(learner=learner, place=place).delete()


def _require_writer(by: Actor, learner: Person) -> None:
    """Raise NotFound unless it is the learner who writes: nobody else sees their drafts."""
    if learner.district_id != current_owner() or not is_learner_themself(by, learner):
        raise NotFound
