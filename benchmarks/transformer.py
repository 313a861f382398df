"""How fast the transformer reads: petitions of 350 characters and posts of 100, all heads, beside the linear model.

Run: ``python -m benchmarks.transformer FILE.jsonl.gz``; texts of the file are cut to the lengths wanted.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable

from models.linear.scorer import LinearModel
from models.transformer.reader import load_reader

LENGTHS = {"petitions of 350 characters": 350, "posts of 100 characters": 100}
TEXTS = 300


def measured(read: Callable[[list[str]], Iterable[object]], texts: list[str]) -> tuple[float, float]:
    """Texts a second of wall time and of processor time."""
    list(read(texts[:20]))
    wall, cpu = time.perf_counter(), time.process_time()
    list(read(texts))
    return len(texts) / (time.perf_counter() - wall), len(texts) / (time.process_time() - cpu)


def main(path: str) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        long = [f"{row.get('title') or ''}\n{row['text']}" for row in map(json.loads, lines)]
    reader, linear = load_reader(), LinearModel.read()
    print("| what | transformer, texts/s | a CPU second | linear model, texts/s |\n| --- | --- | --- | --- |")
    for name, length in LENGTHS.items():
        texts = [text[:length] for text in long if len(text) >= length][:TEXTS]
        wall, cpu = measured(reader.read, texts)
        other, _ = measured(lambda given: [linear.raw(text) for text in given], texts)
        print(f"| {name} | {wall:.0f} | {cpu:.0f} | {other:.0f} |")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1])
