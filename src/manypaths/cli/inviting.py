"""The link by which the first leader gets in."""

from django.conf import settings
from django.urls import reverse

from manypaths.accounts.services import Issued, invite_first_leader
from manypaths.base.clock import now
from manypaths.base.scope import current_district
from manypaths.people.access import Operator
from manypaths.people.models import Organization

_USUAL_ADDRESS = "http://localhost:8000"


def invited(name: str, email: str, address: str | None, operator: Operator) -> tuple[Issued, str]:
    """Return the invitation of the first leader, and its link."""
    district = Organization.objects.get(pk=current_district())
    issued = invite_first_leader(district, name, email=email, by=operator, at=now())
    begins = (address or settings.ADDRESS or _USUAL_ADDRESS).rstrip("/")
    return issued, f"{begins}{reverse('invitation:accept', args=[issued.token])}"
