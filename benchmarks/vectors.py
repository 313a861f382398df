"""The vector index in a folder: documents taken in a second, milliseconds a question, bytes a document.

    python -m benchmarks.vectors --documents 100000

Vectors are random: exact comparison takes the same time for any. CPU time, one process.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from index.dense import EmbeddedVectors, VectorEntry

BATCH = 1_000


def main() -> None:
    """Fills an index in a temporary folder and asks it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=512)
    options = parser.parse_args()
    drawn = np.random.default_rng(0)
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedVectors(Path(folder), encoder="random", dimensions=options.dimensions) as vectors,
    ):
        spent = 0.0
        for start in range(0, options.documents, BATCH):
            rows = drawn.standard_normal((BATCH, options.dimensions)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            began = time.process_time()
            vectors.write(VectorEntry(f"d{start + n:012d}", start + n + 1, row) for n, row in enumerate(rows))
            vectors.commit()
            spent += time.process_time() - began
        health = vectors.verify()
        asked = rows[0]
        tenth = {f"d{n:012d}" for n in range(0, options.documents, 10)}
        print(f"{health.documents} documents: {health.documents / spent:.0f} written a CPU second, "
              f"{health.bytes / health.documents:.0f} bytes a document")  # fmt: skip
        print(f"best 100 of all: {milliseconds(lambda: vectors.nearest(asked, 100)):.0f} CPU ms")
        print(f"best 100 of a tenth: {milliseconds(lambda: vectors.nearest(asked, 100, tenth)):.0f} CPU ms")


def milliseconds(ask: Callable[[], object]) -> float:
    """Median CPU time of twenty calls."""
    spent = []
    for _ in range(20):
        began = time.process_time()
        ask()
        spent.append(time.process_time() - began)
    return median(spent) * 1e3


if __name__ == "__main__":
    main()
