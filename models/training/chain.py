"""Trains the linear chain: conditional random field (Lafferty et al. 2001) by AdaGrad on document batches."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.tagger.labels import ALLOWED, LABELS, MAY_BEGIN, MAY_END, Labels, best_labels
from models.training.examples import Example, matrix

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
COUNT = len(LABELS)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to train: passes over the data, step size, AdaGrad's head start, shares of dropped features."""

    passes: int
    step: float = 0.5
    head_start: float = 120.0
    drop: float = 0.25
    plain: float = 0.3
    decay: float = 1e-4
    batch: int = 32


@dataclass(frozen=True, slots=True)
class Chain:
    """Weights of the chain."""

    weights: Floats
    transitions: Floats


def padded(batch: list[Example]) -> npt.NDArray[np.int64]:
    """Row numbers of the batch's stretches, one stretch a line, -1 after its end."""
    stretches, offset = [], 0
    for document in batch:
        stretches += [(offset + start, offset + end) for start, end in document.stretches]
        offset += len(document.text)
    width = max(end - start for start, end in stretches)
    grid = np.full((len(stretches), width), -1, dtype=np.int64)
    for number, (start, end) in enumerate(stretches):
        grid[number, : end - start] = np.arange(start, end)
    return grid


def gradient(
    scores: Doubles, gold: Labels, grid: npt.NDArray[np.int64], transitions: Doubles
) -> tuple[Floats, Doubles, float]:
    """Gradient of the negative log-likelihood by scores and transitions, and its value (scaled forward-backward)."""
    lines, width = grid.shape
    valid = grid >= 0
    local = scores[np.maximum(grid, 0)]
    top = local.max(axis=2, keepdims=True)
    power = np.exp(local - top)
    moves = np.where(ALLOWED, np.exp(transitions), 0)
    forward, scale = np.zeros((lines, width, COUNT)), np.ones((lines, width))
    value = power[:, 0] * MAY_BEGIN
    for step in range(width):
        if step:
            value = (forward[:, step - 1] @ moves) * power[:, step]
        total = np.where(valid[:, step], value.sum(axis=1), 1)
        scale[:, step] = total
        before = forward[:, step - 1] if step else np.zeros_like(value)
        forward[:, step] = np.where(valid[:, step, None], value / total[:, None], before)
    ending = (forward[:, -1] * MAY_END).sum(axis=1)
    loss = np.log(scale).sum() + np.log(ending).sum() + (top[:, :, 0] * valid).sum()
    backward = np.repeat(MAY_END[None].astype(float), lines, axis=0) / ending[:, None]
    expected, by_moves = np.zeros_like(local), np.zeros((COUNT, COUNT))
    for step in range(width - 1, -1, -1):
        here = valid[:, step, None]
        expected[:, step] = forward[:, step] * backward * here
        if step:
            onward = power[:, step] * backward / scale[:, step, None]
            by_moves += (forward[:, step - 1] * here).T @ (onward * here) * moves
            backward = np.where(here, onward @ moves.T, backward)
    truth = gold[np.maximum(grid, 0)].astype(int)
    loss -= (np.take_along_axis(local, truth[:, :, None], 2)[:, :, 0] * valid).sum()
    for step in range(1, width):
        here = valid[:, step]
        pairs = truth[here, step - 1], truth[here, step]
        loss -= transitions[pairs].sum()
        np.add.at(by_moves, pairs, -1)
    flat = expected[valid]
    flat[np.arange(len(flat)), truth[valid]] -= 1
    by_scores = np.zeros(scores.shape, dtype=np.float32)
    by_scores[grid[valid]] = flat
    return by_scores, by_moves, float(loss)


def train(documents: list[Example], features: int, plan: Schedule, seed: int = 1) -> Chain:
    """The chain after ``plan.passes`` over the documents; the same input and seed give the same weights."""
    rng = np.random.default_rng(seed)
    weights = np.zeros((features, COUNT), dtype=np.float32)
    history = np.full_like(weights, plan.head_start)
    transitions, moved = np.zeros((COUNT, COUNT)), np.full((COUNT, COUNT), 1e-2)
    ordered = sorted((d for d in documents if d.stretches), key=lambda d: len(d.text))
    starts = np.arange(0, len(ordered), plan.batch)
    for number in range(plan.passes):
        step, total = plan.step * (1 - number / plan.passes) ** 0.5, 0.0
        for start in rng.permutation(starts):
            batch = ordered[start : start + plan.batch]
            inputs = matrix(batch, features, rng, plan.drop, plan.plain)
            gold = np.concatenate([d.labels for d in batch])
            by_scores, by_moves, loss = gradient(inputs @ weights, gold, padded(batch), transitions)
            total += loss
            touched = np.flatnonzero(np.bincount(inputs.indices, minlength=features))
            change = (inputs.T.tocsr() @ by_scores)[touched] + plan.decay * weights[touched]
            history[touched] += change**2
            weights[touched] -= step * change / np.sqrt(history[touched])
            moved += by_moves**2
            transitions -= step * by_moves / np.sqrt(moved)
        sys.stderr.write(f"chain: pass {number + 1} of {plan.passes}, loss a document {total / len(ordered):.2f}\n")
    return Chain(weights, transitions.astype(np.float32))


def predict(documents: list[Example], features: int, chain: Chain) -> list[Labels]:
    """Best labels of every document."""
    return [
        best_labels((matrix([d], features) @ chain.weights).astype(np.float32), chain.transitions, d.stretches)
        for d in documents
    ]
