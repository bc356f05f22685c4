"""Calls by which an integration says where it wants to be told of changes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Router
from pydantic import Field

from manypaths.api.door import Call, TokenWith, on_behalf, shows_nobody
from manypaths.api.evidence import Strict
from manypaths.api.shapes import Shape
from manypaths.api.statuses import answers
from manypaths.base.clock import now
from manypaths.integrations import services
from manypaths.integrations.models import Endpoint
from manypaths.integrations.queries import endpoint_for, endpoints_of
from manypaths.integrations.services import Event
from manypaths.integrations.signing import secret_of
from manypaths.people.access import TokenScope

router = Router(auth=TokenWith(TokenScope.WRITE_WEBHOOKS), tags=["Webhooks"])


class WantedWebhook(Strict):
    """Where to tell of what: an https address on the public internet."""

    url: Annotated[str, Field(max_length=500, strict=True)]
    events: Annotated[list[Event], Field(min_length=1, max_length=len(Event))]


class WebhookShape(Shape):
    """A webhook; `paused_at` says since when nobody answered there."""

    id: UUID
    url: str
    events: list[str]
    paused_at: datetime | None


class MadeWebhookShape(WebhookShape):
    """A new webhook with the secret that its receiver checks signatures by."""

    secret: str


class WebhooksShape(Shape):
    """The webhooks of the token."""

    items: list[WebhookShape]


@router.get("/webhooks", response=answers(WebhooksShape), url_name="webhooks")
@on_behalf
@shows_nobody
def webhooks(request: Call) -> WebhooksShape:
    """List where this integration is told of changes."""
    return WebhooksShape(items=[WebhookShape(**_said(one)) for one in endpoints_of(by=request.by)])


@router.post(
    "/webhooks", response=answers(MadeWebhookShape, 400, 409, 413, 415), url_name="webhooks"
)
@on_behalf
def add_webhook(request: Call, payload: WantedWebhook) -> MadeWebhookShape:
    """Be told at an address from now on. The answer holds the secret of its signatures."""
    made = services.add_endpoint(payload.url, events=payload.events, by=request.by, at=now())
    return MadeWebhookShape(**_said(made), secret=secret_of(made))


@router.delete("/webhooks/{uuid:webhook_id}", response=answers(WebhookShape), url_name="webhook")
@on_behalf
def remove_webhook(request: Call, webhook_id: UUID) -> WebhookShape:
    """Be told at an address no more."""
    found = endpoint_for(webhook_id, by=request.by)
    services.remove_endpoint(found, by=request.by, at=now())
    return WebhookShape(**_said(found))


def _said(endpoint: Endpoint) -> dict[str, Any]:  # Any: fields of different kinds
    return {
        "id": endpoint.public_id,
        "url": endpoint.address,
        "events": endpoint.events,
        "paused_at": endpoint.paused_at,
    }
