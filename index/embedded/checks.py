"""Whether the files of an index are what was written: Tantivy's own checksums, and every document read back."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Final

import tantivy

from index.embedded.compile import live
from index.embedded.reader import Snapshot, damage_named
from index.embedded.schema import schema
from index.embedded.shelf import Shelf, opened
from index.errors import IndexUnusable

_FOOTER_MAGIC: Final = 1337
_BATCH: Final = 10_000


def examined(shelf: Shelf) -> tuple[Path | None, tuple[str, ...]]:
    """The live version's folder and what is wrong with its files."""
    try:
        folder = shelf.current()
        if folder is None:
            return None, ()
        opened(folder)
    except IndexUnusable as error:
        return None, (str(error),)
    segments = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"]
    prefixes = {segment["segment_id"].replace("-", "") for segment in segments}
    files = [path for path in sorted(folder.iterdir()) if path.name.split(".")[0] in prefixes]
    return folder, tuple(f"{path.name}: {fault}" for path in files if (fault := checksum_fault(path)))


def checksum_fault(path: Path) -> str | None:
    """What is wrong with a Tantivy file, None when its CRC-32 is the one in its footer."""
    data = path.read_bytes()
    length, magic = int.from_bytes(data[-8:-4], "little"), int.from_bytes(data[-4:], "little")
    if len(data) < 8 or magic != _FOOTER_MAGIC or length + 8 > len(data):
        return "its footer is missing"
    try:
        stated = json.loads(data[-8 - length : -8])["crc"]
    except (ValueError, KeyError):
        return "its footer is damaged"
    return None if zlib.crc32(data[: -8 - length]) == stated else "its checksum is wrong"


def misread(snapshot: Snapshot) -> tuple[str, ...]:
    """Documents that cannot be read back, or that two entries claim."""
    problems = []
    searcher, seen = snapshot.searcher, set[str]()
    try:
        with damage_named(Path()):
            total = snapshot.total(live())
            for start in range(0, total, _BATCH):
                for _, address in searcher.search(live(), _BATCH, count=False, offset=start).hits:
                    entry = snapshot.entry(address)
                    if entry.id in seen:
                        problems.append(f"{entry.id} is there twice")
                    seen.add(entry.id)
    except IndexUnusable as error:
        problems.append(error.reason)
    tombs = tantivy.Query.term_query(schema(), "state", "deleted", "basic")
    if searcher.num_docs != len(seen) + snapshot.total(tombs) and not problems:
        problems.append(f"{searcher.num_docs} documents, of which {len(seen)} can be read")
    return tuple(problems)
