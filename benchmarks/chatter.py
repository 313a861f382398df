"""How often chatter is taken for complaint: the share of random posts flagged, and a sample of the flagged to read.

    python -m benchmarks.chatter POSTS.jsonl.gz [--posts 2000] [--read 100 --to FILE] [--labelled FILE.jsonl.gz]

Each line of POSTS is an object with ``text``; lines without eight characters of text are passed over. Posts are read as
``minyi annotate`` reads them, with source kind ``weibo``. The sample holds what people wrote: ``--to`` must lie outside
the repository. A reader marks each line's ``grievance`` true or false; ``--judged FILE`` then prints the precision with
its 95 % Wilson interval. ``--labelled`` adds how well hijacked hashtags and irony cues agree with labelled posts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.nlp import TextInContext, read
from models.normalise import fold
from models.posts.anatomy import anatomy
from models.posts.disguises import find as disguised
from models.posts.disguises import reading_copy
from models.posts.hashtags import hijacked
from models.posts.irony import find as ironic
from pipeline.annotate import annotation

LEAST_CHARACTERS = 8
ROOT = Path(__file__).resolve().parent.parent


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file, packed or not."""
    packed = file.suffix == ".gz"
    with gzip.open(file, "rt", encoding="utf-8") if packed else file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def posts(file: Path, count: int, seed: int) -> list[str]:
    """``count`` different texts drawn at random, the same for the same file, count and seed."""
    texts = {row["text"] for row in lines_of(file) if not row["text"].strip().isdigit()}
    long_enough = sorted(text for text in texts if len(text.strip()) >= LEAST_CHARACTERS)
    return random.Random(seed).sample(long_enough, min(count, len(long_enough)))


def interval(hits: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share. Raises ValueError for no observation."""
    if count < 1:
        raise ValueError("nothing was counted")
    z, p = 1.96, hits / count
    centre, spread = p + z * z / (2 * count), z * ((p * (1 - p) + z * z / (4 * count)) / count) ** 0.5
    return round((centre - spread) / (1 + z * z / count), 3), round((centre + spread) / (1 + z * z / count), 3)


def chatter(texts: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures of the texts, and the annotations of those that are flagged."""
    started = time.perf_counter()
    items = [TextInContext(f"\n{text}", source_kind="weibo") for text in texts]
    read_as = [annotation(None, item, doc, ()) for item, doc in zip(items, read(items), strict=True)]
    flagged = [
        {"text": text, "p": row["p_grievance"], "factors": [factor["code"] for factor in row["factors"]]}
        for text, row in zip(texts, read_as, strict=True)
        if row["is_grievance"]
    ]
    figures = {
        "posts": len(texts),
        "flagged": len(flagged),
        "share": round(len(flagged) / len(texts), 4),
        "interval": interval(len(flagged), len(texts)),
        "with_disguised_words": sum(bool(disguised(text)) for text in texts),
        "with_hijacked_hashtag": sum(bool(hijacked(anatomy(text))) for text in texts),
        "only_passing_on": sum(anatomy(text).passes_on for text in texts),
        "seconds": round(time.perf_counter() - started, 1),
    }
    return figures, flagged


def agreement(file: Path) -> dict[str, dict[str, float]]:
    """Precision and recall of the rules on posts labelled with ``hijacked_hashtag`` and ``irony``."""
    rows = list(lines_of(file))
    rules = {
        "hijacked_hashtag": lambda text: bool(hijacked(anatomy(text))),
        "irony": lambda text: bool(ironic(fold(reading_copy(text).text))),
    }
    found = {}
    for label, rule in rules.items():
        pairs = [(rule(row["text"]), bool(row[label])) for row in rows if label in row]
        hits = sum(said and meant for said, meant in pairs)
        said, meant = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        found[label] = {
            "precision": round(hits / max(said, 1), 3),
            "recall": round(hits / max(meant, 1), 3),
            "n": meant,
        }
    return found


def main() -> None:
    """Prints one line of JSON. Exits with 2 when the sample would lie in the repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--read", type=int, default=100)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--labelled", type=Path)
    asked = parser.parse_args()
    if asked.to and asked.to.resolve().is_relative_to(ROOT):
        parser.error(f"--to {asked.to}: what people wrote does not belong in the repository")
    figures: dict[str, Any] = {}
    if asked.file:
        figures, flagged = chatter(posts(asked.file, asked.posts, asked.seed))
        if asked.to:
            sample = random.Random(asked.seed).sample(flagged, min(asked.read, len(flagged)))
            lines = [json.dumps({**row, "grievance": None}, ensure_ascii=False) for row in sample]
            asked.to.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if asked.labelled:
        figures["agreement"] = agreement(asked.labelled)
    if asked.judged:
        marks = [row["grievance"] for row in lines_of(asked.judged) if row["grievance"] is not None]
        figures["precision"] = round(sum(marks) / max(len(marks), 1), 3)
        figures["precision_interval"] = interval(sum(marks), len(marks))
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
