"""The audit log: one entry per deed, written in the transaction of the deed itself."""

from datetime import datetime
from typing import Protocol

from django.db.models import Max, Q

from manypaths.base.clock import to_microseconds
from manypaths.base.kept import require_not_beside
from manypaths.base.models import AuditEntry
from manypaths.base.scope import current_owner

Fact = str | int | bool | None


class HasActorId(Protocol):
    """Whoever does a deed: a signed-in user, or the operator at the host's console (None)."""

    @property
    def actor_id(self) -> int | None:
        """Return the user's id; None for the operator."""


def newest_deed_on(kind: str) -> int:
    """Return the id of the newest deed on a kind of row, here or above districts; 0 for none."""
    here = Q(district_id=current_owner()) | Q(district_id=None)
    deeds = AuditEntry.every_district.filter(here, subject_kind=kind)
    return deeds.aggregate(newest=Max("pk"))["newest"] or 0


def record_deed(
    deed: str, *, by: HasActorId, at: datetime, subject: tuple[str, int] | None, **facts: Fact
) -> AuditEntry:
    """Write the audit entry of one deed.

    `deed` is a verb and a noun ("record response"); `subject` names the row it was done to, as
    (table, id). `facts` are ids, counts, hashes and reasons: never names, scores or texts of
    learners.
    """
    kind, subject_id = subject or ("", None)
    require_not_beside(kind)
    return AuditEntry.objects.create(
        district_id=current_owner(),
        at=to_microseconds(at),
        actor_id=by.actor_id,
        deed=deed,
        subject_kind=kind,
        subject_id=subject_id,
        facts=facts,
    )
