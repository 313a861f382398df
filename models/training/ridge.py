"""Ridge regression on ±1 targets (least-squares SVM, Suykens 1999) for many heads at once, by one Cholesky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse

from models.linear.ngrams import Floats, Hashes, Ngrams, hashes, points
from models.linear.weights import Weights


def known_ngrams(grams: Sequence[list[Hashes]], least: int) -> Ngrams:
    """The n-grams that at least ``least`` of the texts have, with smoothed inverse document frequency."""
    keys, documents = np.unique(np.concatenate([np.unique(np.concatenate(text)) for text in grams]), return_counts=True)
    kept = documents >= least
    idf = np.log((1 + len(grams)) / (1 + documents[kept])) + 1
    return Ngrams(keys[kept], idf.astype(np.float32))


def text_matrix(grams: Sequence[list[Hashes]], ngrams: Ngrams) -> Any:
    """Texts × n-grams as the scorer values whole texts."""
    return _sparse([ngrams.of_text(text) for text in grams], len(ngrams.keys))


def passage_matrix(passages: Sequence[str], ngrams: Ngrams) -> Any:
    """Passages × n-grams as the scorer values clauses: each occurrence by its idf."""
    rows = []
    for passage in passages:
        parts = list(ngrams.by_position(hashes(points(passage))))
        row, idf, extent = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        rows.append((row[idf > 0], idf[idf > 0] / max(float(np.sqrt(extent @ extent)), 1e-6)))
    return _sparse(rows, len(ngrams.keys))


def _sparse(rows: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any]]], width: int) -> Any:
    pointer = np.concatenate([[0], np.cumsum([len(row) for row, _ in rows])])
    columns = np.concatenate([row for row, _ in rows])
    values = np.concatenate([value for _, value in rows]).astype(np.float32)
    matrix = scipy.sparse.csr_matrix((values, columns, pointer), shape=(len(rows), width))
    matrix.sum_duplicates()
    return matrix


def fit(
    features: Any, gram: Floats, target: Floats, rows: npt.NDArray[np.int64], penalty: float
) -> tuple[Floats, Floats]:
    """Weights (n-grams × heads) and bias learnt from ``rows``; ``gram`` is features × featuresᵀ of all rows."""
    bias = target[rows].mean(axis=0)
    system = gram[np.ix_(rows, rows)]
    system[np.diag_indices(len(rows))] += penalty
    factor = scipy.linalg.cho_factor(system, lower=True, overwrite_a=True, check_finite=False)
    dual = scipy.linalg.cho_solve(factor, target[rows] - bias, check_finite=False)
    return np.asarray(features[rows].T @ dual, dtype=np.float32), bias


def pruned(ngrams: Ngrams, features: Any, weights: Floats, bias: Floats, kept: int) -> Weights:
    """The ``kept`` n-grams that move the scores most over the training texts, rounded to int8."""
    squares = np.asarray(features.multiply(features).sum(axis=0)).ravel()
    moved = squares * ((weights / np.maximum(weights.std(axis=0), 1e-9)) ** 2).sum(axis=1)
    rows = np.sort(np.argsort(-moved)[:kept])
    return Weights.quantised(Ngrams(ngrams.keys[rows], ngrams.idf[rows]), weights[rows], bias)
