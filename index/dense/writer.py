"""Writing vectors: gathered in memory, then rows, then the table's transaction, then the rows that are dead erased.

Killed before the transaction, a commit has not happened, and its rows are written over by the next one. Killed after
it, the next writer erases what is dead.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.dense.base import VectorChange, VectorEntry
from index.dense.matrix import Matrix
from index.dense.table import Known, Table
from index.entry import Deletion


class VectorWriter:
    """Writes into one version's folder; whoever makes one holds the lock."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._table = Table(folder)
        self._matrix = Matrix(folder, dimensions)
        self._dimensions = dimensions
        self._rows, live = self._table.places()
        self._pending: dict[str, VectorChange] = {}
        self._before: dict[str, Known] = {}
        self._erase_dead({row.place for row in live})

    def write(self, changes: Iterable[VectorChange]) -> int:
        """Takes in what is newer than what is known; a deletion also removes the very state it names."""
        changes = list(changes)
        self._before |= self._table.known(c.id for c in changes if c.id not in self._before)
        won = 0
        for change in changes:
            if isinstance(change, VectorEntry) and len(change.vector) != self._dimensions:
                raise ValueError(f"E615: the vector of {change.id} has {len(change.vector)} numbers, "
                                 f"not {self._dimensions}")  # fmt: skip
            pending, before = self._pending.get(change.id), self._before.get(change.id)
            known = pending.sequence if pending else before.sequence if before else 0
            if change.sequence > known or (isinstance(change, Deletion) and change.sequence == known):
                self._pending[change.id] = change
                won += 1
        return won

    def commit(self) -> None:
        """Durable from here on."""
        if not self._pending:
            return
        vectors: list[npt.NDArray[np.float16]] = []
        states: list[tuple[str, Known]] = []
        dead: list[int] = []
        for document_id, change in self._pending.items():
            before = self._before.get(document_id)
            place = before.place if before else None
            if isinstance(change, Deletion):
                states.append((document_id, Known(change.sequence, None, b"")))
            elif before and place is not None and change.fingerprint and before.fingerprint == change.fingerprint:
                states.append((document_id, Known(change.sequence, place, before.fingerprint, change.project_ids)))
                continue
            else:
                row = self._rows + len(vectors)
                vectors.append(change.vector.astype(np.float16))
                states.append((document_id, Known(change.sequence, row, change.fingerprint, change.project_ids)))
            if place is not None:
                dead.append(place)
        if vectors:
            self._matrix.append(self._rows, np.stack(vectors))
        self._table.put(states, self._rows + len(vectors))
        self._rows += len(vectors)
        self._pending.clear()
        self._before.clear()
        if dead:
            self._matrix.erase(dead)

    def close(self) -> None:
        """Lets go of the files."""
        self._table.close()

    def _erase_dead(self, live: set[int]) -> None:
        """Takes away what a killed writer left: rows that no commit covers, and rows whose documents are gone."""
        self._matrix.append(self._rows, np.empty((0, self._dimensions), np.float16))
        dead = [row for row in range(self._rows) if row not in live]
        if dead:
            matrix = self._matrix.mapped(self._rows)
            legible = [row for row in dead if matrix[row].any()]
            if legible:
                self._matrix.erase(legible)
