"""Deeds on tokens, and what integrations hand on."""

from manypaths.integrations.services.evidence import (
    Call,
    Conflict,
    RowTaken,
    take_in_sent_ratings,
    take_in_sent_responses,
)
from manypaths.integrations.services.sharing import share_frameworks
from manypaths.integrations.services.tokens import Made, make_token, renew_token, revoke_token

__all__ = [
    "Call",
    "Conflict",
    "Made",
    "RowTaken",
    "make_token",
    "renew_token",
    "revoke_token",
    "share_frameworks",
    "take_in_sent_ratings",
    "take_in_sent_responses",
]
