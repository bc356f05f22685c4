"""Look at work that was handed in, and answer it."""

from datetime import datetime

from django.db import transaction

from manypaths.base.audit import record_deed
from manypaths.base.clock import to_microseconds
from manypaths.evidence.access import require_look
from manypaths.evidence.models import Artifact, Look
from manypaths.people.access import Actor


@transaction.atomic
def look_at(artifact: Artifact, *, by: Actor, at: datetime, words: str = "") -> Look:
    """Say that somebody looked at a piece of work, with words for the learner.

    A second time changes the words: it is one answer.
    """
    require_look(by, artifact.learner)
    look, _ = Look.objects.update_or_create(
        artifact=artifact,
        defaults={
            "looked_at": to_microseconds(at),
            "looked_by": by.actor_id,
            "words": words.strip(),
        },
    )
    record_deed("look at artifact", by=by, at=at, subject=("artifact", artifact.pk))
    return look
