"""Building the vectors anew beside the live ones, and swapping when the new ones are complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from index.dense.base import VectorChange
from index.dense.versions import Kind, Versions
from index.dense.writer import VectorWriter

BATCH: Final = 2_000


def rebuild_vectors(folder: Path, changes: Iterable[VectorChange], *, encoder: str, dimensions: int) -> int:
    """Writes all changes into a new version, makes it the live one and removes the others; returns how many counted.

    Questions go on meanwhile; writers have to wait, and catch up from the outbox afterwards. Also the way out of an
    index that is damaged or of another encoder. Raises IndexBusy when another process writes.
    """
    versions = Versions(folder, Kind(encoder, dimensions))
    handle = versions.locked()
    try:
        new = versions.add()
        try:
            writer = VectorWriter(new, dimensions)
            source, taken = iter(changes), 0
            while batch := list(islice(source, BATCH)):
                taken += writer.write(batch)
                writer.commit()
            writer.close()
            versions.swap(new)
        except BaseException:
            versions.discard(new)
            raise
        return taken
    finally:
        os.close(handle)
