"""Key files: 32 random bytes that only this account can read, created whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from index.durable import sync

KEY_BYTES = 32


class KeyFileDamaged(RuntimeError):
    """E160: a key file does not hold 32 bytes."""


def read_or_create(path: Path) -> bytes:
    """The key in this file, made now if there is none; of several that make it at once, one wins for all."""
    if not path.exists():
        _create(path)
    return read(path)


def read(path: Path) -> bytes:
    """The key in this file. Raises FileNotFoundError, or KeyFileDamaged (E160) when it was cut or overwritten."""
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise KeyFileDamaged(f"E160: {path} does not hold a key of {KEY_BYTES} bytes; restore it from where it is kept")
    return key


def destroy(path: Path) -> None:
    """Overwrites the key and removes the file, each on the disk before the next; a missing file is no error."""
    try:
        with path.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    sync(path.parent)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    sync(path.parent)
