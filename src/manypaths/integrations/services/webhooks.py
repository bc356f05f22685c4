"""Deeds on the addresses that are told when something changed."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from manypaths.base.audit import record_deed
from manypaths.base.errors import Fault, NotFound, Refused
from manypaths.base.outgoing import NotAllowedOut, target_of
from manypaths.estimates.telling import watch
from manypaths.integrations.access import require_token
from manypaths.integrations.models import Delivery, DeliveryState, Endpoint, LastStatus, Token
from manypaths.people.access import Actor, Integration, TokenScope, require_scope

MOST_ENDPOINTS = 10


class Event(models.TextChoices):
    """What an endpoint can be told of."""

    STATUS_CHANGED = "status.changed"
    EVIDENCE_RECORDED = "evidence.recorded"


@transaction.atomic
def add_endpoint(address: str, *, events: Collection[str], by: Actor, at: datetime) -> Endpoint:
    """Tell an address of an integration's from now on when something changed.

    Raises Refused for an address that nothing is sent to, events that there are not, or too many.
    """
    token = _token_of(by)
    faults = []
    try:
        target_of(address, allow_loopback=settings.LOOPBACK_WEBHOOKS)
    except NotAllowedOut as error:
        faults.append(Fault("", None, "url", None, str(error)))
    if not events or not set(events) <= set(Event.values):
        faults.append(Fault("", None, "events", None, ", ".join(Event)))
    if faults:
        raise Refused(_("This webhook can't be."), faults)
    if token.endpoints.filter(removed_at=None).count() >= MOST_ENDPOINTS:
        raise Refused(_("An integration has up to %(most)s webhooks.") % {"most": MOST_ENDPOINTS})
    endpoint = Endpoint.objects.create(
        token=token, address=address, events=sorted(set(events)), made_at=at
    )
    watch(is_wanted=True)
    record_deed("add webhook", by=by, at=at, subject=("endpoint", endpoint.pk))
    return endpoint


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, by: Actor, at: datetime) -> Endpoint:
    """Tell an address no more; what was on its way is dropped. A second time is no fault."""
    if isinstance(by, Integration):
        if endpoint.token_id != _token_of(by).pk:
            raise NotFound
    else:
        require_token(by, endpoint.token)
    if endpoint.removed_at is None:
        endpoint.removed_at = at
        endpoint.save(update_fields=["removed_at"])
        endpoint.deliveries.filter(state=DeliveryState.WAITING).delete()
        if not Endpoint.objects.filter(removed_at=None).exists():
            watch(is_wanted=False)
            LastStatus.objects.all().delete()
        record_deed("remove webhook", by=by, at=at, subject=("endpoint", endpoint.pk))
    return endpoint


@transaction.atomic
def resume_endpoint(endpoint: Endpoint, *, by: Actor, at: datetime) -> Endpoint:
    """Send again to an address that nobody answered at for a day, beginning with what waits."""
    require_token(by, endpoint.token)
    if endpoint.paused_at is not None:
        endpoint.paused_at = None
        endpoint.save(update_fields=["paused_at"])
        left = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.GIVEN_UP)
        left.update(state=DeliveryState.WAITING, n_tries=0, next_at=at)
        record_deed("resume webhook", by=by, at=at, subject=("endpoint", endpoint.pk))
    return endpoint


def _token_of(by: Actor) -> Token:
    if not isinstance(by, Integration):
        raise NotFound
    require_scope(by, TokenScope.WRITE_WEBHOOKS)
    return Token.objects.get(acts_as=by.actor_id)
