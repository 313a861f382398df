"""The vector index in a folder: float16 rows mapped into memory, every question answered by looking at all of them.

Exact, and made for up to about 100,000 documents: at 512 numbers a vector these are 100 MB on disk. Beyond that an
engine with approximate neighbours belongs behind the same protocol.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from index.base import Health
from index.dense.base import Neighbour, Vector, VectorChange
from index.dense.matrix import BLOCK, Half, Matrix, similarities
from index.dense.table import Table
from index.dense.versions import Kind, Versions
from index.dense.writer import VectorWriter
from index.errors import IndexUnusable


@dataclass(frozen=True, slots=True)
class _View:
    """The index as of one commit."""

    matrix: Half
    rows: npt.NDArray[np.int64]
    ids: npt.NDArray[np.object_]
    position: dict[str, int]
    of_project: dict[str, npt.NDArray[np.int64]]

    def about(self, projects: Collection[str]) -> npt.NDArray[np.int64]:
        """Positions of the documents about one of these projects, each once, in order."""
        found = [self.of_project[project] for project in projects if project in self.of_project]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


class EmbeddedVectors:
    """A VectorIndex in a folder, created by the first write; see :class:`index.dense.base.VectorIndex`.

    Raises IndexUnusable, at the first question, when the folder holds vectors of another encoder.
    """

    def __init__(self, folder: Path, *, encoder: str, dimensions: int) -> None:
        self._kind = Kind(encoder, dimensions)
        self._versions = Versions(folder, self._kind)
        self._lock = threading.RLock()
        self._handle: int | None = None
        self._writer: VectorWriter | None = None
        self._folder: Path | None = None
        self._table: Table | None = None
        self._seen = -1
        self._view = self._empty()

    def write(self, changes: Iterable[VectorChange]) -> int:
        """Takes in vectors and deletions; returns how many were newer than what was known. Raises IndexBusy."""
        with self._lock:
            return self._opened_writer().write(changes)

    def commit(self) -> None:
        """Makes everything written durable and visible; readers take the table in again: once a batch."""
        with self._lock:
            if self._writer is not None:
                self._writer.commit()

    def vacuum(self) -> bool:
        """Nothing is ever left: the commit of a deletion overwrites the row."""
        return True

    def nearest(
        self,
        vector: Vector,
        size: int,
        among: Collection[str] | None = None,
        *,
        projects: Collection[str] | None = None,
    ) -> tuple[Neighbour, ...]:
        """The closest documents, exactly, equal ones by id. Raises ValueError for a vector of another width."""
        if vector.shape != (self._kind.dimensions,):
            raise ValueError(f"E615: the vector asked about is {vector.shape}, not ({self._kind.dimensions},)")
        view = self._latest()
        positions = np.arange(len(view.rows))
        if projects is not None:
            positions = view.about(projects)
        if among is not None:
            named = np.array(sorted({view.position[i] for i in among if i in view.position}), np.int64)
            positions = np.intersect1d(positions, named, assume_unique=True)
        if size < 1 or not len(positions):
            return ()
        found = similarities(view.matrix, view.rows[positions], vector)
        least = np.partition(found, -size)[-size] if size < len(found) else found.min()
        close = np.flatnonzero(found >= least)
        ranked = sorted((-float(found[i]), str(view.ids[positions[i]])) for i in close)
        return tuple(Neighbour(document_id, -negated) for negated, document_id in ranked[:size])

    def known(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Fingerprints of the documents that have a vector."""
        with self._lock:
            table = self._opened_table()
            found = table.known(ids) if table else {}
            return {key: known.fingerprint for key, known in found.items() if known.place is not None}

    def vectors(self, ids: Iterable[str]) -> dict[str, Vector]:
        """The stored vectors of these documents, as far as they are there."""
        view = self._latest()
        places = {key: view.position[key] for key in ids if key in view.position}
        return {key: np.array(view.matrix[view.rows[place]], np.float32) for key, place in places.items()}

    def last_sequence(self) -> int:
        """The highest sequence that a commit made durable; 0 when empty."""
        with self._lock:
            table = self._opened_table()
            return table.last_sequence() if table else 0

    def verify(self) -> Health:
        """Checks that every document has its row and that every vector has length one; reports damage."""
        engine = f"float16 × {self._kind.dimensions}, {self._kind.encoder}"
        try:
            view, sequence = self._latest(), self.last_sequence()
        except IndexUnusable as error:
            return Health(engine, 0, 0, 0, (error.reason,))
        problems = []
        for start in range(0, len(view.rows), BLOCK):
            block = view.matrix[view.rows[start : start + BLOCK]].astype(np.float32)
            wrong = np.flatnonzero(~(np.abs(np.linalg.norm(block, axis=1) - 1) < 0.02))
            problems += [f"the vector of {view.ids[start + i]} is damaged" for i in wrong]
        size = sum(p.stat().st_size for p in self._folder.iterdir() if p.is_file()) if self._folder else 0
        return Health(engine, len(view.rows), sequence, size, tuple(problems))

    def release(self) -> None:
        """Commits what was written and lets the next writer come, while questions go on."""
        with self._lock:
            self.commit()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None

    def close(self) -> None:
        """Commits what was written and lets go of the index; the next writer may come."""
        with self._lock:
            self.release()
            if self._table is not None:
                self._table.close()
            self._table, self._folder, self._view = None, None, self._empty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _opened_writer(self) -> VectorWriter:
        if self._writer is None:
            if self._handle is None:
                self._handle = self._versions.locked()
            folder = self._versions.current()
            if folder is None:
                folder = self._versions.add()
                self._versions.swap(folder)
            self._writer = VectorWriter(folder, self._kind.dimensions)
        return self._writer

    def _opened_table(self) -> Table | None:
        """The live version's table; None while nothing was ever written."""
        folder = self._versions.current()
        if folder != self._folder or folder is None:
            if self._table is not None:
                self._table.close()
            self._table = Table(folder) if folder else None
            self._folder, self._seen = folder, -1
        return self._table

    def _latest(self) -> _View:
        with self._lock:
            table = self._opened_table()
            if table is None or self._folder is None:
                return self._empty()
            seen = table.state()
            if seen != self._seen:
                self._view = self._read(table, self._folder)
                self._seen = seen
            return self._view

    def _read(self, table: Table, folder: Path) -> _View:
        rows, live = table.places()
        try:
            matrix = Matrix(folder, self._kind.dimensions).mapped(rows)
        except (OSError, ValueError) as error:
            raise IndexUnusable(folder, f"its vectors are missing or cut short ({error})") from None
        position = {row.id: n for n, row in enumerate(live)}
        names = np.array(list(position), object)
        of_project: dict[str, list[int]] = defaultdict(list)
        for n, row in enumerate(live):
            for project in row.project_ids:
                of_project[project].append(n)
        about = {project: np.array(places, np.int64) for project, places in of_project.items()}
        return _View(matrix, np.array([row.place for row in live], np.int64), names, position, about)

    def _empty(self) -> _View:
        nothing = np.empty((0, self._kind.dimensions), np.float16)
        return _View(nothing, np.empty(0, np.int64), np.empty(0, object), {}, {})
