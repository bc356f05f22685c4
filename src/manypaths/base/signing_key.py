"""The key by which this installation signs what leaves it: kept in the home, never in a database.

Ed25519 (RFC 8032). Whoever has the public key can tell what we gave out from what was changed on
the way; the private one lies beside the secret of sessions, outside of every backup.
"""

import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_NAME = "signing-key"
_KEY_BYTES = 32


@dataclass(frozen=True)
class Signer:
    """A private key in hand."""

    _key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """Return the public key, 64 hexadecimal digits."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, content: bytes) -> str:
        """Return the signature of a content, 128 hexadecimal digits."""
        return self._key.sign(content).hex()


def signer_of(home: Path) -> Signer:
    """Return the key of a home, made where there is none; of several makers one wins."""
    path = home / _NAME
    if not path.exists():
        _make(path)
    return Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii"))))


def is_signed(content: bytes, *, signature: str, public_key: str) -> bool:
    """Say whether a content was signed by the key whose public part this is."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """Return what people compare of a public key: sixteen digits of its hash, in fours."""
    digits = sha256(public_key.encode()).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{_NAME}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_bytes(_KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link never replaces what another process made meanwhile.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
