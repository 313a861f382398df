"""Trains the pointer at the facility: one softmax over all short passages of a text and silence."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from models.tagger.facility import CONTEXT_ROWS, LONGEST_FACILITY, context_rows, passage_scores
from models.tagger.labels import Labels
from models.training.chain import Schedule
from models.training.examples import Example, matrix

Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class Pointer:
    """Weights of the pointer; ``silence`` is the score that a passage has to beat."""

    weights: Floats
    context: Floats
    lengths: Floats
    silence: float

    def totals(self, document: Example, labels: Labels) -> Floats:
        """Scores of all passages of a document."""
        scores = matrix([document], len(self.weights)) @ self.weights
        return passage_scores(scores + self.context[context_rows(document.text, labels)].sum(axis=0), self.lengths)


def context_matrix(document: Example, labels: Labels, rng: np.random.Generator, drop: float = 0.1) -> sp.csr_matrix:
    """Characters × context weights."""
    rows = context_rows(document.text, labels).T
    kept = rng.random(rows.shape) > drop
    pointers = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    values = np.full(int(pointers[-1]), 1 / (1 - drop), dtype=np.float32)
    return sp.csr_matrix((values, rows[kept], pointers), shape=(rows.shape[0], CONTEXT_ROWS))


def gradient(document: Example, totals: Floats, silence: float) -> tuple[Floats, Floats, float, float]:
    """Gradient by character scores, by lengths and by silence, and the negative log-likelihood."""
    top = max(float(totals.max()), silence)
    power, quiet = np.exp(totals - top), float(np.exp(silence - top))
    whole = float(power.sum()) + quiet
    power, quiet = power / whole, quiet / whole
    target = document.target
    if target is None:
        loss, quiet = -np.log(quiet + 1e-12), quiet - 1
    else:
        at = target[0], target[1] - target[0] - 1
        loss = -np.log(power[at] + 1e-12)
        power[at] -= 1
    count = len(document.text)
    begins, ends = power.sum(axis=1), np.zeros(count, dtype=np.float32)
    for extra in range(power.shape[1]):
        ends[extra:] += power[: count - extra, extra]
    inside = np.cumsum(begins) - np.concatenate([np.zeros(1, dtype=np.float32), np.cumsum(ends)[:-1]])
    by_lengths = np.zeros(LONGEST_FACILITY, dtype=np.float32)
    by_lengths[: power.shape[1]] = power.sum(axis=0)
    return np.stack([begins, inside, ends], axis=1), by_lengths, quiet, float(loss)


def train(documents: list[Example], seen: list[Labels], features: int, plan: Schedule, seed: int = 1) -> Pointer:
    """The pointer after ``plan.passes``; ``seen`` are labels that a chain not trained on the document gave it."""
    rng = np.random.default_rng(seed)
    pointer = Pointer(
        np.zeros((features, 3), dtype=np.float32),
        np.zeros((CONTEXT_ROWS, 3), dtype=np.float32),
        np.zeros(LONGEST_FACILITY, dtype=np.float32),
        3.0,
    )
    history = np.full_like(pointer.weights, plan.head_start)
    context_history = np.full_like(pointer.context, 30.0)
    length_history, silence_history = np.ones(LONGEST_FACILITY), 1.0
    for number in range(plan.passes):
        step, total = plan.step * (1 - number / plan.passes) ** 0.5, 0.0
        order = rng.permutation(len(documents))
        for start in range(0, len(order), plan.batch):
            chosen = order[start : start + plan.batch]
            batch = [documents[n] for n in chosen]
            inputs = matrix(batch, features, rng, plan.drop, plan.plain)
            around = sp.vstack([context_matrix(documents[n], seen[n], rng) for n in chosen]).tocsr()
            scores = inputs @ pointer.weights + around @ pointer.context
            by_scores, by_lengths, by_silence, offset = [], np.zeros(LONGEST_FACILITY, dtype=np.float32), 0.0, 0
            for document in batch:
                local = scores[offset : offset + len(document.text)].astype(np.float32)
                found = gradient(document, passage_scores(local, pointer.lengths), pointer.silence)
                by_scores.append(found[0])
                by_lengths += found[1]
                by_silence += found[2]
                total += found[3]
                offset += len(document.text)
            stacked = np.concatenate(by_scores).astype(np.float32)
            change = inputs.T.tocsr() @ stacked + plan.decay * pointer.weights
            history += change**2
            pointer.weights -= step * change / np.sqrt(history)
            change = around.T.tocsr() @ stacked + plan.decay * pointer.context
            context_history += change**2
            pointer.context -= step * change / np.sqrt(context_history)
            length_history += by_lengths**2
            pointer.lengths -= (step * by_lengths / np.sqrt(length_history)).astype(np.float32)
            silence_history += by_silence**2
            pointer.silence -= step * by_silence / silence_history**0.5
        sys.stderr.write(f"pointer: pass {number + 1} of {plan.passes}, loss a document {total / len(order):.3f}\n")
    return pointer
