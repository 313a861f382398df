"""How often a cue of stance is right: ``python -m benchmarks.stance --data ../shared/data``.

Public sets of stances toward given targets (NLPCC 2016 task A, C-STANCE train). Their targets are not decision projects
and no text of theirs is conditional, so this says how far a cue can be trusted elsewhere. What it
prints is why the ``p`` of ``pipeline/stance/cues.yaml`` are low.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.stance.reading import cues, cues_in

SETS = ("nlp/nlpcc2016_stance/train.jsonl.gz", "nlp/c_stance/train.jsonl.gz")
MEANS = {"FAVOR": "support", "AGAINST": "oppose", "NONE": "neutral"}
SENTENCE = re.compile(r"[^。！？!?\n]+")
IMAGINED = 5
"""Imagined texts, half of them right, that hold a rare cue near one half."""


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The texts of one set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
def main(data: Path) -> None:
    """Prints cue, texts with it, share that agrees, share that contradicts, and the shrunk share."""
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    against: Counter[str] = Counter()
    opposite = {"oppose": "support", "support": "oppose"}
    for name in SETS:
        for row in rows(data / name):
            truth = MEANS[row["label"]]
            named = [sentence for sentence in SENTENCE.findall(row["text"]) if row["target"] in sentence]
            for code, stance in {(cue.code, cue.stance) for cue in cues_in(named)}:
                said[code] += 1
                right[code] += stance == truth
                against[code] += opposite.get(stance) == truth
    for cue in cues():
        count = said[cue.code]
        shrunk = (right[cue.code] + IMAGINED / 2) / (count + IMAGINED)
        click.echo(
            f"{cue.code:24} {cue.stance:12} texts {count:5} agree {right[cue.code] / max(count, 1):.3f} "
            f"contradict {against[cue.code] / max(count, 1):.3f} shrunk {shrunk:.3f} stated {cue.p:.2f}"
        )


if __name__ == "__main__":
    main()
