"""What the models are at this moment, as one short word: any changed byte of data that they read changes it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from models.checksums import stated
from models.transformer.chosen import HOME, chosen

_DATA = {".npz", ".json", ".gz", ".yaml", ".txt", ".onnx"}


def fingerprint() -> str:
    """12 hex digits of the SHA-256 over all data files of this package (artifacts, lexicons, gazetteer), and over the
    checksums of the chosen model where another than the one that ships is read."""
    return _fingerprint(chosen().folder)


@cache
def _fingerprint(model: Path) -> str:
    root = Path(__file__).parent
    digest = hashlib.sha256()
    if model != HOME:
        digest.update(repr(sorted(stated(model).items())).encode())
    for path in sorted(p for p in root.rglob("*") if p.suffix in _DATA and p.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
