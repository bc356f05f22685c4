"""Sealing: AES-256-GCM, bound to what a row is about, with the version of this form in front.

A sealed text is one byte of version, twelve of a nonce that is never used again, and the
ciphertext with its tag. What it is bound to is no secret and is not in it; moved elsewhere,
changed or of another version it does not open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES = 32
_NONCE_BYTES = 12


class Unopened(ValueError):
    """Something sealed that this key, for this row, does not open."""


def new_key() -> bytes:
    """Return a new key of 256 bits."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def seal(key: bytes, plain: bytes, *, bound_to: str) -> bytes:
    """Return the text sealed by a key and bound to what it is about."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + bound_to.encode())


def unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Return what was sealed. Raises Unopened for another key, another row, or a changed text."""
    if sealed[:1] != VERSION or len(sealed) <= 1 + _NONCE_BYTES:
        raise Unopened("of another version, or cut off")
    nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, text, VERSION + bound_to.encode())
    except InvalidTag:
        raise Unopened("by another key, for another row, or changed") from None
