"""Learns which candidate annotators mark as demand, since or affected: ``python -m models.training.rankers``."""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from models.lexicon import affected, demands, since
from models.lexicon.ranking import Candidate, Ranker
from models.normalise import fold

CANDIDATES: dict[str, Callable[[str], list[Candidate]]] = {
    "affected": affected.candidates,
    "since": since.candidates,
    "demand": demands.candidates,
}
SEEN_AT_LEAST = 8
"""Texts in which a feature must occur to get a weight; rarer ones are names and chance."""
PENALTY = 1.0
"""Of squared weights; between 0.3 and 3 the cross-validated figures hardly move."""
FLOOR = 0.02
"""Added to the expected F1, so that a text none of whose candidates fits does not dominate."""
LEAST = 0.05
"""Smaller weights are not shipped."""
MASKS = re.compile("西地|西省|地省|a0?[市县区]|a0")
"""Stand-ins for places in the masked training texts: they get no weight, since no other text has them."""
FOLDS = 4
"""Folds for the threshold, so that it is chosen on texts that the weights have not seen."""


def overlap(start: int, end: int, gold: tuple[int, int] | None) -> float:
    """Character F1 of a passage with the one that was marked; 0 when none was."""
    if gold is None:
        return 0.0
    common = max(0, min(end, gold[1]) - max(start, gold[0]))
    return 2 * common / (end - start + gold[1] - gold[0])


def read(path: Path) -> list[dict[str, Any]]:
    """The labelled rows of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def marked(row: dict[str, Any], concept: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text and every place where the marked words stand in it."""
    text, words = fold(f"{row['title']}\n{row['text']}"), fold(row[concept] or "")
    places, at = [], text.find(words) if words else -1
    while at >= 0:
        places.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return text, places


Row = tuple[list[Candidate], list[float], bool]


def rows_of(rows: Iterable[dict[str, Any]], concept: str) -> list[Row]:
    """For each text its candidates, how well each fits the marked words, and whether any were marked."""
    found = []
    for row in rows:
        text, places = marked(row, concept)
        candidates = CANDIDATES[concept](text)
        fits = [max((overlap(c.start, c.end, place) for place in places), default=0.0) for c in candidates]
        found.append((candidates, fits, bool(places)))
    return found


def fit(rows: list[Row]) -> Ranker:
    """Weights that maximise the log of the expected character F1 when one passage, or none, is drawn by softmax."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    seen = Counter(name for candidates, _, _ in rows for name in {f for c in candidates for f in c.features})
    common = sorted(name for name, count in seen.items() if count >= SEEN_AT_LEAST and not MASKS.search(name))
    columns = {name: column for column, name in enumerate(common)}
    lines = [(c, f) for candidates, fits, _ in rows for c, f in zip(candidates, fits, strict=True)]
    cells = [(i, columns[name]) for i, (c, _) in enumerate(lines) for name in set(c.features) if name in columns]
    at, of = np.array(cells).T
    matrix = csr_matrix((np.ones(len(cells)), (at, of)), shape=(len(lines), len(columns)))
    text = np.repeat(np.arange(len(rows)), [len(candidates) for candidates, _, _ in rows])
    gain, none = np.array([f for _, f in lines]), np.array([0.0 if present else 1.0 for _, _, present in rows])

    def loss(parameters: Any) -> tuple[float, Any]:
        weights, bias = parameters[:-1], parameters[-1]
        odds = np.exp(np.clip(matrix @ weights + bias, -30, 30))
        total = 1 + np.bincount(text, odds, len(rows))
        hoped = (none + np.bincount(text, odds * gain, len(rows)) + FLOOR) / total
        slope = odds / total[text] - odds * gain / (hoped * total)[text]
        value = -np.log(hoped).sum() + PENALTY * (weights @ weights)
        return value, np.append(matrix.T @ slope + 2 * PENALTY * weights, slope.sum())

    found = minimize(loss, np.zeros(len(columns) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    weights = {name: round(float(found[column]), 3) for name, column in columns.items() if abs(found[column]) >= LEAST}
    return Ranker(weights, round(float(found[-1]), 3), 0.0)


def choices(ranker: Ranker, rows: list[Row]) -> list[tuple[float, float, bool]]:
    """For each text the best candidate's score, its fit, and whether a passage was marked."""
    found = []
    for candidates, fits, present in rows:
        scored = [(ranker.score(c), -c.start, f) for c, f in zip(candidates, fits, strict=True)]
        p, _, f = max(scored, default=(-99.0, 0, 0.0))
        found.append((p, f, present))
    return found


def char_f1(chosen: list[tuple[float, float, bool]], threshold: float) -> float:
    """Mean character F1 over texts; an absent passage rightly left out counts 1."""
    return sum(f if p >= threshold else float(not present) for p, f, present in chosen) / len(chosen)


def worth(chosen: list[tuple[float, float, bool]], threshold: float) -> float:
    """Three parts character F1 over all texts, one part over those where something is stated.

    Over all texts alone, silence wins wherever a passage is rare, and what people did say is lost.
    """
    stated = [row for row in chosen if row[2]]
    return (3 * char_f1(chosen, threshold) + char_f1(stated, threshold)) / 4


def train(rows: list[dict[str, Any]], more: list[dict[str, Any]], concept: str) -> tuple[Ranker, float]:
    """The ranker with the threshold that is worth most on held-out folds, and its character F1 over all texts.

    ``more`` are texts chosen as hard: they teach weights, but their shares are not natural, so no threshold sees them.
    """
    data, harder = rows_of(rows, concept), rows_of(more, concept)
    held = []
    for number in range(FOLDS):
        seen = fit([row for i, row in enumerate(data) if i % FOLDS != number] + harder)
        held += choices(seen, data[number::FOLDS])
    threshold = max((t / 10 for t in range(-40, 41, 2)), key=lambda t: worth(held, t))
    whole = fit(data + harder)
    return Ranker(whole.weights, whole.bias, threshold), char_f1(held, threshold)


def main() -> None:
    """Writes models/lexicon/ranking.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path, help="labelled petitions, JSON lines, gzipped")
    parser.add_argument("--more", type=Path, help="further ones, chosen as hard: for the weights only")
    parser.add_argument("--concept", choices=sorted(CANDIDATES), help="only this one; the others stay as they are")
    arguments = parser.parse_args()
    shipped = Path(__file__).parents[1] / "lexicon" / "ranking.json"
    kept: dict[str, Any] = json.loads(shipped.read_text("utf-8")) if shipped.exists() else {}
    rows, more = read(arguments.train), read(arguments.more) if arguments.more else []
    for concept in [arguments.concept] if arguments.concept else sorted(CANDIDATES):
        ranker, score = train(rows, more, concept)
        kept[concept] = {"weights": ranker.weights, "bias": ranker.bias, "threshold": ranker.threshold}
        click.echo(f"{concept}: {len(ranker.weights)} weights, character F1 {score:.3f} (cross-validated)")
    shipped.write_text(json.dumps(kept, ensure_ascii=False, sort_keys=True, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
