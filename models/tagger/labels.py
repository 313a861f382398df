"""Labels of the tagger and how a sequence of them becomes passages."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]
Passage = tuple[int, int]

KINDS = ("places", "organisations")
LABELS = ("O", *(f"{kind}-{part}" for kind in KINDS for part in "BIES"))
BREAK = re.compile(r"[，。；！？,;!?\n\r\t：:]")
LONGEST_CLAUSE = 70
IMPOSSIBLE = np.float32(-1e4)


def clauses(text: str) -> list[Passage]:
    """The stretches between punctuation, none longer than :data:`LONGEST_CLAUSE`; no name crosses their ends."""
    edges = [0, *(match.end() for match in BREAK.finditer(text)), len(text) + 1]
    found: list[Passage] = []
    for start, following in pairwise(edges):
        found.extend(
            (at, min(at + LONGEST_CLAUSE, following - 1)) for at in range(start, following - 1, LONGEST_CLAUSE)
        )
    return found


def follows(first: int, second: int) -> bool:
    """Whether the label numbered ``second`` may stand right after ``first`` (begin, inside, end, single)."""
    part, other = (LABELS[n][-1] for n in (first, second))
    if part in "OES":
        return other in "OBS"
    return other in "IE" and LABELS[first][:-2] == LABELS[second][:-2]


ALLOWED = np.array([[follows(a, b) for b in range(len(LABELS))] for a in range(len(LABELS))])
MAY_BEGIN = np.array([label[-1] in "OBS" for label in LABELS])
MAY_END = np.array([label[-1] in "OES" for label in LABELS])


def best_labels(scores: Floats, transitions: Floats, stretches: list[Passage]) -> Labels:
    """The best allowed label sequence of every stretch (Viterbi, all stretches abreast); 0 outside them."""
    labels = np.zeros(len(scores), dtype=np.int8)
    if not stretches:
        return labels
    order = sorted(stretches, key=lambda s: s[0] - s[1])
    starts = np.array([start for start, _ in order])
    sizes = np.array([end - start for start, end in order])
    width = int(sizes[0])
    alive = [int((sizes > step).sum()) for step in range(width)]
    step_scores = np.where(ALLOWED, transitions, IMPOSSIBLE).T[None]
    value = scores[starts] + np.where(MAY_BEGIN, 0, IMPOSSIBLE)
    back = np.zeros((width, len(order), len(LABELS)), dtype=np.int8)
    for step in range(1, width):
        count = alive[step]
        candidates = value[:count, None, :] + step_scores
        back[step, :count] = candidates.argmax(axis=2)
        value[:count] = candidates.max(axis=2) + scores[starts[:count] + step]
    current = (value + np.where(MAY_END, 0, IMPOSSIBLE)).argmax(axis=1)
    for step in range(width - 1, -1, -1):
        count = alive[step]
        labels[starts[:count] + step] = current[:count]
        if step:
            current[:count] = back[step, np.arange(count), current[:count]]
    return labels


def passages(labels: Labels) -> dict[str, list[Passage]]:
    """The labelled passages by kind, in text order."""
    found: dict[str, list[Passage]] = {kind: [] for kind in KINDS}
    begin = 0
    for at in np.flatnonzero(labels).tolist():
        kind, _, part = LABELS[labels[at]].partition("-")
        if part in "BS":
            begin = at
        if part in "ES":
            found[kind].append((begin, at + 1))
    return found
