"""Weak labels (弱标注) for petitions that nobody has labelled: what two teachers make of them.

Run: ``python -m models.training.transformer.weak --data FOLDER --out FILE [--run RUN --trunk TRUNK]``. The file has a
row a text: ``{"text_sha256", "weight", "labels": {head: {label: probability}}}``, the first 16 hexadecimal digits of
the text's SHA-256, and is what the stream ``weak`` of a run learns from. The same input gives the same file.

The teachers. The linear model always: calibrated, and it has read the lexicon's findings. With ``--run`` also the
network of an earlier run; the target is then the mean of the two (an ensemble as a teacher: Hinton, Vinyals, Dean
2015). Without a run the lexicon is the second voice; it is too often wrong to be a target, so it changes what a row
weighs and nothing else.

Noise. Two teachers who differ say that a label is doubtful. A row weighs 1 minus the Jensen–Shannon divergence, in
bits, of what they say of the primary factor; ALONE where the second has no opinion. A head for which both are sure of
different labels, each beyond its own mean confidence in that label, is pruned from the row: those are the entries off
the diagonal of the confident joint (Northcutt, Jiang, Chuang: Confident learning, JAIR 2021), with the second teacher
in place of the given label. Rows below LEAST are left out.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from models.training.transformer import teachers, unlabelled
from models.training.transformer.agreement import conflicts, divergence, table
from models.training.transformer.rows import Row, petition, read
from models.training.transformer.streams import digest
from models.training.transformer.teachers import HEADS, Opinion, labels_of

ALONE: Final = 0.5
"""What a row weighs on which the second teacher has no opinion."""
LEAST: Final = 0.1
"""Rows of less weight are left out."""
SMALLEST: Final = 0.01
"""Probabilities below it are not written; what is left of a single head's is scaled to one."""
MEASURED: Final = 1000
"""Labelled petitions on which the lexicon's precision is measured."""


def mean(one: Opinion, other: Opinion) -> Opinion:
    """The mean of two opinions on the heads of the first."""
    return {
        head: {
            label: (shares.get(label, 0.0) + other[head].get(label, 0.0)) / 2
            for label in dict.fromkeys((*shares, *other[head]))
        }
        for head, shares in one.items()
    }


def labelled(
    texts: Sequence[str], targets: Sequence[Opinion], one: Sequence[Opinion], other: Sequence[Opinion]
) -> list[Row]:
    """Rows of the file: the targets, weighed and pruned by how far two teachers agree."""
    primary = labels_of("primary")
    apart = divergence(*(table([each.get("primary", {}) for each in side], primary) for side in (one, other)))
    weights = np.where([bool(each) for each in other], 1 - apart, ALONE)
    pruned = {
        head: conflicts(*(_spread(side, head) for side in (one, other)))
        for head in HEADS
        if head != "factors" and all(head in each for each in other)
    }
    return [
        {
            "text_sha256": digest(text),
            "weight": round(float(weights[number]), 3),
            "labels": {
                head: _written(head, shares)
                for head, shares in target.items()
                if head not in pruned or not pruned[head][number]
            },
        }
        for number, (text, target) in enumerate(zip(texts, targets, strict=True))
        if weights[number] >= LEAST
    ]


def _spread(opinions: Sequence[Opinion], head: str) -> np.ndarray:
    shares = table([each[head] for each in opinions], labels_of(head))
    return shares if shares.shape[1] > 1 else np.concatenate([shares, 1 - shares], axis=1)


def _written(head: str, shares: dict[str, float]) -> dict[str, float]:
    kept = {label: p for label, p in shares.items() if p >= SMALLEST and label in labels_of(head)}
    total = sum(kept.values()) if head != "factors" and len(labels_of(head)) > 1 else 1.0
    return {label: round(p / total, 3) for label, p in sorted(kept.items(), key=lambda item: (-item[1], item[0]))}


def write(data: Path, out: Path, run: Path | None = None, trunk: Path | None = None, limit: int = 320) -> int:
    """Writes the file, whole or not at all; the number of its rows. Raises ValueError for a run without a trunk."""
    if run and not trunk:
        raise ValueError("a run is read with the trunk that it began from: --trunk FOLDER")
    texts = unlabelled.originals(unlabelled.petitions(data), unlabelled.labelled(data))
    docs = teachers.read(texts)
    one = teachers.linear(docs)
    if run and trunk:
        other = teachers.transformer(texts, trunk, run, limit)
        targets = [mean(*pair) for pair in zip(one, other, strict=True)]
    else:
        known = [petition(row) for row in read(data / "grievances/train.jsonl.gz")[:MEASURED]]
        precision = teachers.rule_precision(teachers.read(e.text for e in known), [e.labels["factors"] for e in known])
        other, targets = teachers.lexicon(docs, precision), one
    rows = labelled(texts, targets, one, other)
    draft = out.with_name(f"{out.name}.new")
    draft.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    draft.replace(out)
    return len(rows)


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=Path, help="folder of an earlier run, whose network becomes the second teacher")
    parser.add_argument("--trunk", type=Path, help="the trunk's folder of that run")
    parser.add_argument("--tokens", type=int, default=320, help="the length at which that run read its texts")
    given = parser.parse_args()
    write(given.data, given.out, given.run, given.trunk, given.tokens)


if __name__ == "__main__":
    main()
