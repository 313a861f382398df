"""How likely two texts of a project are about the same thing: a logistic model of meaning, factors, names and time.

Its weights stand in ``likeness.json``: set by hand with the silver event clusters in view, on which
benchmarks/matters.py measures them.
Vectors are taken as whole numbers, so that a sum of products is exact and no order of adding changes a pair.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.matters.opinion import Opinion, concern_of, sites_of
from pipeline.records import DecisionProject

SCALE: Final = 127
"""A number of a vector of length one as a whole number: sums of products stay below 2²⁴, exact in float32."""
FEATURES: Final = ("cosine", "same_concern", "shared_factor", "shared_name", "log_days")
NAMING: Final = frozenset({"facility", "place"})
COARSE: Final = frozenset({"province", "city", "county"})
"""Levels of places that many texts of a region share."""
Matrix: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """Log-odds of a pair are ``bias`` + ``coefficients`` · features; a pair is alike from ``threshold`` on."""

    coefficients: tuple[float, ...]
    bias: float
    threshold: float


@cache
def weights() -> Weights:
    """The weights that ship."""
    stored = json.loads((resources.files("pipeline.matters") / "likeness.json").read_text("utf-8"))
    return Weights(tuple(stored["coefficients"][name] for name in FEATURES), stored["bias"], stored["threshold"])


def quantised(vector: npt.NDArray[np.floating]) -> bytes:
    """A vector of length one as signed bytes."""
    return bytes(np.clip(np.rint(vector * SCALE), -SCALE, SCALE).astype(np.int8).tobytes())


@dataclass(frozen=True)
class Trait:
    """What of one text decides with which others it belongs together; ``day`` counts from year 1, 0 where unknown."""

    concern: str
    factors: frozenset[str]
    names: frozenset[str]
    sites: frozenset[str]
    site: str | None
    day: int
    vector: bytes | None


def trait_of(project: DecisionProject, opinion: Opinion, vector: bytes | None) -> Trait:
    """The trait of an opinion that has a concern."""
    text = opinion.document.text
    concern = concern_of(opinion)
    assert concern is not None
    sites = sites_of(project, text)
    names = {
        text[entity.start : entity.end]
        for entity in opinion.analysis.entities
        if entity.type in NAMING and entity.level not in COARSE
    }
    names |= {text[g.facility.start : g.facility.end] for g in opinion.analysis.grievances if g.facility}
    moment = opinion.document.published_at
    return Trait(
        concern=concern,
        factors=frozenset(finding.code for finding in opinion.findings),
        names=frozenset(name for name in names if len(name) > 2),
        sites=frozenset(sites),
        site=min(sites, key=lambda place: (-len(place), text.index(place), place), default=None),
        day=0 if moment is None else moment.date().toordinal(),
        vector=vector,
    )


class Likeness:
    """All texts of one project, ready to be compared row by row."""

    def __init__(self, traits: Sequence[Trait], model: Weights | None = None) -> None:
        self._traits = list(traits)
        self._model = model or weights()
        dimensions = max((len(t.vector) for t in traits if t.vector), default=0)
        self._vectors = np.zeros((len(traits), dimensions), np.float32)
        for row, trait in enumerate(traits):
            if trait.vector:
                self._vectors[row] = np.frombuffer(trait.vector, np.int8)
        self._seen = np.array([trait.vector is not None for trait in traits], dtype=np.bool_)
        self._factors = _columns([trait.factors for trait in traits])
        self._names = _columns([trait.names for trait in traits])
        self._sites = _columns([trait.sites for trait in traits], least=1)
        self._concern = _numbers([trait.concern for trait in traits])
        self._site = _numbers([trait.site for trait in traits])
        self._day = np.array([trait.day for trait in traits], np.int64)

    def features(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """rows × all texts × features."""
        at = list(rows)
        gap = np.abs(self._day[at][:, None] - self._day[None, :])
        unknown = (self._day[at][:, None] == 0) | (self._day[None, :] == 0)
        planes = (
            (self._vectors[at] @ self._vectors.T) / float(SCALE * SCALE),
            self._concern[at][:, None] == self._concern[None, :],
            (self._factors[at] @ self._factors.T) > 0,
            (self._names[at] @ self._names.T) > 0,
            np.where(unknown, 0.0, np.log1p(gap)),
        )
        return np.stack([np.asarray(plane, np.float32) for plane in planes], axis=-1)

    def alike(self, rows: Sequence[int]) -> npt.NDArray[np.bool_]:
        """rows × all texts: whether the two are about the same thing.

        Texts that name different registered places, and none in common, are not. Where one has no vector, the same
        concern at the same site decides.
        """
        at = list(rows)
        features = self.features(at)
        log_odds = np.full(features.shape[:2], self._model.bias, np.float32)
        for number, weight in enumerate(self._model.coefficients):  # one after the other: the same sum in any company
            log_odds += np.float32(weight) * features[:, :, number]
        near = log_odds >= np.float32(np.log(self._model.threshold / (1 - self._model.threshold)))
        named = self._sites.sum(axis=1) > 0
        apart = (named[at][:, None] & named[None, :]) & ((self._sites[at] @ self._sites.T) == 0)
        both = self._seen[at][:, None] & self._seen[None, :]
        same = (self._concern[at][:, None] == self._concern[None, :]) & (self._site[at][:, None] == self._site[None, :])
        return np.asarray(np.where(both, near & ~apart, same))


def _columns(sets: Sequence[frozenset[str]], least: int = 2) -> Matrix:
    """One row a text, one column a word that at least ``least`` texts have."""
    counts = Counter(word for one in sets for word in one)
    column = {word: n for n, word in enumerate(sorted(word for word, count in counts.items() if count >= least))}
    matrix = np.zeros((len(sets), max(len(column), 1)), np.float32)
    for row, one in enumerate(sets):
        for word in one & column.keys():
            matrix[row, column[word]] = 1
    return matrix


def _numbers(values: Sequence[str | None]) -> npt.NDArray[np.int64]:
    known = {value: number for number, value in enumerate(sorted({value or "" for value in values}))}
    return np.array([known[value or ""] for value in values], np.int64)
