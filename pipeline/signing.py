"""Signatures (Ed25519, RFC 8032) of what leaves the deployment and has to be believed without it.

The same key and bytes always give the same signature. The public key may be given to anybody; whoever verifies compares
its fingerprint with one that came by another way.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline import key_files

FILE_NAME: Final = "signing.key"
RETIRED: Final = "signing.retired"
"""File beside it with the fingerprints of the keys before, one a line, and when each was retired."""
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


class Signer(NamedTuple):
    """A key that the deployment signs or signed with: its fingerprint, and when it was retired."""

    fingerprint: str
    retired_at: datetime | None


def rotate_signing_key(folder: Path, at: datetime) -> tuple[str, str]:
    """Notes the fingerprint of the present key, destroys it and makes another; returns both fingerprints.

    What was signed carries its public key and stays valid. Killed anywhere, it has either key, or makes one when asked.
    """
    former = fingerprint(SigningKey(folder).public)
    descriptor = os.open(folder / RETIRED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        file.write(f"{former} {at.isoformat()}\n")
        file.flush()
        os.fsync(file.fileno())
    key_files.destroy(folder / FILE_NAME)
    return former, fingerprint(SigningKey(folder).public)


def signers(folder: Path) -> list[Signer]:
    """The present key and those before it, the newest first."""
    present = fingerprint(SigningKey(folder).public)
    retired = folder / RETIRED
    lines = retired.read_text("ascii").splitlines() if retired.exists() else []
    former = {line.split()[0]: datetime.fromisoformat(line.split()[1]) for line in lines}
    former.pop(present, None)
    return [Signer(present, None), *(Signer(key, at) for key, at in reversed(former.items()))]


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
