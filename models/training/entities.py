"""Trains ``models/artifacts/entities.npz``, the tagger for places, organisations and the facility.

Run: ``python -m models.training.entities FOLDER`` where FOLDER holds train.jsonl.gz, train_active.jsonl.gz and, for
the figures, gold_dev.jsonl.gz. Ten minutes on one core. Settings were chosen on a tenth of train.jsonl.gz that
``--choose`` keeps out of training; without it every training text is used. The gold set is only ever measured.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path

import numpy as np

from models.checksums import note
from models.tagger.labels import Labels
from models.training import chain, pointer
from models.training.chain import Chain, Schedule
from models.training.entity_scores import report
from models.training.examples import Example, Features, examples, held_out, read

TARGET = Path(__file__).parents[1] / "artifacts" / "entities.npz"
MOST_FEATURES = 200_000
CHAIN_PLAN = Schedule(passes=6)
POINTER_PLAN = Schedule(passes=5, head_start=150.0, drop=0.45, plain=0.5, decay=1e-3)
SILENCE_MARGIN = 1.0
"""A passage may be this much (log odds) less likely than silence and is still shown: half right beats nothing."""


def unseen_labels(documents: list[Example], features: int) -> list[Labels]:
    """For each document the labels of a chain trained on the other half of the documents."""
    halves = [zlib.crc32(d.uid.encode() + b"x") % 2 for d in documents]
    labels: dict[int, Labels] = {}
    for half in (0, 1):
        others = [d for d, h in zip(documents, halves, strict=True) if h != half]
        trained = chain.train(others, features, CHAIN_PLAN)
        numbers = [n for n, h in enumerate(halves) if h == half]
        labels |= dict(zip(numbers, chain.predict([documents[n] for n in numbers], features, trained), strict=True))
    return [labels[n] for n in range(len(documents))]


def save(features: Features, trained: Chain, pointing: pointer.Pointer, target: Path) -> None:
    """Packs the weights as signed bytes with one scale a column; features without a weight are left out."""
    weights = np.concatenate([trained.weights, pointing.weights], axis=1)[1:]
    scale = (np.quantile(np.abs(weights), 0.99999, axis=0) / 127).astype(np.float32)
    packed = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    kept = np.abs(packed).max(axis=1) > 0
    codes = features.codes[kept]
    np.savez_compressed(
        target,
        code_steps=np.diff(codes, prepend=np.uint32(0)),
        weights=packed[kept],
        scale=scale,
        transitions=trained.transitions,
        context=pointing.context,
        lengths=pointing.lengths,
        silence=np.float32(pointing.silence - SILENCE_MARGIN),
    )
    note(target.parent, [target.name])
    sys.stderr.write(f"{int(kept.sum())} features, {target.stat().st_size / 1e6:.2f} MB in {target}\n")


def main() -> None:
    """Trains, saves and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--choose", action="store_true", help="keep the held-out tenth out and measure on it")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args()
    natural, hard = (read(options.folder / f"{name}.jsonl.gz") for name in ("train", "train_active"))
    kept = [row for row in natural if not (options.choose and held_out(row["uid"]))]
    documents = examples([*kept, *hard])
    features = Features(documents, MOST_FEATURES)
    features.number(documents)
    trained = chain.train(documents, len(features), CHAIN_PLAN)
    pointing = pointer.train(documents, unseen_labels(documents, len(features)), len(features), POINTER_PLAN)
    save(features, trained, pointing, options.target)
    if options.choose:
        report([row for row in natural if held_out(row["uid"])], options.target)
    else:
        report(read(options.folder / "gold_dev.jsonl.gz"), options.target)


if __name__ == "__main__":
    main()
