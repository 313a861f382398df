"""The ledger of withdrawals: what may not come back from a backup that is older than the withdrawal (P-12, P-11).

A file beside the keys, one JSON object a line, only ever added to: ids and keyed stamps, never a text. Every backup
carries a copy, which is kept up as long as its folder can be reached; ``minyi restore`` applies it. A line says when it
was written: of several ledgers, whatever their order, the newest stamp of a text holds.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from pipeline.deployment_key import DeploymentKey
from pipeline.records import Document
from pipeline.redacted import NOTHING
from pipeline.store import Store
from pipeline.store.engine import insert_new, lock, portions
from pipeline.store.tables import documents, outbox

FILE_NAME: Final = "withdrawn.jsonl"
BACKUPS: Final = "backups.jsonl"
"""The file beside the keys that says which backups were made where."""
NOTED_THROUGH: Final = "withdrawals_noted_through"
"""The fact that says up to which row of the outbox withdrawals are in the ledger."""
BATCH: Final = 1000
TAIL: Final = 65_536
"""Bytes at the end of two ledgers that are compared."""
USE: Final = "text"
"""What the stamps of changed texts are for."""


class LedgerDamaged(ValueError):
    """E243: a ledger of withdrawals has a line that is none."""


@dataclass
class Ledger:
    """What a ledger says: withdrawn documents with what a tombstone needs, stamps of texts that replaced others."""

    withdrawn: dict[str, Mapping[str, str]] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, *files: Path) -> Ledger:
        """The ledgers in these files together; one that is not there says nothing. Raises LedgerDamaged (E243)."""
        ledger, changed_at = cls(), dict[str, str]()
        for file in files:
            for line in _lines(file):
                if line["kind"] == "withdrawn":
                    ledger.withdrawn[line["id"]] = line
                elif line.get("at", "") >= changed_at.get(line["id"], ""):
                    ledger.changed[line["id"]], changed_at[line["id"]] = line["stamp"], line.get("at", "")
        return ledger

    def apply(self, store: Store, keys: DeploymentKey) -> int:
        """Withdraws what a restored store still has, and empties texts that their source has changed since.

        A document that the store does not know gets a tombstone, so that no source brings it back. Returns how many
        texts went.
        """
        gone = store.withdraw_documents(self.withdrawn)
        with store.transaction() as connection:
            for portion in portions(sorted(self.withdrawn)):
                rows = [_tombstone(self.withdrawn[key], store) for key in portion]
                insert_new(connection, documents, rows, "id")
        for portion in portions(sorted(self.changed.keys() - self.withdrawn.keys())):
            for document in store.documents_by_id(portion).values():
                if document.tombstone or stamp(keys, document) == self.changed[document.id]:
                    continue
                gone += store.revise_document(document.model_copy(update={"title": NOTHING, "body": NOTHING}))
        return gone


def note_withdrawals(store: Store, keys_folder: Path) -> int:
    """Adds to the ledger what was withdrawn or changed since the last time, and brings the backups' copies up.

    Returns how many lines are new. Killed anywhere, the next call writes them again: a line twice says what it says.
    """
    added, since = 0, int(store.fact(NOTED_THROUGH) or 0)
    keys, end = DeploymentKey(keys_folder), store.outbox_end()
    while rows := _gone_after(store, since):
        since = rows[-1][0]
        lines = list(_told(store, keys, {key for _, key in rows}))
        if lines:
            _append(
                keys_folder / FILE_NAME, "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode()
            )
        store.set_fact(NOTED_THROUGH, str(since))
        added += len(lines)
    if end > since:  # what is no withdrawal is not looked at again
        store.set_fact(NOTED_THROUGH, str(end))
    for folder in backups(keys_folder):
        bring_up(keys_folder / FILE_NAME, folder / FILE_NAME)
    return added


def backups(keys_folder: Path) -> Iterator[Path]:
    """Folders of the backups that were made of this office, as far as they can be reached now."""
    for line in known_backups(keys_folder):
        folder = Path(line["folder"])
        if (folder / FILE_NAME).is_file():
            yield folder


def known_backups(keys_folder: Path) -> list[dict[str, Any]]:
    """The backups that were made and not forgotten, oldest first: folder, moment, digest of the manifest.

    Raises LedgerDamaged (E243).
    """
    known: dict[str, dict[str, Any]] = {}
    for line in _read(keys_folder / BACKUPS):
        known.pop(line["folder"], None)
        if "forgotten_at" not in line:
            known[line["folder"]] = line
    return list(known.values())


def note_backup(keys_folder: Path, line: Mapping[str, str]) -> None:
    """Keeps where a backup lies."""
    _append(keys_folder / BACKUPS, f"{json.dumps(dict(line), sort_keys=True)}\n".encode())


def forget_backups(keys_folder: Path, folder: Path) -> list[str]:
    """Notes that the backup in a folder, or those that lay in it, were deleted; which. One that is there is kept."""
    reached, gone = set(map(str, backups(keys_folder))), []
    for line in known_backups(keys_folder):
        lay = Path(line["folder"])
        if line["folder"] not in reached and folder in (lay, *lay.parents):
            note_backup(keys_folder, {"folder": line["folder"], "forgotten_at": datetime.now(UTC).isoformat()})
            gone.append(line["folder"])
    return gone


def lagging_backups(keys_folder: Path) -> Iterator[Path]:
    """Folders of backups that can be read and whose ledger lacks withdrawals: it could not be written there."""
    for folder in backups(keys_folder):
        if _lacking(keys_folder / FILE_NAME, folder / FILE_NAME):
            yield folder


def bring_up(ledger: Path, copy: Path) -> None:
    """Adds to a copy of the ledger what it lacks. One that cannot be written is left to :func:`lagging_backups`."""
    with suppress(OSError):
        if lacks := _lacking(ledger, copy):
            _append(copy, lacks)


def _lacking(ledger: Path, copy: Path) -> bytes:
    """The lines of a ledger that its copy has not, in their order; half a line in either is none."""
    if not ledger.is_file() or _tail(ledger) == _tail(copy):
        return b""
    known, there = (file.read_bytes() if file.exists() else b"" for file in (ledger, copy))
    known, there = (content[: content.rfind(b"\n") + 1] for content in (known, there))
    if known.startswith(there):
        return known[len(there) :]
    lacks, has = [], Counter(there.splitlines(keepends=True))
    for line in known.splitlines(keepends=True):
        has[line] -= 1
        if has[line] < 0:
            lacks.append(line)
    return b"".join(lacks)


def stamp(keys: DeploymentKey, document: Document) -> str:
    """What tells whether a text is the one that its source had last, without telling the text."""
    return keys.stamp(USE, document.id, document.content_hash)


def _gone_after(store: Store, since: int) -> list[tuple[int, str]]:
    query = select(outbox.c.sequence, outbox.c.document_id).where(outbox.c.sequence > since, outbox.c.kind == "delete")
    with store.reading() as connection:
        lock(connection, "outbox")  # waits for writers who have a number but have not committed it yet
        rows = connection.execute(query.order_by(outbox.c.sequence).limit(BATCH)).all()
    return [(row.sequence, row.document_id) for row in rows]


def _told(store: Store, keys: DeploymentKey, ids: Iterable[str]) -> Iterator[dict[str, str]]:
    at = store.clock().isoformat()
    for document in store.documents_by_id(sorted(ids)).values():
        if document.tombstone:
            yield {
                "kind": "withdrawn", "id": document.id, "genre": document.genre, "source_kind": document.source_kind,
                "at": at,
            }  # fmt: skip
        else:
            yield {"kind": "changed", "id": document.id, "stamp": stamp(keys, document), "at": at}


def _tombstone(line: Mapping[str, str], store: Store) -> dict[str, Any]:
    document = Document(
        id=line["id"], source_kind=line["source_kind"], source=NOTHING, genre=line["genre"],
        collected_at=store.clock(), title=NOTHING, body=NOTHING, redactor_version="", origin_id=line["id"],
        tombstone=True,
    )  # fmt: skip
    values = {name: getattr(document, name) for name in Document.model_fields}
    return {**values, "content_hash": "", "state": "withdrawn"}


def _tail(file: Path) -> bytes | None:
    """The last lines: of two ledgers that only grow they tell whether one has all that the other has."""
    if not file.exists():
        return None
    with file.open("rb") as open_file:
        open_file.seek(max(0, file.stat().st_size - TAIL))
        return open_file.read()


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in _read(file):
        if line.get("kind") not in ("withdrawn", "changed") or not isinstance(line.get("id"), str):
            raise LedgerDamaged(f"E243: {file} has a line that names no document; restore the file from another backup")
        yield line


def _read(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    whole = file.read_bytes().rpartition(b"\n")[0]  # what a power cut left of a line is written again
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError):
            raise LedgerDamaged(f"E243: {file}: line {number} is damaged; copy the file from another backup") from None


def _append(file: Path, content: bytes) -> None:
    """Adds lines, and has them on the disk; half a line, which a power cut or a full disk left, goes first."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            os.ftruncate(descriptor, os.pread(descriptor, size, 0).rfind(b"\n") + 1)
        written = 0
        while written < len(content):
            written += os.write(descriptor, content[written:])
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = [
    "Ledger",
    "LedgerDamaged",
    "backups",
    "bring_up",
    "forget_backups",
    "known_backups",
    "lagging_backups",
    "note_backup",
    "note_withdrawals",
]
