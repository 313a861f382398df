"""Texts a second through the redactor, on one core: ``python benchmarks/redaction.py [FILE.jsonl.gz ...]``.

Without files it repeats the fixtures, joined to petitions of about 300 characters. Processor time, not wall time.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

from pipeline.redact import redact

SIZE = 300
FIXTURES = Path(__file__).parent.parent / "tests/pipeline/redact/fixtures.txt"


def petitions(files: list[str]) -> list[str]:
    """Texts of about ``SIZE`` characters."""
    texts: list[str] = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["text"][:SIZE] for line in lines]
    if not files:
        joined = FIXTURES.read_text(encoding="utf-8").replace("\n", "")
        texts = [joined[start : start + SIZE] for start in range(0, len(joined), SIZE)] * 20
    return texts


def main() -> None:
    texts = petitions(sys.argv[1:])
    redact("热身：张建国")
    started = time.process_time()
    spans = sum(len(redact(text).redactions) for text in texts)
    seconds = time.process_time() - started
    characters = sum(map(len, texts))
    print(f"{len(texts)} texts, {characters / len(texts):.0f} characters each, {spans} redactions")
    print(f"{len(texts) / seconds:.0f} texts/s, {characters / seconds / 1000:.0f} thousand characters/s on one core")


if __name__ == "__main__":
    main()
