"""Checksums of the artifacts that ship: written by training, verified before an artifact is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SUMS: Final = "SHA256SUMS"
"""File beside the artifacts, in the form of ``sha256sum``."""


class ArtifactError(RuntimeError):
    """E210: a trained artifact is missing or is not what its checksum says."""


def stated(folder: Path) -> dict[str, str]:
    """SHA-256 in hex by file name, as the folder's list states it; empty where there is no list."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {line[66:]: line[:64] for line in lines}


def note(folder: Path, names: Iterable[str]) -> None:
    """Writes the checksums of these files into the folder's list; those of other files stay."""
    sums = stated(folder) | {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())), "utf-8")


def verified(path: Path, trained_by: str) -> bytes:
    """The bytes of an artifact. Raises ArtifactError (E210), naming the module that trains it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ArtifactError(f"E210: {path} is missing: run python -m {trained_by}") from error
    if hashlib.sha256(content).hexdigest() != stated(path.parent).get(path.name):
        raise ArtifactError(f"E210: {path} does not match {SUMS}; restore it, or run python -m {trained_by}")
    return content
