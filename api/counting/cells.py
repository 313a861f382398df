"""From documents to what k-anonymity looks at: how many, of how many origins, by how many voices."""

from __future__ import annotations

from collections.abc import Collection

from api.policy.suppression import Cell
from pipeline.store import Hearing


def cell_of(hearing: Hearing, key: str, ids: Collection[str], parent: str | None = None) -> Cell:
    """These documents as a cell of a table."""
    low, high = hearing.voices(ids)
    return Cell(key, len(ids), low, high, hearing.origins(ids), parent)
