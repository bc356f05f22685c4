"""The links by which leaders get in: the first of a district, and one who lost all."""

from django.conf import settings
from django.urls import reverse

from manypaths.accounts.mails import tell_of_loss
from manypaths.accounts.services import Issued, invite_first_leader, recover_leader
from manypaths.base.clock import now
from manypaths.base.scope import current_district
from manypaths.people.access import Operator
from manypaths.people.models import Organization

_USUAL_ADDRESS = "http://localhost:8000"


def invited(name: str, email: str, address: str | None, operator: Operator) -> tuple[Issued, str]:
    """Return the invitation of the first leader, and its link."""
    district = Organization.objects.get(pk=current_district())
    issued = invite_first_leader(district, name, email=email, by=operator, at=now())
    return issued, _link(issued, address)


def recovered(email: str, address: str | None, operator: Operator) -> tuple[Issued, str]:
    """Return the invitation of a leader who lost all, who is told by mail, and its link."""
    issued = recover_leader(email, by=operator, at=now())
    if issued.person.user:
        tell_of_loss(issued.person.user, before=None, language=settings.LANGUAGE_CODE)
    return issued, _link(issued, address)


def _link(issued: Issued, address: str | None) -> str:
    begins = (address or settings.ADDRESS or _USUAL_ADDRESS).rstrip("/")
    return f"{begins}{reverse('invitation:accept', args=[issued.token])}"
