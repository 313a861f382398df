"""Does the title of a petition find its own text, and the office's reply? MRR@10 and Recall@10, self-supervised.

    python -m benchmarks.retrieval ../shared/data/petitions/*.jsonl.gz
    python -m benchmarks.retrieval --meaning ../shared/data/petitions/*.jsonl.gz

Every row's ``text``, without its title, is one document; every title is a query. Left out are titles of fewer than
four characters, texts under twenty or cut short by their source, and rows whose title or text (letters and digits
alone) was there before. In the same way the ``reply`` of every row that has one, among all replies. The weight of
single characters was chosen on every fourth of the titles of texts, nothing else; no row is kept.

With ``--meaning`` the texts are encoded, and words and meaning are fused: weights are compared on the first, third,
fifth … title, and the figures to report are those of the other half, of words alone and of the default fusion. This
encodes for a quarter of an hour on one core; ``--keep FOLDER`` keeps the vectors for the next run. ``--rows`` takes
fewer rows.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import EmbeddedIndex, IndexEntry, Search
from index.dense import EmbeddedVectors, VectorEntry
from index.hybrid import DEPTH, Fusion, search_fused
from index.query import DESCRIPTION_SHARE, Query, Words
from models.encoder import load_encoder
from models.training.petitions import Pair, petitions

Scored = list[tuple[int, float]]
NAMES = {"reply": "title → official reply", "text": "title → own text"}
WEIGHTS = (0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)


def rank_of(index: EmbeddedIndex, query: Query, document_id: str) -> int | None:
    """Place of the document among the first ten, from 1."""
    return place(document_id, [hit.id for hit in index.search(Search(query=query, size=10)).hits])


def place(document_id: str, ids: Sequence[str]) -> int | None:
    """Place among the first ten, from 1."""
    return next((rank for rank, one in enumerate(ids[:10], 1) if one == document_id), None)


def figures(ranks: Sequence[int | None]) -> str:
    """MRR@10 and Recall@10."""
    found = [rank for rank in ranks if rank]
    return f"MRR@10 {sum(1 / r for r in found) / len(ranks):.4f}, Recall@10 {len(found) / len(ranks):.4f}"


def by_words(name: str, index: EmbeddedIndex, rows: list[Pair]) -> None:
    """Prints how the words alone do, asked in two ways."""
    for way, share in (("any of its bigrams", 0.0), ("as a pasted description", DESCRIPTION_SHARE)):
        started = time.perf_counter()
        ranks = [rank_of(index, Words(title, share), f"d{n}") for n, (title, _) in enumerate(rows)]
        took = (time.perf_counter() - started) / len(rows) * 1e3
        print(f"{name}, {way}: {len(rows)} queries, {figures(ranks)}, {took:.2f} ms a query", flush=True)


def by_both(name: str, index: EmbeddedIndex, rows: list[Pair], folder: Path, keep: Path | None) -> None:
    """Prints how words and meaning do together: weights on one half of the titles, figures on the other."""
    asked = encoded([title for title, _ in rows], keep, question=True)
    texts = encoded([text for _, text in rows], keep)
    answers = list(zip(found_by_words(index, rows), found_by_meaning(asked, texts), strict=True))
    for weight in WEIGHTS:
        ranks = ranks_of(answers, 0, Fusion(weight))
        print(f"{name}, chosen on: weight {weight}: {figures(ranks)}", flush=True)
    words, both = ranks_of(answers, 1, Fusion(meaning=0.0)), ranks_of(answers, 1, Fusion())
    print(f"{name}, other half, {len(both)} queries: words {figures(words)}")
    print(f"{name}, other half: meaning alone {figures(ranks_of([([], close) for _, close in answers], 1, Fusion()))}")
    print(f"{name}, other half: words and meaning {figures(both)}")
    low, high = interval(words, both)
    print(f"{name}, other half: gain in MRR@10, 95 % interval {low:+.4f} to {high:+.4f}", flush=True)
    encoder = load_encoder()
    with EmbeddedVectors(folder, encoder=encoder.version, dimensions=encoder.dimensions) as vectors:
        vectors.write(VectorEntry(f"d{n}", n + 1, row) for n, row in enumerate(texts))
        vectors.commit()
        started = time.process_time()
        for number in range(1, min(len(rows), 400), 2):
            search_fused(index, vectors, Search(query=Words(rows[number][0], 0.0), size=10), asked[number])
        took = (time.process_time() - started) / min(len(rows) // 2, 200) * 1e3
        print(f"{name}: {took:.1f} CPU ms a fused query over {len(rows)} vectors, without encoding it", flush=True)


def found_by_words(index: EmbeddedIndex, rows: list[Pair]) -> Iterator[Scored]:
    """What each title finds by its bigrams."""
    for title, _ in rows:
        hits = index.search(Search(query=Words(title, 0.0), size=DEPTH)).hits
        yield [(int(hit.id[1:]), hit.score or 0.0) for hit in hits]


def found_by_meaning(asked: Any, texts: Any) -> Iterator[Scored]:
    """What each title finds by its vector, as the vector index would."""
    stored = texts.astype(np.float16).astype(np.float32)
    for start in range(0, len(asked), 256):
        for cosines in asked[start : start + 256] @ stored.T:
            close = np.argsort(-cosines)[:DEPTH]
            yield [(int(n), float(cosines[n])) for n in close]


def ranks_of(answers: Sequence[tuple[Scored, Scored]], first: int, fusion: Fusion) -> list[int | None]:
    """Places of the right documents for every second title."""
    ranks = []
    for number in range(first, len(answers), 2):
        words, close = ([(str(n), score) for n, score in side] for side in answers[number])
        ranks.append(place(str(number), list(fusion.ranked(words, close))))
    return ranks


def interval(before: Sequence[int | None], after: Sequence[int | None]) -> tuple[float, float]:
    """Paired bootstrap of the difference of two MRR, 2,000 draws."""
    gain = np.array([(1 / b if b else 0) - (1 / a if a else 0) for a, b in zip(before, after, strict=True)])
    draws = np.random.default_rng(0).choice(gain, (2_000, len(gain))).mean(axis=1)
    return float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))


def encoded(texts: Sequence[str], keep: Path | None, *, question: bool = False) -> Any:
    """Vectors of the texts, read again from the folder when the same texts were encoded by the same encoder before."""
    encoder = load_encoder()
    digest = hashlib.sha256("\0".join([encoder.version, str(question), *texts]).encode()).hexdigest()[:16]
    file = keep / f"{digest}.npy" if keep else None
    if file and file.is_file():
        return np.load(file)
    started, cpu = time.perf_counter(), time.process_time()
    vectors = encoder.encode(texts, question=question)
    print(f"{len(texts)} texts encoded in {time.perf_counter() - started:.0f} s, "
          f"{len(texts) / (time.process_time() - cpu):.0f} a CPU second", flush=True)  # fmt: skip
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, vectors)
    return vectors


def main() -> None:
    """Builds an index of the texts in a temporary folder and asks it for every title."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--find", choices=[*NAMES], action="append", help="default: both")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rows", type=int)
    options = parser.parse_args()
    for answer in options.find or NAMES:
        name = NAMES[answer]
        rows = list(petitions(options.files, answer))[: options.rows]
        with tempfile.TemporaryDirectory() as folder, EmbeddedIndex(Path(folder) / "words") as index:
            index.write(
                IndexEntry(id=f"d{number}", sequence=number + 1, title="", body=text)
                for number, (_, text) in enumerate(rows)
            )
            index.commit()
            by_words(name, index, rows)
            if options.meaning:
                by_both(name, index, rows, Path(folder) / "vectors", options.keep)


if __name__ == "__main__":
    main()
