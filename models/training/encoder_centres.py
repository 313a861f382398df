"""Gives the sentence encoder its centres: the mean vector of many titles (questions) and of many petitions (texts).

Run after ``models.training.encoder``: ``python -m models.training.encoder_centres FILE.jsonl.gz …`` with rows that have
``title`` and ``text``. Of the distinct rows every second is read; the others stay for benchmarks/retrieval.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from models.encoder import FILES, HOME, OnnxEncoder, Vectors
from models.training.petitions import petitions


def centre(vectors: Vectors) -> list[float]:
    """The mean of the rows, to five digits."""
    return [round(float(number), 5) for number in vectors.mean(axis=0)]


def write_centres(texts: Vectors, questions: Vectors, folder: Path = HOME) -> None:
    """Writes the means of vectors that came without centres into the card, and its checksum."""
    card = json.loads((folder / FILES[2]).read_text("utf-8"))
    card["centres"] = {"texts": centre(texts), "questions": centre(questions)}
    (folder / FILES[2]).write_text(json.dumps(card) + "\n", "utf-8")
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")


def main() -> None:
    """Encodes every second petition and its title."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    rows = list(petitions(parser.parse_args().files))[::2]
    encoder = OnnxEncoder()
    if "centres" in json.loads((HOME / FILES[2]).read_text("utf-8")):
        raise SystemExit("the encoder has centres already; make it anew first: python -m models.training.encoder")
    write_centres(encoder.encode(text for _, text in rows), encoder.encode(title for title, _ in rows))
    sys.stderr.write(f"{OnnxEncoder().version}: centres of {len(rows)} petitions\n")


if __name__ == "__main__":
    main()
