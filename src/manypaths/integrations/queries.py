"""Reads of tokens: for who leads their organization, and of integrations by name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from manypaths.base.errors import NotFound
from manypaths.integrations import access
from manypaths.integrations.models import Endpoint, Sharing, Token, TokenUse
from manypaths.people.access import Actor
from manypaths.people.models import Person


@dataclass(frozen=True)
class TokenShown:
    """A token in a list: who made it, where they are known, and when it was used last."""

    token: Token
    made_by: Person | None
    last_used_at: datetime | None
    is_over: bool


def tokens_of(*, by: Actor, at: datetime) -> list[TokenShown]:
    """Return the tokens of all organizations that `by` leads, newest first. Four queries."""
    tokens = list(
        access.tokens_seen_by(by).select_related("organization").order_by("-made_at", "-pk")
    )
    makers = Person.objects.filter(user__in=[one.made_by for one in tokens if one.made_by])
    by_user = {person.user_id: person for person in makers}
    uses = TokenUse.objects.filter(token__in=tokens)
    used = dict(uses.values_list("token", "last_used_at"))
    return [
        TokenShown(
            token,
            by_user.get(token.made_by),
            used.get(token.pk),
            token.revoked_at is not None or token.expires_at <= at,
        )
        for token in tokens
    ]


def token_for(token_id: UUID, *, by: Actor) -> Token:
    """Return the token if `by` leads its organization, else raise NotFound."""
    return access.token_for(by, token_id)


def endpoints_of(*, by: Actor) -> list[Endpoint]:
    """Return the webhooks of an integration itself, or of those that `by` leads. One query."""
    return list(access.endpoints_seen_by(by).order_by("made_at", "pk"))


def endpoint_for(endpoint_id: UUID, *, by: Actor) -> Endpoint:
    """Return the webhook if it is the integration's own, or of one that `by` leads."""
    found = access.endpoints_seen_by(by).filter(public_id=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


def are_frameworks_open() -> bool:
    """Say whether anybody may read the published frameworks of this district. One query."""
    return Sharing.objects.filter(frameworks=True).exists()


def integration_names(actor_ids: Collection[int]) -> dict[int, str]:
    """Return the names of integrations by the ids that logs know them by. One query."""
    found = Token.objects.filter(acts_as__in=actor_ids).values_list("acts_as", "name")
    return dict(found)
