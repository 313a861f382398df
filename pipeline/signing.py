"""Signatures (Ed25519, RFC 8032) of what leaves the deployment and has to be believed without it.

The same key and bytes always give the same signature. The public key may be given to anybody; whoever verifies compares
its fingerprint with one that came by another way.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline import key_files

FILE_NAME: Final = "signing.key"
PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


class SigningKey:
    """The deployment's signing key. Losing its file makes new signatures come from somebody unknown."""

    def __init__(self, folder: Path) -> None:
        """Reads ``signing.key`` in the folder, or makes it. Raises KeyFileDamaged (E160)."""
        self._key = Ed25519PrivateKey.from_private_bytes(key_files.read_or_create(folder / FILE_NAME))

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """The signature of the content, 64 bytes."""
        return self._key.sign(content)


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether the signature of exactly this content was made with the key that belongs to ``public``."""
    if len(public) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """SHA-256 of the public key, in hex: what two people compare."""
    return hashlib.sha256(public).hexdigest()
