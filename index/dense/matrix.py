"""The numbers of the vectors: one file of float16 rows, only ever appended to, mapped into memory for reading."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

NAME: Final = "vectors.f16"
BLOCK: Final = 4096
"""Rows that are widened to float32 at a time: 8 MB at 512 dimensions."""
Half = npt.NDArray[np.float16]


class Matrix:
    """Rows of equal width in a file; which of them count, the table knows."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._path = folder / NAME
        self._dimensions = dimensions
        self._width = 2 * dimensions

    def mapped(self, rows: int) -> Half:
        """The first ``rows`` rows. Raises ValueError when the file has fewer."""
        if rows == 0:
            return np.empty((0, self._dimensions), np.float16)
        return np.memmap(self._path, np.float16, "r", shape=(rows, self._dimensions))

    def append(self, rows: int, vectors: Half) -> None:
        """Writes vectors after the first ``rows`` rows, over what a killed writer may have left there; durable."""
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.truncate(rows * self._width)
            file.seek(rows * self._width)
            file.write(np.ascontiguousarray(vectors, np.float16).tobytes())
            file.flush()
            os.fsync(file.fileno())

    def erase(self, rows: list[int]) -> None:
        """Overwrites rows with zeros: what was deleted cannot be read from the file any more (P-12)."""
        with self._path.open("r+b") as file:
            for row in rows:
                file.seek(row * self._width)
                file.write(bytes(self._width))
            file.flush()
            os.fsync(file.fileno())


def similarities(matrix: Half, rows: npt.NDArray[np.int64], vector: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Dot products of the vector with these rows, in float32, block by block."""
    wanted = np.ascontiguousarray(vector, np.float32)
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        unbroken = block[-1] - block[0] == len(block) - 1
        part = matrix[block[0] : block[-1] + 1] if unbroken else matrix[block]
        # one product a row: a matrix product rounds differently with the number of rows beside a row
        found[start : start + len(block)] = np.einsum("ij,j->i", part.astype(np.float32), wanted)
    return found
