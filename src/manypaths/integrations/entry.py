"""How an integration gets in: by its token, so many times a minute; and without one.

Who shows a token has not said yet where they belong, so that its row is looked for in every
district; everything after that happens in the scope of the row's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from manypaths.accounts.tokens import hash_of
from manypaths.base.errors import NotFound
from manypaths.base.scope import district_scope
from manypaths.integrations.models import AddressUse, Sharing, Token, TokenUse
from manypaths.people.access import Integration
from manypaths.people.models import Organization
from manypaths.people.queries import zone_of

_SECONDS = 60
_MINUTES_KEPT = 60


class TooManyCalls(Exception):
    """More calls in this minute than are to be had; `seconds` tells when the next one begins."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def token_behind(secret: str, at: datetime) -> Token:
    """Return the token whose secret this is; raise NotFound for one that is over, or none."""
    found = Token.every_district.filter(
        secret_hash=hash_of(secret), revoked_at=None, expires_at__gt=at
    )
    token = found.select_related("organization").first()
    if token is None or token.organization.closed_on is not None:
        raise NotFound
    return token


def count_call(token: Token, at: datetime) -> None:
    """Count one call of a token; raise TooManyCalls beyond those that it has a minute."""
    minute, second = divmod(int(at.timestamp()), _SECONDS)
    use = TokenUse.every_district.filter(token=token)
    if _counts_on(use, minute, most=settings.API_CALLS_A_MINUTE):
        return
    if use.exclude(minute=minute).update(minute=minute, n_calls=1, last_used_at=at):
        return
    raise TooManyCalls(_SECONDS - second)


def count_open_call(address: str, at: datetime) -> None:
    """Count one call without a token; raise TooManyCalls beyond those that an address has a minute.

    Two addresses never share a count, and a whole school may well share an address.
    """
    minute, second = divmod(int(at.timestamp()), _SECONDS)
    name = salted_hmac("manypaths.open-calls", address, algorithm="sha256").hexdigest()
    use, most = AddressUse.objects.filter(address_hash=name), settings.OPEN_CALLS_AN_ADDRESS
    if _counts_on(use, minute, most=most):
        return
    if use.exclude(minute=minute).update(minute=minute, n_calls=1):
        return
    AddressUse.objects.filter(minute__lt=minute - _MINUTES_KEPT).delete()
    _, is_first = AddressUse.objects.get_or_create(address_hash=name, defaults={"minute": minute})
    # Where two first calls came at the same moment, one of them counts on what the other began.
    if not is_first and not _counts_on(use, minute, most=most):
        raise TooManyCalls(_SECONDS - second)


def _counts_on(use: QuerySet[TokenUse] | QuerySet[AddressUse], minute: int, *, most: int) -> bool:
    """Add one to what was counted in this minute; False for a new minute, and where it is full."""
    still_free = Q(minute=minute, n_calls__lt=most)
    return use.filter(still_free).update(n_calls=F("n_calls") + 1) > 0


def integration_of(token: Token) -> Integration:
    """Return as whom the holder of a token acts."""
    return Integration(token.acts_as, token.organization, frozenset(token.scopes))


def districts_that_share() -> list[Organization]:
    """Return the districts whose published frameworks anybody may read. Two queries."""
    sharing = Sharing.every_district.filter(frameworks=True).values("district_id")
    return list(Organization.every_district.filter(pk__in=sharing).order_by("pk"))


@contextmanager
def scope_of(token: Token) -> Iterator[None]:
    """Work in the district of a token."""
    zone = zone_of(Organization.every_district.get(pk=token.district_id))
    with district_scope(token.district_id, zone), timezone.override(zone):
        yield
