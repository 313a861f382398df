"""Learnt weights as small integers: one scale a column, rows addressed by n-gram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.linear.ngrams import Floats, Ngrams

STEPS = 4.0
"""Levels a standard deviation of a column; beyond ±127 levels a weight is clipped."""


@dataclass(frozen=True)
class Weights:
    """``levels`` (n-grams × heads, int8) × ``scale`` (heads) + ``bias`` (heads)."""

    ngrams: Ngrams
    levels: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats

    @classmethod
    def quantised(cls, ngrams: Ngrams, weights: Floats, bias: Floats) -> Weights:
        """The weights rounded to int8, a quarter of the column's standard deviation a level."""
        scale = np.maximum(weights.std(axis=0) / STEPS, 1e-9).astype(np.float32)
        levels = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
        return cls(ngrams, levels, scale, bias.astype(np.float32))

    def of_text(self, grams: list[npt.NDArray[np.uint32]]) -> Floats:
        """One score a head for the whole text."""
        row, value = self.ngrams.of_text(grams)
        return (value @ self.levels[row].astype(np.float32)) * self.scale + self.bias

    def of_windows(self, grams: list[npt.NDArray[np.uint32]], spans: list[tuple[int, int]]) -> Floats:
        """Scores (spans × heads) of passages: n-grams that lie inside, each by its idf, over their length."""
        begin = np.array([a for a, _ in spans], dtype=np.int64)
        end = np.array([b for _, b in spans], dtype=np.int64)
        total = np.zeros((len(spans), self.levels.shape[1]), dtype=np.float32)
        squares = np.zeros(len(spans), dtype=np.float32)
        for n, (row, idf, extent) in enumerate(self.ngrams.by_position(grams), 1):
            if not len(row):
                continue
            summed = np.zeros((len(row) + 1, self.levels.shape[1]), dtype=np.float32)
            np.cumsum(self.levels[row].astype(np.float32) * idf[:, None], axis=0, out=summed[1:])
            length = np.concatenate([[0.0], np.cumsum(extent.astype(np.float64) ** 2)])
            last = np.maximum(end - n + 1, begin)
            first = np.minimum(begin, len(row))
            last = np.minimum(last, len(row))
            total += summed[last] - summed[first]
            squares += (length[last] - length[first]).astype(np.float32)
        scores = total / np.maximum(np.sqrt(squares), 1e-6)[:, None] * self.scale + self.bias
        return scores.astype(np.float32)
