"""Making what was deleted or replaced leave the disk: Tantivy keeps it in segments until they are merged (P-12).

Tantivy drops a segment of which nothing is left. So every document that is left in a segment with deleted ones is
written again, and the segment goes. The time this takes grows with the segments that hold something deleted: at most
with the whole index, as a rebuild does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tantivy

from index.embedded.reader import Snapshot
from index.embedded.schema import schema
from index.entry import Change, Deletion


def is_clean(folder: Path) -> bool:
    """Whether the files of a version hold nothing but what is there to be found."""
    segments = _segments(folder)
    names = {segment["segment_id"].replace("-", "") for segment in segments}
    strays = [path for path in folder.iterdir() if len(name := path.name.split(".")[0]) == 32 and name not in names]
    return not strays and not any(map(_deleted, segments))


def survivors(snapshot: Snapshot, folder: Path) -> Iterator[Change]:
    """What is left in the segments that also hold something deleted: states, and tombstones of documents."""
    searcher, segments = snapshot.searcher, _segments(folder)
    every = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False).hits
    alive = Counter(address.segment_ord for _, address in every)
    known = [alive[number] == segment["max_doc"] - _deleted(segment) for number, segment in enumerate(segments)]
    dirty = {number for number, segment in enumerate(segments) if _deleted(segment)} if all(known) else set(alive)
    for _, address in every:
        if address.segment_ord in dirty and snapshot.has_text(address):
            yield snapshot.entry(address)
    tombs = tantivy.Query.term_query(schema(), "state", "deleted", "basic")
    for document_id, _ in searcher.terms_with_prefix("id", "", tombs):
        where = snapshot.address(document_id)
        if where is not None and where.segment_ord in dirty:
            yield Deletion(document_id, snapshot.number("sequence", where))


def _segments(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"])


def _deleted(segment: dict[str, Any]) -> int:
    return int(segment["deletes"]["num_deleted_docs"]) if segment["deletes"] else 0
