"""Which of several candidate passages is the one: a weighted sum of named features, learned on labelled petitions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_FIGURE = re.compile(r"\d")
_LETTER = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that could be the one, and what speaks for or against it."""

    start: int
    end: int
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights by feature name; below ``threshold`` no candidate is good enough."""

    weights: dict[str, float]
    bias: float
    threshold: float

    def score(self, candidate: Candidate) -> float:
        """Log-odds of the candidate against there being no such passage."""
        return self.bias + sum(self.weights.get(feature, 0.0) for feature in candidate.features)

    def best(self, candidates: Iterable[Candidate]) -> Candidate | None:
        """The likeliest candidate, the earlier one of equals; None when none passes the threshold."""
        scored = [(self.score(candidate), candidate) for candidate in candidates]
        if not scored:
            return None
        score, chosen = max(scored, key=lambda row: (row[0], -row[1].start))
        return chosen if score >= self.threshold else None


@cache
def ranker(concept: str) -> Ranker:
    """The ranker of demands, since or affected in ``ranking.json`` (written by models/training/rankers.py)."""
    rows: dict[str, Any] = json.loads((resources.files("models.lexicon") / "ranking.json").read_text("utf-8"))
    return Ranker(**rows[concept])


def plain(words: str) -> str:
    """The words with every figure as 0 and every letter as a: what is counted is no evidence, that it is may be."""
    return _LETTER.sub("a", _FIGURE.sub("0", words))


def surroundings(text: str, start: int, end: int) -> list[str]:
    """Features every kind of candidate shares: neighbouring characters and the place in the text."""
    title = text.find("\n")
    before, after = plain(text[max(0, start - 4) : start]), plain(text[end : end + 4])
    found = [
        f"<{before[-1:]}",
        f"<{before[-2:]}",
        f">{after[:1]}",
        f">{after[:2]}",
        f"at{10 * start // max(1, len(text))}",
    ]
    found += [f"near<{before[i : i + 2]}" for i in range(len(before) - 1)]
    found += [f"near>{after[i : i + 2]}" for i in range(len(after) - 1)]
    if start < title:
        found.append("title")
    return found
