"""Annotated petitions as training examples for the tagger: feature rows, label numbers and the facility's offsets."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from models.tagger.chain import SLOT_BITS, SLOT_MASK
from models.tagger.facility import LONGEST_FACILITY
from models.tagger.features import NGRAMS, TEMPLATES, codes_of
from models.tagger.labels import BREAK, KINDS, LABELS, Labels, Passage, clauses

Codes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int32]
LONG_NGRAMS = np.array([last - first >= 2 for first, last in NGRAMS] + [False] * (TEMPLATES - len(NGRAMS)))


@dataclass(slots=True)
class Example:
    """One annotated text."""

    uid: str
    text: str
    named: dict[str, list[str]]
    """Annotated strings by kind, as the annotators listed them."""
    facility: str | None
    labels: Labels
    stretches: list[Passage]
    codes: Codes
    rows: Rows

    @property
    def target(self) -> Passage | None:
        """The facility's first mention, None where there is none or it is too long to be pointed at."""
        if not self.facility or len(self.facility) > LONGEST_FACILITY or self.facility not in self.text:
            return None
        start = self.text.index(self.facility)
        return start, start + len(self.facility)


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def occurrences(text: str, name: str) -> Iterator[Passage]:
    """Every place where the name stands in the text, without overlap."""
    start = text.find(name)
    while start >= 0:
        yield start, start + len(name)
        start = text.find(name, start + len(name))


def label(text: str, named: dict[str, list[str]]) -> Labels:
    """Labels of all occurrences of the annotated strings, longer strings first, none across punctuation."""
    labels = np.zeros(len(text), dtype=np.int8)
    strings = [(name, kind) for kind in KINDS for name in named[kind] if name]
    for name, kind in sorted(strings, key=lambda item: -len(item[0])):
        for start, end in occurrences(text, name):
            if labels[start:end].any() or BREAK.search(name):
                continue
            parts = "S" if end - start == 1 else "B" + "I" * (end - start - 2) + "E"
            labels[start:end] = [LABELS.index(f"{kind}-{part}") for part in parts]
    return labels


def examples(rows: Iterable[dict[str, Any]]) -> list[Example]:
    """The rows with their labels and feature codes; feature rows are filled in by :meth:`Features.number`."""
    found = []
    for row in rows:
        text = row["title"] + "\n" + row["text"]
        named = {kind: [name for name in row[kind] or [] if name in text] for kind in KINDS}
        nothing = np.zeros((0, 0), dtype=np.int32)
        found.append(
            Example(
                row["uid"], text, named, row["facility"], label(text, named), clauses(text), codes_of(text), nothing
            )
        )
    return found


def held_out(uid: str) -> bool:
    """Whether a text is in the tenth of the natural sample that is kept for choosing settings."""
    return zlib.crc32(uid.encode()) % 10 == 0


class Features:
    """The feature codes worth a weight: those in most documents, one a slot; row 0 stands for all the others."""

    def __init__(self, documents: list[Example], most: int) -> None:
        every = np.concatenate([np.unique(document.codes) for document in documents])
        codes, counts = np.unique(every, return_counts=True)
        frequent = codes[np.argsort(-counts, kind="stable")[: int(most * 1.15)]]
        _, first = np.unique(frequent & SLOT_MASK, return_index=True)
        self.codes = np.sort(frequent[np.sort(first)][:most])
        self._slots = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self._slots[self.codes & SLOT_MASK] = np.arange(1, len(self.codes) + 1)
        self._padded = np.concatenate([np.zeros(1, dtype=np.uint32), self.codes])

    def __len__(self) -> int:
        return len(self._padded)

    def number(self, documents: Iterable[Example]) -> None:
        """Fills in ``rows`` from ``codes``."""
        for document in documents:
            rows = self._slots[document.codes & SLOT_MASK]
            document.rows = np.where(self._padded[rows] == document.codes, rows, 0).astype(np.int32)


def matrix(
    batch: list[Example], width: int, rng: np.random.Generator | None = None, drop: float = 0.0, plain: float = 0.0
) -> sp.csr_matrix:
    """Characters × features. With ``rng``, features are dropped at random, and a share ``plain`` of the documents
    loses its long n-grams, so that the tagger does not learn names by heart."""
    rows = np.concatenate([document.rows for document in batch], axis=1).T
    kept = rows > 0
    if rng is not None:
        kept &= rng.random(rows.shape, dtype=np.float32) > drop
        offset = 0
        for document in batch:
            if rng.random() < plain:
                kept[offset : offset + len(document.text), LONG_NGRAMS] = False
            offset += len(document.text)
    pointers = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    values = np.full(int(pointers[-1]), 1 / (1 - drop), dtype=np.float32)
    return sp.csr_matrix((values, rows[kept], pointers), shape=(rows.shape[0], width))
