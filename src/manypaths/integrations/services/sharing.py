"""Say what anybody may read here without a token."""

from datetime import datetime

from django.db import transaction

from manypaths.base.audit import record_deed
from manypaths.integrations.models import Sharing
from manypaths.people.access import Actor, require_leadership
from manypaths.people.models import Organization


@transaction.atomic
def share_frameworks(district: Organization, *, is_open: bool, by: Actor, at: datetime) -> Sharing:
    """Let anybody read a district's published frameworks as CASE, or only who has a token."""
    require_leadership(by, district)
    sharing, _ = Sharing.objects.update_or_create(defaults={"frameworks": is_open})
    record_deed(
        "share frameworks", by=by, at=at, subject=("organization", district.pk), is_open=is_open
    )
    return sharing
