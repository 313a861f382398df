"""Calibrates a model folder on held-out rows: temperatures, late fusion with the linear model, thresholds.

Run: ``python -m models.training.transformer.calibrate --data FOLDER --run FOLDER --out FOLDER``; ``--out`` is what
export has written. Petitions: a twelfth of the natural rows, never trained on; for the sources of passages the
adjudicated dev petitions. Posts: the adjudicated dev posts. The other heads: the dev part of their sets.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from models.calibration import Array
from models.classifier import chosen_factors
from models.evaluate import micro_f1
from models.training.linear import best_threshold
from models.training.transformer import card as cards
from models.training.transformer import streams
from models.training.transformer.export import write_card
from models.training.transformer.fuse import Fitted, Known, calibrated
from models.training.transformer.heads import Head, fields, pair
from models.training.transformer.linear_opinion import Opinions, digest, opinions
from models.training.transformer.network import slices
from models.training.transformer.outputs import Outputs, computed, inputs
from models.training.transformer.rows import Example
from models.training.transformer.sources import sources
from models.transformer.card import CARD
from models.transformer.fusion import POSTS, log_odds_of

FOLDS: Final = 5
WARMED: Final[Mapping[str, str]] = {
    "domain": "domain", "emotion": "emotion", "polarity": "polarity", "stance": "stance", "links": "link",
}  # fmt: skip
"""Sets of one head each, which get a temperature alone."""
THRESHOLDS: Final = ("grievance", "about_grievance", "repeated_unresolved", "irony")
_AT: Final = {**slices(fields()), **slices(pair())}


@dataclass
class Calibration:
    """What calibration adds to a card."""

    temperature: dict[str, float] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    fusion: dict[str, dict[str, float]] = field(default_factory=dict)
    spans: dict[str, str] = field(default_factory=dict)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    passages: dict[str, dict[str, float]] = field(default_factory=dict)

    def put(self, name: str, head: Head, fitted: Fitted) -> None:
        """Keeps a head's numbers under ``name``: one weight of an exclusive head is a temperature, all else a blend."""
        if head.kind == "single":
            self.warm(name, fitted)
            if fitted.blend.linear:
                self.fusion[name] = {"transformer": 1.0, "linear": fitted.blend.linear}
        else:
            self.fusion[name] = fitted.blend.model_dump()
            self.figures[name] = fitted.figures

    def warm(self, name: str, fitted: Fitted) -> None:
        """Keeps a head's weight as a temperature."""
        self.temperature[name] = round(1 / fitted.blend.transformer, 4)
        self.figures[name] = fitted.figures


def known(head: Head, examples: Sequence[Example], outputs: Sequence[Outputs], linear: Array | None = None) -> Known:
    """A head on the examples that have a label for it; ``linear``: probabilities, one row an example."""
    kept = [i for i, example in enumerate(examples) if _labelled(head, example)]
    side = 2 if head in pair() else 0
    logits = np.array([outputs[i][side][_AT[head.name]] for i in kept], np.float64)
    truth = np.array([_truth(head, examples[i].labels[head.name]) for i in kept], np.float64)
    odds = None if linear is None else log_odds_of(np.asarray(linear[kept], np.float64), head.kind == "single")
    return Known(logits, truth, head.kind == "single", np.array([fold_of(examples[i].text) for i in kept]), odds)


def _labelled(head: Head, example: Example) -> bool:
    label = example.labels.get(head.name)
    return label is not None and (head.kind != "single" or str(label) in head.labels)


def _truth(head: Head, label: Any) -> list[float]:
    if head.kind == "binary":
        return [float(bool(label))]
    if head.kind == "multi":
        return [float(code in label) for code in head.labels]
    return [float(str(label) == each) for each in head.labels]


def fold_of(text: str) -> int:
    """Fold 0–4, by content."""
    return int(digest(text), 16) % FOLDS


def calibrate_texts(
    found: Calibration, examples: Sequence[Example], outputs: Sequence[Outputs], linear: Opinions, flavour: str
) -> None:
    """All heads of petitions (no flavour), or of posts and news (``.posts``), and the thresholds that follow."""
    fitted: dict[str, Fitted] = {}
    for head in fields():
        rows = known(head, examples, outputs, linear.get(head.name))
        if not len(rows.logits) or (head.name == "form" and not flavour):
            continue  # all petitions have one form
        if head.kind == "binary" and rows.truth.min() == rows.truth.max():
            continue
        name = head.name if head.name == "form" else head.name + flavour
        fitted[head.name] = calibrated(rows)
        found.put(name, head, fitted[head.name])
    for name in THRESHOLDS:
        if name in fitted:
            truth = np.array([float(bool(e.labels[name])) for e in examples if name in e.labels])
            found.thresholds[name + flavour] = best_threshold(fitted[name].unseen[:, 0], truth)
    gate = "grievance" if not flavour else "about_grievance"
    if {"factors", "primary", gate} <= fitted.keys():
        found.thresholds[f"factors{flavour}"] = factor_threshold(
            examples, fitted["factors"].unseen, fitted["primary"].unseen, fitted[gate].unseen[:, 0],
            found.thresholds[gate + flavour],
        )  # fmt: skip


def factor_threshold(examples: Sequence[Example], factors: Array, primary: Array, gate: Array, least: float) -> float:
    """The least probability of a factor for the best micro-F1, over texts that are said to tell a grievance."""
    codes = fields()[0].labels
    shares = primary[:, :-1] / np.maximum(primary[:, :-1].sum(axis=1, keepdims=True), 1e-12)
    cats = [
        {f"factor:{code}": float(p) for code, p in zip(codes, row, strict=True)}
        | {f"primary:{code}": float(p) for code, p in zip(codes, share, strict=True)}
        for row, share in zip(factors, shares, strict=True)
    ]
    gold = [set(example.labels["factors"]) for example in examples]

    def worth(threshold: float) -> float:
        said = [
            {item.code for item in chosen_factors(cat, threshold)} if p >= least else set()
            for cat, p in zip(cats, gate, strict=True)
        ]
        return micro_f1(gold, said)

    return max((round(float(t), 2) for t in np.arange(0.16, 0.61, 0.02)), key=worth)


def calibration(data: Path, model: Path, run: Path, say: Callable[[str], None]) -> Calibration:
    """Everything, from the folders of the data, of the model, and of the run (where the linear scores are kept)."""
    found = Calibration()
    for name, head in WARMED.items():
        read = streams.domain if name == "domain" else streams.STREAMS[name]
        dev = read(data).dev[:3000]
        each = next(item for item in (*fields(), *pair()) if item.name == head)
        if dev:
            rows = replace(known(each, dev, computed(model, inputs(model, dev), name)), shifted=False)
            found.warm(head, calibrated(rows))
    letters = streams.letters(data).dev
    if letters:
        places, linear = opinions(data, run / "linear_opinions.npz")
        at = [places[digest(example.text)] for example in letters]
        outputs = computed(model, inputs(model, letters), "petitions")
        calibrate_texts(found, letters, outputs, {name: rows[at] for name, rows in linear.items()}, "")
    gold = streams.gold(data).dev  # the taggers that the rules have were taught on the petitions above
    for kind, chosen in sources(model, gold).items() if gold else ():
        found.spans[kind], found.passages[kind] = chosen.source, chosen.figures
        found.thresholds[kind] = chosen.least
    posts = streams.posts(data).dev
    if posts:
        calibrate_texts(found, posts, computed(model, inputs(model, posts), "posts"), {}, POSTS)
    say(f"{len(found.figures)} heads calibrated, fused: {', '.join(k for k, b in found.fusion.items() if b['linear'])}")
    return found


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    for name in ("data", "run", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    found = calibration(given.data, given.out, given.run, lambda line: print(line, file=sys.stderr))  # noqa: T201
    content = json.loads((given.out / CARD).read_text("utf-8"))
    content |= {"temperature": found.temperature, "thresholds": found.thresholds, "fusion": found.fusion}
    content |= {"spans": found.spans, "calibration": found.figures, "passages": found.passages}
    (given.out / cards.NAME).write_text(cards.model_card(content, cards.evidence_of(given.run)), "utf-8")
    write_card(given.out, content)


if __name__ == "__main__":
    main()
