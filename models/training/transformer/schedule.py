"""The order of a run: which texts are read together, and when. It follows from the seed and the lengths alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from models.training.transformer import config


@dataclass(frozen=True)
class Batch:
    """Examples of one stream, by number."""

    stream: str
    numbers: tuple[int, ...]


def schedule(lengths: Mapping[str, Sequence[int]], settings: config.Settings) -> list[Batch]:
    """All batches of a run in their order: texts of like lengths together, the streams mixed evenly, by the seed."""
    rng = Random(settings.seed)
    batches = [
        Batch(name, tuple(numbers))
        for name in sorted(lengths)
        for order in _passes(len(lengths[name]), settings.epochs.get(name, 0), rng)
        for numbers in _alike(order, lengths[name], settings, rng)
    ]
    rng.shuffle(batches)
    return batches


def _passes(count: int, epochs: float, rng: Random) -> Iterator[list[int]]:
    while epochs > 1e-9:
        order = list(range(count))
        rng.shuffle(order)
        yield order[: math.ceil(count * min(1.0, epochs))]
        epochs -= 1


def _alike(order: list[int], lengths: Sequence[int], settings: config.Settings, rng: Random) -> Iterator[list[int]]:
    chunk = 1024
    for start in range(0, len(order), chunk):
        near = sorted(order[start : start + chunk], key=lengths.__getitem__, reverse=True)
        while near:
            rows = max(1, min(settings.most_rows, settings.batch_tokens // max(16, lengths[near[0]])))
            yield near[:rows]
            near = near[rows:]
