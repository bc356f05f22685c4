"""Who may make tokens and see them: who leads the organization that they act for."""

from uuid import UUID

from django.db.models import QuerySet

from manypaths.base.errors import NotFound
from manypaths.integrations.models import Endpoint, Token
from manypaths.people.access import Actor, Integration, Operator, organizations_led_by


def tokens_seen_by(by: Actor) -> QuerySet[Token]:
    """Return the tokens that act for organizations that `by` leads."""
    if isinstance(by, Operator):
        return Token.objects.all()
    if isinstance(by, Integration):
        return Token.objects.none()
    return Token.objects.filter(organization__in=organizations_led_by(by))


def token_for(by: Actor, token_id: UUID) -> Token:
    """Return the token if `by` leads its organization, else raise NotFound."""
    found = tokens_seen_by(by).filter(public_id=token_id).select_related("organization").first()
    if found is None:
        raise NotFound
    return found


def endpoints_seen_by(by: Actor) -> QuerySet[Endpoint]:
    """Return the webhooks of an integration itself, or of those that `by` leads."""
    found = Endpoint.objects.filter(removed_at=None).select_related("token__organization")
    if isinstance(by, Integration):
        return found.filter(token__acts_as=by.actor_id)
    return found.filter(token__in=tokens_seen_by(by))


def require_token(by: Actor, token: Token) -> None:
    """Raise NotFound unless `by` leads the organization that a token acts for."""
    if not tokens_seen_by(by).filter(pk=token.pk).exists():
        raise NotFound
