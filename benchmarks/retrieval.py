"""Does the title of a petition find its own text? MRR@10 and Recall@10, self-supervised, on petitions on disk.

    python -m benchmarks.retrieval ../shared/data/petitions/*.jsonl.gz

Every row's ``text``, without its title, is one document; every title is a query. Left out are titles of fewer than
four characters, texts under twenty or cut short by their source, and rows whose title or text (letters and digits
alone) was there before. The weight of single characters was chosen on every fourth of these titles, nothing else; no
row is kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from index import EmbeddedIndex, IndexEntry, Search
from index.query import DESCRIPTION_SHARE, Query, Words


def petitions(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Distinct (title, text without the title)."""
    seen: set[str] = set()
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                title, text = (row.get("title") or "").strip(), (row.get("text") or "").strip()
                text = text.replace(title, "") if title else text
                keys = {letters(title), letters(text)[:60]}
                if len(title) >= 4 and len(text) >= 20 and not row.get("text_truncated") and not keys & seen:
                    seen |= keys
                    yield title, text


def letters(text: str) -> str:
    """What is left of a text without punctuation and blanks."""
    return "".join(filter(str.isalnum, text))


def rank_of(index: EmbeddedIndex, query: Query, document_id: str) -> int | None:
    """Place of the document among the first ten, from 1."""
    hits = index.search(Search(query=query, size=10)).hits
    return next((place for place, hit in enumerate(hits, 1) if hit.id == document_id), None)


def main() -> None:
    """Builds an index of the texts in a temporary folder and asks it for every title."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    rows = list(petitions(parser.parse_args().files))
    with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(folder)) as index:
        index.write(
            IndexEntry(id=f"d{number}", sequence=number + 1, title="", body=text)
            for number, (_, text) in enumerate(rows)
        )
        index.commit()
        for name, share in (("any of its bigrams", 0.0), ("as a pasted description", DESCRIPTION_SHARE)):
            started = time.perf_counter()
            ranks = [rank_of(index, Words(title, share), f"d{n}") for n, (title, _) in enumerate(rows)]
            found = [rank for rank in ranks if rank]
            took = (time.perf_counter() - started) / len(rows) * 1e3
            print(
                f"title → own text, {name}: {len(rows)} queries, MRR@10 {sum(1 / r for r in found) / len(rows):.4f}, "
                f"Recall@10 {len(found) / len(rows):.4f}, {took:.2f} ms a query"
            )


if __name__ == "__main__":
    main()
