"""Writes the ids of the rows that training keeps back, one file a set, for ``minyi evaluate TASK --only FILE``.

Run: ``python -m models.training.transformer.dev_ids --data FOLDER --out FOLDER``.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from models.training.transformer import rows, streams

SETS: dict[str, tuple[str, Callable[[Path], streams.Stream], str]] = {
    "domain": ("petitions/labelled_domain_train.jsonl.gz", streams.domain, "uid"),
    "polarity": ("nlp/weibo2018_sentiment/train.jsonl.gz", streams.polarity, "id"),
    "nlpcc": ("nlp/nlpcc2016_stance/train.jsonl.gz", streams.stance, "id"),
    "tianchi": ("nlp/tianchi_weibo_event_stance/train.jsonl.gz", streams.stance, "id"),
    "cluener": ("nlp/cluener2020/train.jsonl.gz", streams.entities, "id"),
}
"""By name: file, stream whose dev part it has a share of, and the field that names a row."""


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name, (file, stream, field) in SETS.items():
        kept = {(example.text, example.target) for example in stream(given.data).dev}
        ids = []
        for row in rows.read(given.data / file):
            target = row.get("target") or row.get("event")
            if (rows.text_of(row), str(target) if target else None) in kept:
                ids.append(str(row[field]))
        (given.out / f"{name}.ids").write_text("".join(f"{each}\n" for each in ids), "utf-8")


if __name__ == "__main__":
    main()
