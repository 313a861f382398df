"""From log-odds of tokens to passages of the text: spans of a kind, and what speaks for a factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from models.calibration import sigmoid
from models.transformer.card import Card
from models.transformer.reader import Reading
from models.transformer.session import Floats

Numbers: TypeAlias = npt.NDArray[np.floating]
OUTSIDE, FIRST, FURTHER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Passage:
    """A half-open span in code points of the text, with the mean probability of its tokens of being one."""

    start: int
    end: int
    p: float


def passages(card: Card, reading: Reading, kind: str, text: str) -> list[Passage]:
    """The passages of a kind in text order, none overlapping, without blanks at their edges.

    Raises ModelError (E212) for a kind that the model does not have.
    """
    head = card.find("tokens", kind)
    scores = log_shares(reading.tokens[:, head.start : head.end] / card.warmth(kind))
    labels = best_path(scores)
    inside = labels != OUTSIDE
    begins = np.flatnonzero(inside & ((labels == FIRST) | ~np.concatenate([[False], inside[:-1]])))
    found = []
    for begin in begins.tolist():
        last = begin
        while last + 1 < len(labels) and labels[last + 1] == FURTHER:
            last += 1
        start, end = trimmed(text, int(reading.places[begin, 0]), int(reading.places[last, 1]))
        if start < end:
            p = float(np.mean(1 - np.exp(scores[begin : last + 1, OUTSIDE])))
            found.append(Passage(start, end, min(1.0, max(0.0, p))))
    return found


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the blanks at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def log_shares(logits: Floats) -> Floats:
    """Logarithms of the shares of the labels of every token."""
    top = logits - logits.max(axis=1, keepdims=True, initial=-1e9)
    return np.asarray(top - np.log(np.exp(top).sum(axis=1, keepdims=True)), np.float32)


def best_path(scores: Floats) -> npt.NDArray[np.int64]:
    """The likeliest labels of which no further token follows an outside one (Viterbi).

    Where the likeliest label of every token is already such a path it is the best one, which holds for most texts.
    """
    labels = scores.argmax(axis=1) if len(scores) else np.zeros(0, np.int64)
    stray = (labels == FURTHER) & (np.concatenate([[OUTSIDE], labels[:-1]]) == OUTSIDE)
    if not stray.any():
        return labels
    outside, first, further = 0.0, -1e9, -1e9  # before the text nothing is open
    back: list[tuple[int, int]] = []
    for row in scores.tolist():
        best = OUTSIDE if outside >= max(first, further) else FIRST if first >= further else FURTHER
        opened = FIRST if first >= further else FURTHER
        back.append((best, opened))
        top, open_top = max(outside, first, further), max(first, further)
        outside, first, further = top + row[OUTSIDE], top + row[FIRST], open_top + row[FURTHER]
    at = max((outside, OUTSIDE), (first, FIRST), (further, FURTHER), key=lambda item: (item[0], -item[1]))[1]
    path = np.zeros(len(scores), np.int64)
    for number in range(len(scores) - 1, -1, -1):
        path[number] = at
        best, opened = back[number]
        at = opened if at == FURTHER else best
    return path


EVIDENCE: Final = "evidence"


def evidence(card: Card, reading: Reading, factor: str, length: int) -> Numbers:
    """For every character of a text of ``length`` the probability that it is evidence of the factor.

    A character that no token stands for has that of the token before it, so that a passage is not broken by a blank.
    Zeros for a factor that the model does not know.
    """
    head = card.find("tokens", EVIDENCE)
    if factor not in head.labels or not len(reading.places):
        return np.zeros(length)
    column = reading.tokens[:, head.start + head.labels.index(factor)].astype(np.float64)
    p = np.asarray(sigmoid(column / card.warmth(EVIDENCE)))
    begins = reading.places[:, 0]
    owner = np.searchsorted(begins, np.arange(length), side="right") - 1
    return np.where(owner >= 0, p[np.maximum(owner, 0)], 0.0)


def expected_overlap(p: Numbers, spans: list[tuple[int, int]]) -> Numbers:
    """For every span about the F1 that it has with the true evidence, given each character's probability of being it.

    2 × the expected common characters / (the span's length + the expected length of the evidence).
    """
    if not spans:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(p)])
    start, end = np.array(spans).T
    return np.asarray(2 * (total[end] - total[start]) / (end - start + total[-1]))
