"""What every index of vectors does, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from index.base import Health
from index.entry import Deletion

Vector: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class VectorEntry:
    """The vector of one document's text; ``sequence`` is the state's place in the outbox, as in the search index.

    ``fingerprint`` changes with the text: with the same one the stored vector stays and the rest moves on.
    ``project_ids`` are the projects that the document is about, as the search index has them.
    Raises ValueError for what Deletion refuses, and for a vector that is not of length one.
    """

    id: str
    sequence: int
    vector: Vector
    fingerprint: bytes = b""
    project_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Deletion(self.id, self.sequence)
        if self.vector.ndim != 1 or not abs(float(np.linalg.norm(self.vector.astype(np.float64))) - 1) < 0.01:
            raise ValueError(f"E614: the vector of {self.id} must be one row of length 1")


VectorChange: TypeAlias = VectorEntry | Deletion


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A document that lies close; ``similarity`` is the cosine, -1 to 1."""

    id: str
    similarity: float


class VectorIndex(Protocol):
    """Vectors by document id: one process writes, any number read. Deleted documents leave no vector behind (P-12)."""

    def write(self, changes: Iterable[VectorChange]) -> int:
        """Takes in vectors and deletions; returns how many were newer than what was known. Raises IndexBusy."""

    def commit(self) -> None:
        """Makes everything written so far durable, and visible to every reader's next question."""

    def vacuum(self) -> bool:
        """Makes the vectors of what was deleted leave the disk (P-12); whether none is left. If not, ask later."""

    def nearest(
        self,
        vector: Vector,
        size: int,
        among: Collection[str] | None = None,
        *,
        projects: Collection[str] | None = None,
    ) -> tuple[Neighbour, ...]:
        """The closest documents, closest first, then by id.

        With ``among`` of those ids alone, with ``projects`` of those that are about one of them alone: both hold while
        neighbours are looked for, so others never take a place.
        """

    def vectors(self, ids: Iterable[str]) -> Mapping[str, Vector]:
        """The stored vectors of these documents, as far as they are there."""

    def known(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """Fingerprints of the documents that have a vector."""

    def last_sequence(self) -> int:
        """The highest sequence that a commit made durable; 0 when empty."""

    def verify(self) -> Health:
        """Examines the index; does not raise for damage, but reports it."""

    def release(self) -> None:
        """Lets the next writer come, while questions go on; what was written is to be committed before."""

    def close(self) -> None:
        """Commits what was written and lets go of the index."""
