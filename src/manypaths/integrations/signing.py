"""Signatures of webhooks, by which a receiver knows that we sent them, and when.

As https://www.standardwebhooks.com describes them: HMAC-SHA256 over id, time and body.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import datetime

from django.conf import settings

from manypaths.integrations.models import Endpoint

_PREFIX = "whsec_"


def secret_of(endpoint: Endpoint) -> str:
    """Return the secret that we share with an endpoint: derived from ours, and kept nowhere."""
    named = f"webhook {endpoint.public_id}".encode()
    derived = hmac.new(settings.SECRET_KEY.encode(), named, hashlib.sha256).digest()
    return _PREFIX + b64encode(derived).decode()


def signed_headers(name: str, body: str, *, secret: str, at: datetime) -> dict[str, str]:
    """Return the headers under which a body goes out."""
    moment = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Manypaths",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature(name, moment, body, secret=secret)}",
    }


def signature(name: str, moment: str, body: str, *, secret: str) -> str:
    """Return the signature of a body, by a name and a time in seconds since 1970."""
    key = b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.new(key, f"{name}.{moment}.{body}".encode(), hashlib.sha256)
    return b64encode(signed.digest()).decode()
