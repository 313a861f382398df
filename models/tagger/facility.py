"""Pointing at the facility: every passage of a text gets a score, the best one above silence wins."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from models.tagger.labels import LABELS, passages

Floats = npt.NDArray[np.float32]
Passage = tuple[int, int]

LONGEST_FACILITY = 30
KIND_COUNT = len(LABELS)
CONTEXT_SIZES = (KIND_COUNT * 2, KIND_COUNT**2, KIND_COUNT**2, KIND_COUNT**2, KIND_COUNT**2, 32, 32)
CONTEXT_ROWS = sum(CONTEXT_SIZES)
"""Number of weights for what the tagger saw around a character."""


def context_rows(text: str, labels: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
    """For each character the rows of its context weights: labels around it, title or body, count of its name."""
    length = len(text)
    title = max(text.find("\n"), 0)
    wide = np.zeros(length + 4, dtype=np.int32)
    wide[2:-2] = labels
    here = wide[2:-2]
    in_title = (np.arange(length) < title).astype(np.int32)
    mention = np.zeros(length, dtype=np.int32)
    name_end = np.zeros(length, dtype=np.int32)
    for number, found in enumerate(passages(labels).values()):
        counts = Counter(text[start:end] for start, end in found)
        first_seen: set[str] = set()
        for start, end in found:
            name = text[start:end]
            seen = name in first_seen
            first_seen.add(name)
            row = 1 + number * 15 + min(counts[name], 3) * 4 + (name in text[:title]) * 2 + seen - 4
            mention[start:end] = row
            name_end[end - 1] = row
    columns = (
        here * 2 + in_title,
        wide[1:-3] * KIND_COUNT + here,
        here * KIND_COUNT + wide[3:-1],
        wide[:-4] * KIND_COUNT + here,
        here * KIND_COUNT + wide[4:],
        mention,
        name_end,
    )
    starts = np.cumsum([0, *CONTEXT_SIZES[:-1]])
    return np.stack([column + start for column, start in zip(columns, starts, strict=True)]).astype(np.int32)


def passage_scores(scores: Floats, lengths: Floats) -> Floats:
    """Score of the passage that begins at row and has column + 1 characters: begin, inside, end and length weights."""
    count = len(scores)
    width = min(len(lengths), count)
    inside = np.concatenate([np.zeros(1, dtype=np.float32), np.cumsum(scores[:, 1], dtype=np.float32)])
    totals = np.full((count, width), -np.inf, dtype=np.float32)
    for extra in range(width):
        rows = count - extra
        totals[:rows, extra] = scores[:rows, 0] + scores[extra:, 2] + inside[extra + 1 :] - inside[:rows]
    return totals + lengths[:width]


def best_passages(totals: Floats, silence: float, most: int = 3) -> tuple[Passage, ...]:
    """Up to ``most`` passages that do not overlap, best first, each scored above ``silence``. Consumes ``totals``."""
    found: list[Passage] = []
    while len(found) < most:
        start, extra = divmod(int(totals.argmax()), totals.shape[1])
        if totals[start, extra] <= silence:
            break
        end = start + extra + 1
        found.append((start, end))
        for size in range(totals.shape[1]):
            totals[max(0, start - size) : end, size] = -np.inf
    return tuple(found)
