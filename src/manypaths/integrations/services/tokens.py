"""Make, renew and revoke tokens of integrations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from manypaths.accounts.tokens import hash_of, new_token
from manypaths.base.audit import record_deed
from manypaths.base.errors import Refused
from manypaths.integrations.access import require_token
from manypaths.integrations.models import Token, TokenUse
from manypaths.people.access import Actor, TokenScope, require_leadership
from manypaths.people.models import Organization, User

LONGEST_DAYS = 400
# So that whoever finds one in a file knows what it is, and programs that look for such find it.
_PREFIX = "manypaths_"


@dataclass(frozen=True)
class Made:
    """A token and its secret, which is told this once and kept nowhere."""

    token: Token
    secret: str


@transaction.atomic
def make_token(
    organization: Organization,
    name: str,
    *,
    scopes: Collection[str],
    days: int,
    by: Actor,
    at: datetime,
) -> Made:
    """Make a token by which a program acts for an organization that `by` leads.

    Raises Refused without a name or a scope, for a scope that there is not, or too many days.
    """
    require_leadership(by, organization)
    if not name.strip():
        raise Refused(_("An integration needs a name, such as that of its program."))
    if not scopes or not set(scopes) <= set(TokenScope.values):
        raise Refused(
            _("Choose what it may do: one or more of %(all)s.") % {"all": ", ".join(TokenScope)}
        )
    user = User(username=f"integration {uuid4()}", is_active=False)
    user.set_unusable_password()
    user.save()
    secret = _PREFIX + new_token()
    token = Token.objects.create(
        organization=organization,
        name=name.strip()[:100],
        scopes=sorted(set(scopes)),
        acts_as=user.pk,
        secret_hash=hash_of(secret),
        made_by=by.actor_id,
        made_at=at,
        expires_at=_end(days, at),
    )
    TokenUse.objects.create(token=token)
    record_deed(
        "make token", by=by, at=at, subject=("token", token.pk), organization=organization.pk
    )
    return Made(token, secret)


@transaction.atomic
def renew_token(token: Token, *, days: int, by: Actor, at: datetime) -> Made:
    """Give a token a new secret and a new end; the one before is good no more.

    The integration stays the same, so that what it sent before is still known.
    """
    require_token(by, token)
    _require_open(token)
    secret = _PREFIX + new_token()
    token.secret_hash, token.expires_at = hash_of(secret), _end(days, at)
    token.save(update_fields=["secret_hash", "expires_at"])
    record_deed("renew token", by=by, at=at, subject=("token", token.pk))
    return Made(token, secret)


@transaction.atomic
def revoke_token(token: Token, *, by: Actor, at: datetime) -> Token:
    """End a token now and for good; what came in by it stays. A second time is no fault."""
    require_token(by, token)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record_deed("revoke token", by=by, at=at, subject=("token", token.pk))
    return token


def _end(days: int, at: datetime) -> datetime:
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(
            _("A token is good for 1 to %(most)s days. Renew it before it ends.")
            % {"most": LONGEST_DAYS}
        )
    return at + timedelta(days=days)


def _require_open(token: Token) -> None:
    if Token.objects.filter(pk=token.pk, revoked_at=None).first() is None:
        raise Refused(_("This token was revoked. Make a new one."))
