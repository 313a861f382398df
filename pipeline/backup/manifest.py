"""The manifest of a backup: what is in it, by counts and hashes, signed with the deployment's key; its examination."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

from pydantic import Field, ValidationError

from pipeline.backup.cleaning import CopyDamaged, sound
from pipeline.backup.copying import STORE_FILE
from pipeline.records.base import Instant, Record
from pipeline.signing import SigningKey, fingerprint, is_signed

MANIFEST: Final = "MANIFEST.json"
SIGNATURE: Final = "MANIFEST.sig"
FORMAT: Final = 1
CHUNK: Final = 1 << 20
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BackupDamaged(RuntimeError):
    """E241: a backup is incomplete, or is not what its manifest says."""


class Manifest(Record):
    """What a backup holds: SHA-256 by file, rows by table, the newest event of the audit trail, the revision."""

    format: int = FORMAT
    program: str
    made_at: Instant
    revision: str
    database: str
    """``sqlite`` or ``postgresql``: what the store was copied from."""
    documents: int
    rows: dict[str, int]
    files: dict[str, Sha256]
    audit_sequence: int
    audit_hash: str
    signer: str
    """Public key of the deployment, in hex."""

    @property
    def signed_by(self) -> str:
        """Fingerprint of the key, as ``minyi bundle`` prints it."""
        return fingerprint(bytes.fromhex(self.signer))


def write(folder: Path, manifest: Manifest, key: SigningKey) -> str:
    """Writes manifest and signature; returns the SHA-256 of the manifest, which names this backup."""
    content = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / SIGNATURE).write_bytes(key.sign(content))
    return hashlib.sha256(content).hexdigest()


def examine(folder: Path, advance: Callable[[int], None] = lambda count: None) -> tuple[Manifest, str]:
    """Reads a whole backup without writing: the manifest, and the SHA-256 that names it.

    Raises BackupDamaged (E241) for a file that is missing, changed or not whole, and for a store whose rows are other
    than stated.
    """
    manifest, content = _read(folder)
    for name, digest in sorted(manifest.files.items()):
        file = folder / name
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BackupDamaged(f"E241: the manifest names {name}, which lies outside of {folder}: take another backup")
        if not file.is_file():
            raise BackupDamaged(f"E241: {file} is missing: take another backup")
        if sha256(file, advance) != digest:
            raise BackupDamaged(f"E241: {file} is not what the manifest says: take another backup")
    connection = sqlite3.connect(f"file:{folder / STORE_FILE}?mode=ro&immutable=1", uri=True)
    try:
        rows = sound(connection, folder / STORE_FILE)
    except CopyDamaged as error:
        raise BackupDamaged(f"E241: {str(error).removeprefix('E242: ')}") from None
    finally:
        connection.close()
    if rows != manifest.rows:
        wrong = sorted(name for name in rows.keys() | manifest.rows if rows.get(name) != manifest.rows.get(name))
        raise BackupDamaged(f"E241: rows are missing or too many in {', '.join(wrong)}: take another backup")
    return manifest, hashlib.sha256(content).hexdigest()


def sha256(file: Path, advance: Callable[[int], None] = lambda count: None) -> str:
    """The hash of a file, read in pieces."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()


def _read(folder: Path) -> tuple[Manifest, bytes]:
    try:
        content, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    except FileNotFoundError as error:
        raise BackupDamaged(
            f"E241: {error.filename} is missing: {folder} is no backup, or one that was not finished"
        ) from None
    try:
        manifest = Manifest.model_validate_json(content)
        signer = bytes.fromhex(manifest.signer)
    except (ValidationError, ValueError):
        raise BackupDamaged(f"E241: {folder / MANIFEST} cannot be read: take another backup") from None
    if manifest.format > FORMAT:
        raise BackupDamaged(f"E241: {folder} was made by a newer program (format {manifest.format}): use that one")
    if not is_signed(signer, signature, content):
        raise BackupDamaged(f"E241: {folder / MANIFEST} was changed after it was signed: take another backup")
    return manifest, content
