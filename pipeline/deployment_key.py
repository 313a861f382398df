"""The deployment's own key: it makes ids that nobody outside can recompute. It is never rotated."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline import key_files

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE_NAME = "deployment.key"
NONCE_BYTES: Final = 12


class DeploymentKey:
    """Keyed hashes of item keys and URLs. Losing its file makes every re-import look new: keep it with the backups."""

    def __init__(self, folder: Path) -> None:
        """Reads ``deployment.key`` in the folder, or makes it."""
        self._key = key_files.read_or_create(folder / FILE_NAME)

    def document_id(self, source: str, item_key: str) -> str:
        """``d`` and 24 hex digits (96 bits); the same item of the same source always gives the same id."""
        return "d" + self._hash("document", source, item_key)[:24]

    def keyed_url(self, url: str) -> str:
        """``keyed:`` and 32 hex digits: a social-media URL recognised again without being kept (P-01)."""
        return "keyed:" + self._hash("url", url)[:32]

    def stamp(self, use: str, *parts: str) -> str:
        """24 hex digits that nobody else can make: this deployment recognises by them what it gave out itself."""
        return self._hash(f"stamp:{use}", *parts)[:24]

    def seal_pointer(self, document_id: str, address: str) -> bytes:
        """The address of a text's source, encrypted (AES-256-GCM): the only form in which one is kept (P-18)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, address.encode("utf-8", "surrogatepass"), document_id.encode())

    def open_pointer(self, document_id: str, sealed: bytes) -> str:
        """The address again. Raises ValueError (E806) when the pointer is another text's, damaged or another key's."""
        from cryptography.exceptions import InvalidTag

        try:
            opened = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], document_id.encode())
        except InvalidTag:
            raise ValueError("E806: the pointer was not sealed with this deployment's key for this text") from None
        return opened.decode("utf-8", "surrogatepass")

    def seal_channel(self, name: str, secrets_of_it: str) -> bytes:
        """The address and keys of a subscription's channel, encrypted: the only form in which they are kept."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._channel_cipher.encrypt(nonce, secrets_of_it.encode(), name.encode())

    def open_channel(self, name: str, sealed: bytes) -> str:
        """Address and keys again. Raises ValueError (E855) when they were sealed with another deployment's key."""
        from cryptography.exceptions import InvalidTag

        try:
            opened = self._channel_cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except InvalidTag:
            raise ValueError(
                f"E855: the address of subscription {name} was not sealed with this deployment's key; "
                f"restore keys/{FILE_NAME}, or remove the subscription and add it again"
            ) from None
        return opened.decode()

    @cached_property
    def _cipher(self) -> AESGCM:
        return self._cipher_for(b"pointer")

    @cached_property
    def _channel_cipher(self) -> AESGCM:
        return self._cipher_for(b"channel")

    def _cipher_for(self, use: bytes) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(hmac.new(self._key, use, hashlib.sha256).digest())

    def _hash(self, *parts: str) -> str:
        return hmac.new(self._key, length_prefixed(*parts), hashlib.sha256).hexdigest()


def length_prefixed(*parts: str) -> bytes:
    """The parts as bytes, each behind its length, so that no two lists of parts give the same bytes."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
