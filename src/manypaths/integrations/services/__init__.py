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
from manypaths.integrations.services.webhooks import (
    Event,
    add_endpoint,
    remove_endpoint,
    resume_endpoint,
)

__all__ = [
    "Call",
    "Conflict",
    "Event",
    "Made",
    "RowTaken",
    "add_endpoint",
    "make_token",
    "remove_endpoint",
    "renew_token",
    "resume_endpoint",
    "revoke_token",
    "share_frameworks",
    "take_in_sent_ratings",
    "take_in_sent_responses",
]
